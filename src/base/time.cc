// SPDX-License-Identifier: MIT
//
// The two clocks of the system, and the one way an instant is written.
#include "macaw/base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "macaw/base/check.h"

namespace macaw {

namespace {

constexpr size_t kBrackets = 5;

Nanos read_clock(clockid_t id) {
  timespec spec{};
  const int result = clock_gettime(id, &spec);
  MACAW_CHECK(result == 0, "clock_gettime({})", id);
  return std::chrono::seconds(spec.tv_sec) + Nanos(spec.tv_nsec);
}

}  // namespace

MonoClock::time_point MonoClock::now() {
  return time_point(read_clock(CLOCK_MONOTONIC));
}

WallTime wall_now() {
  return WallTime(read_clock(CLOCK_REALTIME));
}

WallTime wall_time_at(MonoTime instant, std::span<const ClockBracket> brackets) {
  MACAW_CHECK(!brackets.empty());
  const auto best = std::min_element(brackets.begin(), brackets.end(),
                                     [](const ClockBracket& a, const ClockBracket& b) {
                                       return a.after - a.before < b.after - b.before;
                                     });
  return best->wall + (instant - (best->before + (best->after - best->before) / 2));
}

WallTime wall_time_at(MonoTime instant) {
  std::array<ClockBracket, kBrackets> brackets{};
  for (ClockBracket& bracket : brackets) {
    bracket.before = MonoClock::now();
    bracket.wall = wall_now();
    bracket.after = MonoClock::now();
  }
  return wall_time_at(instant, brackets);
}

std::string format_iso8601(WallTime time) {
  using std::chrono::floor;
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(floor<std::chrono::milliseconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

}  // namespace macaw
