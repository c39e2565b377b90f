// SPDX-License-Identifier: MIT
//
// L(t) of every profile a second time, in arithmetic without rounding (rationals) or with 100
// digits (the sine), to hold the real one against.
#pragma once

#include <boost/math/constants/constants.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <functional>
#include <string>
#include <vector>

#include "macaw/replay/schedule/rate_profile.h"

namespace macaw::replay::test {

using Rational = boost::multiprecision::cpp_rational;
using Integer = boost::multiprecision::cpp_int;
using Decimal = boost::multiprecision::cpp_bin_float_100;

inline Rate per_second(uint64_t events) {
  return {.events = events};
}

inline Rational per_ns(Rate rate) {
  return {Integer(rate.events), Integer(rate.per.count())};
}

inline Rational exact(RequestCount x) {
  return Rational(Integer(x.whole)) + Rational(Integer(x.fraction), Integer(1) << 64);
}

/// A stretch on which the rate changes by `slope` (per ns, per ns).
struct ReferenceSegment {
  int64_t span_ns = 0;
  Rational from;
  Rational slope;
};

/// The last segment has no end.
inline Rational reference_count(const std::vector<ReferenceSegment>& segments, int64_t t_ns) {
  Rational count = 0;
  for (size_t k = 0; k < segments.size(); ++k) {
    const bool last = k + 1 == segments.size();
    const Rational t = last ? t_ns : std::min(t_ns, segments[k].span_ns);
    count += t * segments[k].from + t * t * segments[k].slope / 2;
    t_ns -= segments[k].span_ns;
    if (last || t_ns <= 0) {
      break;
    }
  }
  return count;
}

inline Decimal reference_sine(Rate min, Rate max, Nanos period, int64_t t_ns) {
  const Decimal low(per_ns(min));
  const Decimal high(per_ns(max));
  const Decimal p(period.count());
  const Decimal two_pi = 2 * boost::math::constants::pi<Decimal>();
  return (low + high) / 2 * t_ns + (high - low) / 2 * p / two_pi * (1 - cos(two_pi * t_ns / p));
}

/// A profile and its reference.
struct Law {
  std::string name;
  RateProfile profile;
  std::vector<ReferenceSegment> segments;
};

inline Law constant_law(std::string name, Rate rate) {
  return {"constant " + name, RateProfile::constant(rate), {{0, per_ns(rate), 0}}};
}

inline Law ramp_law(std::string name, Rate from, Rate to, Nanos span) {
  const Rational slope = (per_ns(to) - per_ns(from)) / span.count();
  return {"ramp " + name,
          RateProfile::ramp(from, to, span),
          {{span.count(), per_ns(from), slope}, {0, per_ns(to), 0}}};
}

inline Law slow_start_law(std::string name, Rate to, Nanos span) {
  Law law = ramp_law(name, per_second(1), to, span);
  return {"slow start " + name, RateProfile::slow_start(to, span), law.segments};
}

inline Law infinite_ramp_law(std::string name, Rate to, Nanos span, Rate per_minute) {
  Law law = ramp_law(name, per_second(1), to, span);
  law.segments.back().slope = per_ns(per_minute) / Integer(60'000'000'000);
  return {"infinite ramp " + name, RateProfile::infinite_ramp(to, span, per_minute), law.segments};
}

inline Law steps_law(std::string name, const std::vector<RateProfile::Step>& steps) {
  std::vector<ReferenceSegment> segments;
  for (const RateProfile::Step& step : steps) {
    segments.push_back({step.span.count(), per_ns(step.rate), 0});
  }
  return {"steps " + name, RateProfile::steps(steps), segments};
}

}  // namespace macaw::replay::test
