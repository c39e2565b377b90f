// SPDX-License-Identifier: MIT
//
// The rate profile: how many requests are due by time t. A profile is a cumulative rate function
// L(t) (requests in [0, t], continuous, not decreasing) and its generalised inverse L^-1(x) = the
// earliest t with L(t) >= x. All time-varying rates are this one mechanism. Pure: no clock, no
// timer. Accuracy: L^-1 is within 1 ns of the exact value for x up to 10^12 and t up to 30 days
// (held by a test against a high-precision reference). Thread: immutable after construction; may be
// shared.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/base/units.h"

namespace macaw::replay {

/// A number of requests as fixed point: whole requests and a fraction in units of 2^-64. Sums of
/// these are exact.
struct RequestCount {
  uint64_t whole = 0;
  uint64_t fraction = 0;  ///< in 2^-64

  auto operator<=>(const RequestCount&) const = default;
};

class RateLaw;  // private to the module: the L and its inverse behind a profile

class RateProfile {
 public:
  /// The highest rate of a profile other than constant.
  static constexpr uint64_t kRateMax = 1'000'000'000;

  /// r(t) = rate.
  static RateProfile constant(Rate rate);
  /// r(t) = from + (to - from) t / span for t < span, `to` after.
  static RateProfile ramp(Rate from, Rate to, Nanos span);
  /// Iago's slow start as its authors meant it: from 1/s to the rate over 240 s (or `span`).
  static RateProfile slow_start(Rate to, Nanos span = std::chrono::seconds(240));

  /// Rates one after another, each for its span; the last one stays, whatever its span. A rate of 0
  /// (events = 0) is a pause; if the last one is 0, L is bounded, and the inverse beyond it is
  /// Nanos::max(). REQUIRES: not empty
  struct Step {
    Rate rate;
    Nanos span{};
  };

  static RateProfile steps(std::vector<Step> steps);
  /// r(t) = (min + max)/2 + (max - min)/2 sin(2 pi t / period): Iago's sinusoidal law.
  static RateProfile sine(Rate min, Rate max, Nanos period);
  /// Iago's infinite ramp: from 1/s to `to` over `span`, then `per_minute` more requests per second
  /// every minute, for ever.
  static RateProfile infinite_ramp(Rate to, Nanos span, Rate per_minute);

  /// L^-1(x), rounded down to whole nanoseconds.
  Nanos inverse(RequestCount x) const;
  /// L(t), rounded to nearest 2^-32 at worst.
  RequestCount cumulative(Nanos t) const;
  /// r(t) in requests per second; for display and the "target" column.
  double rate_at(Nanos t) const;
  /// The mean of r over [from, to), in requests per second.
  double mean_rate(Nanos from, Nanos to) const;

  /// "constant 100/s", "ramp 1/s to 100/s over 240 s": for the start line and the database.
  std::string describe() const;

 private:
  explicit RateProfile(std::shared_ptr<const RateLaw> law);
  std::shared_ptr<const RateLaw> law_;
};

/// The command line's `--profile`: "constant", "slow-start[:SPAN]", "ramp:FROM..TO:SPAN",
/// "steps:RATExSPAN,...", "sine:MIN..MAX:PERIOD", "infinite-ramp:SPAN:PER_MINUTE". `rate` is --rps,
/// used where the text does not name one. Errors name the forms.
Result<RateProfile> parse_rate_profile(std::string_view text, std::optional<Rate> rate);

}  // namespace macaw::replay
