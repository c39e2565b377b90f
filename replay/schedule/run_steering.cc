// SPDX-License-Identifier: MIT
//
// See run_steering.h.

#include "macaw/replay/schedule/run_steering.h"

#include <cmath>
#include <utility>

#include "macaw/base/check.h"
#include "macaw/base/units.h"

namespace macaw::replay {
namespace {

/// The clock may run so much faster or slower than the profile; sums stay exact far beyond.
constexpr double kRatioMax = 1e6;
constexpr uint64_t kPartMax = UINT32_MAX;

}  // namespace

Speed speed_of(double ratio) {
  MACAW_CHECK(ratio >= 0x1.0p-31 && ratio <= 0x1.0p31, "ratio={}", ratio);
  // The continued fraction: its convergents are the best there are with parts so small.
  uint64_t nominal = 1;
  uint64_t nominal_before = 0;
  uint64_t run = 0;
  uint64_t run_before = 1;
  for (double rest = ratio;;) {
    const double whole = std::floor(rest);
    const auto digit = static_cast<uint64_t>(whole);
    const uint64_t next_nominal = digit * nominal + nominal_before;
    const uint64_t next_run = digit * run + run_before;
    if (next_nominal > kPartMax || next_run > kPartMax) {
      break;
    }
    nominal_before = std::exchange(nominal, next_nominal);
    run_before = std::exchange(run, next_run);
    const double reached = static_cast<double>(nominal) / static_cast<double>(run);
    // As near as a double can tell; the digits behind that are its rounding.
    if (std::abs(reached - ratio) <= ratio * 0x1.0p-52 || rest - whole < 0x1.0p-31) {
      break;
    }
    rest = 1 / (rest - whole);
  }
  return {static_cast<uint32_t>(nominal), static_cast<uint32_t>(run)};
}

RunSteering::RunSteering(RunClock& clock, Speed speed, std::optional<RateProfile> profile,
                         std::string no_rate)
    : clock_(clock), profile_(std::move(profile)), no_rate_(std::move(no_rate)), speed_(speed) {
  MACAW_CHECK(profile_.has_value() == no_rate_.empty());
}

Result<Steered> RunSteering::set_rate(double per_second, Nanos now) {
  if (!profile_) {
    return Error(no_rate_);
  }
  const auto rate_max = static_cast<double>(RateProfile::kRateMax);
  if (!(per_second > 0) || per_second > rate_max) {
    return errorf("found a rate of {}, expected more than 0 and at most {} a second{}", per_second,
                  format_count(RateProfile::kRateMax), per_second == 0 ? "; pause rests" : "");
  }
  const Nanos from = now + kAhead;
  const double profile_rps = profile_->rate_at(clock_.nominal_at(from));
  if (!(profile_rps > 0)) {
    return errorf("the profile rests at this moment (0/s): there is no rate to scale");
  }
  const double ratio = per_second / profile_rps;
  if (ratio > kRatioMax || ratio < 1 / kRatioMax) {
    return errorf("a rate of {}/s is too far from the {}/s of the profile at this moment",
                  format_rate(per_second), format_rate(profile_rps));
  }
  const Speed speed = speed_of(ratio);
  Steered steered{
      .changed = uint64_t{speed.nominal} * speed_.run != uint64_t{speed_.nominal} * speed.run,
      .from = from,
      .rps_before = rps_at(from, speed_),
      .rps_after = rps_at(from, speed)};
  if (steered.changed && !paused_) {
    MACAW_TRY(append(from, speed));
  }
  speed_ = speed;
  return steered;
}

Result<Steered> RunSteering::pause(Nanos now) {
  const Nanos from = now + kAhead;
  const double rps = rps_at(from, speed_);
  const Steered steered{.changed = !paused_, .from = from, .rps_before = rps, .rps_after = 0};
  if (!paused_) {
    MACAW_TRY(append(from, {.nominal = 0, .run = 1}));
    paused_ = true;
  }
  return steered;
}

Result<Steered> RunSteering::resume(Nanos now) {
  const Nanos from = now + kAhead;
  const double rps = rps_at(from, speed_);
  const Steered steered{.changed = paused_, .from = from, .rps_before = 0, .rps_after = rps};
  if (paused_) {
    MACAW_TRY(append(from, speed_));
    paused_ = false;
  }
  return steered;
}

std::optional<double> RunSteering::rps(Nanos now) const {
  return profile_ ? std::optional(rps_at(now, speed_)) : std::nullopt;
}

double RunSteering::rps_at(Nanos run, Speed speed) const {
  return profile_ ? profile_->rate_at(clock_.nominal_at(run)) * speed.nominal / speed.run : 0;
}

Status RunSteering::append(Nanos from, Speed speed) {
  if (!clock_.append(from, speed)) {
    return errorf("a run can be changed only so often (4,095 times)");
  }
  return {};
}

}  // namespace macaw::replay
