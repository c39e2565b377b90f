// SPDX-License-Identifier: MIT
//
// See clock_watch.h.

#include "clock_watch.h"

#include <fmt/format.h>

#include <ctime>

#include "macaw/base/units.h"

namespace macaw::replay {
namespace {

constexpr Nanos kTroubleMin = std::chrono::milliseconds(10);
constexpr int64_t kBentDivisor = 1'000;

Nanos read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + Nanos(time.tv_nsec);
}

}  // namespace

ClockReadings read_clocks() {
  return {.monotonic = read_clock(CLOCK_MONOTONIC),
          .boot = read_clock(CLOCK_BOOTTIME),
          .raw = read_clock(CLOCK_MONOTONIC_RAW)};
}

std::optional<RunResult::ClockTrouble> find_clock_trouble(const ClockReadings& before,
                                                          const ClockReadings& after) {
  const Nanos span = after.monotonic - before.monotonic;
  const Nanos slept = (after.boot - before.boot) - span;
  if (slept > kTroubleMin) {
    return RunResult::ClockTrouble{
        slept, fmt::format("the machine slept for {} during the run", format_latency(slept))};
  }
  const Nanos bent = span - (after.raw - before.raw);
  const Nanos by = bent < Nanos(0) ? -bent : bent;
  if (by > kTroubleMin && by > span / kBentDivisor) {
    return RunResult::ClockTrouble{
        by, fmt::format("the clock ran {} by {} during the run", bent > Nanos(0) ? "fast" : "slow",
                        format_latency(by))};
  }
  return std::nullopt;
}

}  // namespace macaw::replay
