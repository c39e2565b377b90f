// SPDX-License-Identifier: MIT
//
// See rate_profile.h: the profiles in terms of the laws of rate_law.h.

#include "macaw/replay/schedule/rate_profile.h"

#include <fmt/format.h>

#include <algorithm>

#include "macaw/base/check.h"
#include "rate_law.h"

namespace macaw::replay {
namespace {

constexpr Rate kNothing{.events = 0};
constexpr Rate kOnePerSecond{};

std::string rate_text(Rate rate) {
  return rate.events == 0 ? std::string("0/s")
                          : fmt::format("{}/s", format_rate(rate.per_second()));
}

void check_rate(Rate rate) {
  MACAW_CHECK(rate.per > Nanos::zero() && is_slow_enough(rate), "rate={}/{}ns", rate.events,
              rate.per.count());
}

int64_t clamp_time(Nanos t) {
  return std::clamp(t.count(), int64_t{0}, RateLaw::kTimeMax);
}

}  // namespace

RateProfile::RateProfile(std::shared_ptr<const RateLaw> law) : law_(std::move(law)) {}

RateProfile RateProfile::constant(Rate rate) {
  return RateProfile(make_constant_law(fmt::format("constant {}", rate_text(rate)), rate));
}

RateProfile RateProfile::ramp(Rate from, Rate to, Nanos span) {
  check_rate(from);
  check_rate(to);
  return RateProfile(make_piecewise_law(
      fmt::format("ramp {} to {} over {}", rate_text(from), rate_text(to), format_duration(span)),
      {{.from = from, .span = span, .rise = to, .fall = from, .change_span = span},
       {.from = to, .endless = true}}));
}

RateProfile RateProfile::slow_start(Rate to, Nanos span) {
  check_rate(to);
  return RateProfile(
      make_piecewise_law(fmt::format("slow start {} to {} over {}", rate_text(kOnePerSecond),
                                     rate_text(to), format_duration(span)),
                         {{.from = kOnePerSecond,
                           .span = span,
                           .rise = to,
                           .fall = kOnePerSecond,
                           .change_span = span},
                          {.from = to, .endless = true}}));
}

RateProfile RateProfile::steps(std::vector<Step> steps) {
  MACAW_CHECK(!steps.empty());
  std::vector<RateSegment> segments;
  std::string text = "steps";
  for (size_t k = 0; k < steps.size(); ++k) {
    const Step& step = steps[k];
    const bool last = k + 1 == steps.size();
    check_rate(step.rate);
    segments.push_back({.from = step.rate, .span = step.span, .endless = last});
    text += last ? fmt::format(" {}", rate_text(step.rate))
                 : fmt::format(" {} for {},", rate_text(step.rate), format_duration(step.span));
  }
  return RateProfile(make_piecewise_law(std::move(text), segments));
}

RateProfile RateProfile::sine(Rate min, Rate max, Nanos period) {
  check_rate(min);
  check_rate(max);
  return RateProfile(make_sine_law(fmt::format("sine {} to {}, period {}", rate_text(min),
                                               rate_text(max), format_duration(period)),
                                   min, max, period));
}

RateProfile RateProfile::infinite_ramp(Rate to, Nanos span, Rate per_minute) {
  check_rate(to);
  check_rate(per_minute);
  return RateProfile(
      make_piecewise_law(fmt::format("infinite ramp {} to {} over {}, then {} more every minute",
                                     rate_text(kOnePerSecond), rate_text(to), format_duration(span),
                                     rate_text(per_minute)),
                         {{.from = kOnePerSecond,
                           .span = span,
                           .rise = to,
                           .fall = kOnePerSecond,
                           .change_span = span},
                          {.from = to,
                           .endless = true,
                           .rise = per_minute,
                           .fall = kNothing,
                           .change_span = std::chrono::minutes(1)}}));
}

Nanos RateProfile::inverse(RequestCount x) const {
  return law_->inverse(x);
}

RequestCount RateProfile::cumulative(Nanos t) const {
  const WideFixed rounded = law_->cumulative(clamp_time(t)) + WideFixed::power_of_two(-65);
  if (rounded.whole() > UINT64_MAX) {
    return {UINT64_MAX, UINT64_MAX};
  }
  return {static_cast<uint64_t>(rounded.whole()),
          static_cast<uint64_t>(rounded.fraction_high() >> 64)};
}

double RateProfile::rate_at(Nanos t) const {
  return law_->rate_at(clamp_time(t)) * 1e9;
}

double RateProfile::mean_rate(Nanos from, Nanos to) const {
  const int64_t begin_ns = clamp_time(from);
  const int64_t end_ns = clamp_time(to);
  if (end_ns <= begin_ns) {
    return rate_at(from);
  }
  return difference(law_->cumulative(end_ns), law_->cumulative(begin_ns)) /
         static_cast<double>(end_ns - begin_ns) * 1e9;
}

std::string RateProfile::describe() const {
  return law_->description();
}

}  // namespace macaw::replay
