// SPDX-License-Identifier: MIT
//
// See rate_law.h: the common search, and the constant law.

#include "rate_law.h"

#include <algorithm>
#include <cmath>

#include "macaw/base/check.h"

namespace macaw::replay {

int64_t RateLaw::search(const WideFixed& x, int64_t low, int64_t high, double guess) const {
  constexpr int kNewtonRounds = 12;  // two or three do, unless the guess is bad
  for (int round = 0; high - low > 1; ++round) {
    int64_t at = low + (high - low) / 2;
    if (round < kNewtonRounds && guess < static_cast<double>(high)) {
      at = std::clamp(static_cast<int64_t>(std::max(guess, 0.0)), low + 1, high - 1);
    }
    const WideFixed reached = cumulative(at);
    const double steps = std::floor(std::abs(difference(x, reached)) / rate_at(at));
    if (reached <= x) {
      low = at;
      guess = static_cast<double>(at) + std::max(steps, 1.0);
    } else {
      high = at;
      guess = static_cast<double>(at) - std::max(steps + 1.0, 1.0);
    }
  }
  return low;
}

namespace {

class ConstantLaw final : public RateLaw {
 public:
  ConstantLaw(std::string description, Rate rate)
      : RateLaw(std::move(description)),
        events_(rate.events),
        per_ns_(static_cast<uint64_t>(rate.per.count())) {}

  Nanos inverse(RequestCount x) const override {
    const uint128 scaled = uint128{x.whole} * per_ns_ + ((uint128{x.fraction} * per_ns_) >> 64);
    if ((scaled >> 64) == 0) {  // the usual case, without a call of the 128-bit division
      return saturated(static_cast<uint64_t>(scaled) / events_);
    }
    return saturated(scaled / events_);
  }

  WideFixed cumulative(int64_t t_ns) const override {
    const uint128 scaled = uint128{static_cast<uint64_t>(t_ns)} * events_;
    return WideFixed::from_parts(scaled / per_ns_) +
           WideFixed::from_parts(scaled % per_ns_) / per_ns_;
  }

  double rate_at(int64_t /*t_ns*/) const override {
    return static_cast<double>(events_) / static_cast<double>(per_ns_);
  }

 private:
  static Nanos saturated(uint128 ns) {
    return ns > static_cast<uint128>(kTimeMax) ? Nanos::max() : Nanos(static_cast<int64_t>(ns));
  }

  uint64_t events_;
  uint64_t per_ns_;
};

}  // namespace

std::unique_ptr<RateLaw> make_constant_law(std::string description, Rate rate) {
  MACAW_CHECK(rate.events > 0 && rate.per > Nanos::zero());
  return std::make_unique<ConstantLaw>(std::move(description), rate);
}

}  // namespace macaw::replay
