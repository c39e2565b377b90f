// SPDX-License-Identifier: MIT
//
// What stands behind a RateProfile: L(t) in wide fixed point, and the search for its inverse. A
// guess in floating point may differ between machines; the answer cannot, because exact sums decide
// it. Thread: immutable after construction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "macaw/replay/schedule/rate_profile.h"
#include "wide_fixed.h"

namespace macaw::replay {

class RateLaw {
 public:
  explicit RateLaw(std::string description) : description_(std::move(description)) {}

  virtual ~RateLaw() = default;
  RateLaw(const RateLaw&) = delete;
  RateLaw& operator=(const RateLaw&) = delete;

  virtual Nanos inverse(RequestCount x) const = 0;
  /// REQUIRES: 0 <= t_ns <= kTimeMax
  virtual WideFixed cumulative(int64_t t_ns) const = 0;
  /// Requests per nanosecond.
  virtual double rate_at(int64_t t_ns) const = 0;

  const std::string& description() const { return description_; }

  /// Times beyond 146 years count as never.
  static constexpr int64_t kTimeMax = int64_t{1} << 62;

 protected:
  /// Rounding within L stays below this, and two different sums of requests (fractions with the
  /// denominators that people type) are further apart: what differs by less is equal. This keeps
  /// joints and whole numbers exact.
  static constexpr WideFixed kTie = WideFixed::power_of_two(-112);

  /// The largest t with L(t) <= x. REQUIRES: L(low) <= x < L(high)
  int64_t search(const WideFixed& x, int64_t low, int64_t high, double guess) const;

 private:
  std::string description_;
};

/// Compares rates exactly; 0 events allowed.
constexpr bool is_slower(Rate a, Rate b) {
  return uint128{a.events} * static_cast<uint64_t>(b.per.count()) <
         uint128{b.events} * static_cast<uint64_t>(a.per.count());
}

/// Within RateProfile::kRateMax: beyond it the sums of wide fixed point might overflow.
constexpr bool is_slow_enough(Rate rate) {
  return !is_slower({.events = RateProfile::kRateMax}, rate);
}

/// r(t) = rate: exact for every Rate and every x, by one division.
std::unique_ptr<RateLaw> make_constant_law(std::string description, Rate rate);

/// One stretch on which the rate is a linear function of time: it begins at `from` and changes by
/// rise - fall every `change_span`. Rates may be 0 here (events = 0).
struct RateSegment {
  Rate from;
  Nanos span{};
  bool endless = false;  ///< goes on for ever, and `span` means nothing; the last one, and only it
  Rate rise{.events = 0};
  Rate fall{.events = 0};
  Nanos change_span = std::chrono::seconds(1);
};

std::unique_ptr<RateLaw> make_piecewise_law(std::string description,
                                            const std::vector<RateSegment>& segments);

/// r(t) = (min + max)/2 + (max - min)/2 sin(2 pi t / period)
std::unique_ptr<RateLaw> make_sine_law(std::string description, Rate min, Rate max, Nanos period);

}  // namespace macaw::replay
