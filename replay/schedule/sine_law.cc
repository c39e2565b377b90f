// SPDX-License-Identifier: MIT
//
// The sinusoidal rate: L(t) = m t + (max - min) P / (2 pi) sin^2(pi t / P), m the mean. Whole
// periods are exact (the second term is 0). Doubles would not do within one: where a fast rate dips
// to a slow one, a relative error of 1e-16 in L is microseconds in t. So sin^2 is summed in
// integers, to 2^-120.

#include <algorithm>
#include <cmath>
#include <numbers>

#include "macaw/base/check.h"
#include "rate_law.h"

namespace macaw::replay {
namespace {

constexpr uint128 fraction128(uint64_t high, uint64_t low) {
  return (uint128{high} << 64) | low;
}

// The fractions of pi / 2 = 1.57... and of 1 / (2 pi) = 0.159...
constexpr uint128 kHalfPiFraction = fraction128(0x921fb54442d18469, 0x898cc51701b839a2);
constexpr uint128 kInverseTwoPi = fraction128(0x28be60db9391054a, 0x7f09d5f47d4d3770);
constexpr uint128 kOne = ~uint128{0};  // 1 - 2^-128, the nearest to 1 that a fraction can be

/// a b for fractions of 2^128, rounded down.
uint128 product(uint128 a, uint128 b) {
  const uint128 a1 = a >> 64;
  const uint128 a0 = static_cast<uint64_t>(a);
  const uint128 b1 = b >> 64;
  const uint128 b0 = static_cast<uint64_t>(b);
  const uint128 middle = a1 * b0 + ((a0 * b0) >> 64);
  const uint128 other = a0 * b1 + static_cast<uint64_t>(middle);
  return a1 * b1 + (middle >> 64) + (other >> 64);
}

/// sin^2 of (pi / 2) v / 2, as the sum over k >= 1 of -(-1)^k (pi v / 2)^2k / (2 (2k)!). For v <= 1
/// the term after the last is below 2^-130.
class SineSquare {
 public:
  SineSquare() {
    const WideFixed half_pi = WideFixed::from_parts(1, kHalfPiFraction);
    const WideFixed square = half_pi + half_pi.times_fraction(kHalfPiFraction);
    WideFixed term = square / 4;
    for (uint64_t k = 1; k <= terms_.size(); ++k) {
      terms_[k - 1] = term.fraction_high();
      term = (term * 2 + term.times_fraction(square.fraction_high())) / ((2 * k + 1) * (2 * k + 2));
    }
    MACAW_CHECK(square.whole() == 2);
  }

  /// sin^2(pi u), u and the result in 2^-128.
  uint128 at(uint128 u) const {
    constexpr uint128 kHalf = uint128{1} << 127;
    constexpr uint128 kQuarter = uint128{1} << 126;
    u = u > kHalf ? ~u + 1 : u;  // symmetric about 1/2
    // sin^2(pi u) = 1 - sin^2(pi (1/2 - u))
    return u > kQuarter ? kOne - quarter(kHalf - u) : quarter(u);
  }

 private:
  /// REQUIRES: u <= 1/4
  uint128 quarter(uint128 u) const {
    const uint128 v = u >> 126 != 0 ? kOne : u << 2;
    const uint128 square = product(v, v);
    uint128 sum = 0;
    for (size_t k = terms_.size(); k-- > 0;) {
      sum = terms_[k] - product(square, sum);
    }
    return product(square, sum);
  }

  std::array<uint128, 20> terms_{};
};

class SineLaw final : public RateLaw {
 public:
  SineLaw(std::string description, Rate min, Rate max, Nanos period);

  Nanos inverse(RequestCount x) const override;
  WideFixed cumulative(int64_t t_ns) const override;

  double rate_at(int64_t t_ns) const override {
    const double turns = static_cast<double>(t_ns % period_ns_) / static_cast<double>(period_ns_);
    return mean_double_ + swing_double_ * std::sin(2.0 * std::numbers::pi * turns);
  }

 private:
  double guess_turns(double count) const;

  SineSquare sine_square_;
  int64_t period_ns_;
  WideFixed mean_;       // requests per ns
  WideFixed amplitude_;  // of sin^2, in requests
  double mean_double_;
  double swing_double_;  // half of max - min, per ns
};

SineLaw::SineLaw(std::string description, Rate min, Rate max, Nanos period)
    : RateLaw(std::move(description)), period_ns_(period.count()) {
  MACAW_CHECK(period > Nanos::zero() && period_ns_ <= kTimeMax / 4);
  const auto per_ns = [](Rate rate) {
    MACAW_CHECK(rate.events > 0 && rate.per > Nanos::zero());
    return WideFixed::from_parts(rate.events) / static_cast<uint64_t>(rate.per.count());
  };
  const WideFixed lowest = per_ns(min);
  const WideFixed highest = per_ns(max);
  MACAW_CHECK(lowest <= highest);
  const uint128 twice = uint128{min.events} * static_cast<uint64_t>(max.per.count()) +
                        uint128{max.events} * static_cast<uint64_t>(min.per.count());
  mean_ = WideFixed::from_parts(twice) / static_cast<uint64_t>(min.per.count()) /
          static_cast<uint64_t>(max.per.count()) / 2;
  amplitude_ =
      ((highest - lowest) * static_cast<uint64_t>(period_ns_)).times_fraction(kInverseTwoPi);
  mean_double_ = mean_.to_double();
  swing_double_ = (highest - lowest).to_double() / 2.0;
}

WideFixed SineLaw::cumulative(int64_t t_ns) const {
  const auto phase = static_cast<uint64_t>(t_ns % period_ns_);
  const WideFixed turns = WideFixed::from_parts(phase) / static_cast<uint64_t>(period_ns_);
  return mean_ * static_cast<uint64_t>(t_ns) +
         amplitude_.times_fraction(sine_square_.at(turns.fraction_high()));
}

/// The part of a period in which the first `count` requests of it come, in plain floating point.
double SineLaw::guess_turns(double count) const {
  const double per_period = mean_double_ * static_cast<double>(period_ns_);
  const double amplitude = amplitude_.to_double();
  double low = 0.0;
  double high = 1.0;
  double turns = std::clamp(count / per_period, low, high);
  for (int round = 0; round < 60; ++round) {
    const double s = std::sin(std::numbers::pi * turns);
    const double c = std::cos(std::numbers::pi * turns);
    const double over = per_period * turns + amplitude * s * s - count;
    (over > 0.0 ? high : low) = turns;
    const double slope = per_period + 2.0 * std::numbers::pi * amplitude * s * c;
    double next = turns - over / slope;
    if (!(next >= low && next <= high)) {
      next = (low + high) / 2.0;
    }
    if (std::abs(next - turns) < 1e-16) {
      break;
    }
    turns = next;
  }
  return turns;
}

Nanos SineLaw::inverse(RequestCount x) const {
  const WideFixed wanted = WideFixed::from_parts(x.whole, uint128{x.fraction} << 64) + kTie;
  const double per_period = mean_double_ * static_cast<double>(period_ns_);
  const double periods_guess = std::floor(wanted.to_double() / per_period);
  const int64_t periods_max = kTimeMax / period_ns_ - 1;
  if (!(periods_guess < static_cast<double>(periods_max))) {
    return Nanos::max();
  }
  auto periods = static_cast<int64_t>(periods_guess);
  const auto begin_count = [this](int64_t period) {
    return mean_ * static_cast<uint64_t>(period * period_ns_);
  };
  while (begin_count(periods) > wanted) {
    --periods;  // the division above was in floating point
  }
  while (begin_count(periods + 1) <= wanted) {
    ++periods;
  }
  const int64_t begin_ns = periods * period_ns_;
  const double turns = guess_turns(difference(wanted, begin_count(periods)));
  const double guess =
      static_cast<double>(begin_ns) + std::floor(turns * static_cast<double>(period_ns_));
  return Nanos(search(wanted, begin_ns, begin_ns + period_ns_, guess));
}

}  // namespace

std::unique_ptr<RateLaw> make_sine_law(std::string description, Rate min, Rate max, Nanos period) {
  return std::make_unique<SineLaw>(std::move(description), min, max, period);
}

}  // namespace macaw::replay
