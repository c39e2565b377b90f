// SPDX-License-Identifier: MIT
//
// The grammar of --profile. Everything that a profile's constructor requires is checked here, so
// that what a person types can never fail a check.

#include <algorithm>
#include <utility>

#include "macaw/base/units.h"
#include "macaw/replay/schedule/rate_profile.h"
#include "rate_law.h"

namespace macaw::replay {
namespace {

constexpr Nanos kSpanMax = std::chrono::hours(24 * 366);
constexpr size_t kStepsMax = 10'000;

constexpr std::string_view kForms =
    "expected constant, slow-start[:SPAN], ramp:FROM..TO:SPAN, steps:RATExSPAN,RATExSPAN,..., "
    "sine:MIN..MAX:PERIOD or infinite-ramp:SPAN:PER_MINUTE";

/// What stands before the separator, which is removed too; everything if there is none.
std::string_view take_until(std::string_view& text, std::string_view separator) {
  const size_t end = text.find(separator);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + separator.size());
  return taken;
}

class ProfileParser {
 public:
  ProfileParser(std::string_view text, std::optional<Rate> rate) : text_(text), rate_(rate) {}

  Result<RateProfile> parse() const;

 private:
  Result<RateProfile> slow_start(std::string_view rest) const;
  Result<RateProfile> ramp(std::string_view rest) const;
  Result<RateProfile> steps(std::string_view rest) const;
  Result<RateProfile> sine(std::string_view rest) const;
  Result<RateProfile> infinite_ramp(std::string_view rest) const;

  Error wrong(std::string_view what) const { return errorf("profile '{}': {}", text_, what); }

  Result<Rate> rate_of(std::string_view text) const;
  Result<Rate> named_rate() const;
  Result<Nanos> span_of(std::string_view text) const;
  Result<std::pair<Rate, Rate>> range_of(std::string_view text) const;

  std::string_view text_;
  std::optional<Rate> rate_;
};

Result<Rate> ProfileParser::rate_of(std::string_view text) const {
  auto rate = parse_rate(text);
  if (!rate) {
    return wrong(rate.error().message());
  }
  if (!is_slow_enough(*rate)) {
    return wrong("found a rate above 1,000,000,000/s");
  }
  return rate;
}

/// The rate of --rps.
Result<Rate> ProfileParser::named_rate() const {
  if (!rate_) {
    return wrong("found no rate, expected --rps RATE beside it");
  }
  if (!is_slow_enough(*rate_)) {
    return wrong("found a rate above 1,000,000,000/s");
  }
  return *rate_;
}

Result<Nanos> ProfileParser::span_of(std::string_view text) const {
  auto span = parse_duration(text);
  if (!span) {
    return wrong(span.error().message());
  }
  if (*span <= Nanos::zero() || *span > kSpanMax) {
    return wrong(fmt::format("found '{}', expected more than 0 and at most 366 days", text));
  }
  return span;
}

/// "FROM..TO"
Result<std::pair<Rate, Rate>> ProfileParser::range_of(std::string_view text) const {
  if (text.find("..") == std::string_view::npos) {
    return wrong(fmt::format("found '{}', expected two rates, 'FROM..TO'", text));
  }
  const std::string_view first = take_until(text, "..");
  MACAW_TRY_ASSIGN(const Rate from, rate_of(first));
  MACAW_TRY_ASSIGN(const Rate to, rate_of(text));
  return std::pair(from, to);
}

Result<RateProfile> ProfileParser::slow_start(std::string_view rest) const {
  MACAW_TRY_ASSIGN(const Rate rate, named_rate());
  if (rest.empty()) {
    return RateProfile::slow_start(rate);
  }
  MACAW_TRY_ASSIGN(const Nanos span, span_of(rest));
  return RateProfile::slow_start(rate, span);
}

Result<RateProfile> ProfileParser::ramp(std::string_view rest) const {
  MACAW_TRY_ASSIGN(const auto range, range_of(take_until(rest, ":")));
  MACAW_TRY_ASSIGN(const Nanos span, span_of(rest));
  return RateProfile::ramp(range.first, range.second, span);
}

Result<RateProfile> ProfileParser::steps(std::string_view rest) const {
  std::vector<RateProfile::Step> steps;
  bool any = false;
  if (rest.empty() || rest.ends_with(',')) {
    return wrong("found an empty step, expected RATExSPAN");
  }
  while (!rest.empty()) {
    if (steps.size() == kStepsMax) {
      return wrong(fmt::format("found more than {} steps", kStepsMax));
    }
    std::string_view span_text = take_until(rest, ",");
    const bool has_span = span_text.find('x') != std::string_view::npos;
    const std::string_view rate_text = take_until(span_text, "x");
    RateProfile::Step step{.rate = {.events = 0}, .span = std::chrono::seconds(1)};
    if (rate_text != "0") {
      MACAW_TRY_ASSIGN(step.rate, rate_of(rate_text));
      any = true;
    }
    if (has_span) {
      MACAW_TRY_ASSIGN(step.span, span_of(span_text));
    } else if (!rest.empty()) {
      return wrong(fmt::format("found '{}', expected RATExSPAN (only the last may lack its span)",
                               rate_text));
    }
    steps.push_back(step);
  }
  if (!any) {
    return wrong("found only rates of 0, expected one above");
  }
  return RateProfile::steps(std::move(steps));
}

Result<RateProfile> ProfileParser::sine(std::string_view rest) const {
  MACAW_TRY_ASSIGN(const auto range, range_of(take_until(rest, ":")));
  MACAW_TRY_ASSIGN(const Nanos period, span_of(rest));
  if (is_slower(range.second, range.first)) {
    return wrong("found the higher rate first, expected MIN..MAX");
  }
  return RateProfile::sine(range.first, range.second, period);
}

Result<RateProfile> ProfileParser::infinite_ramp(std::string_view rest) const {
  MACAW_TRY_ASSIGN(const Rate rate, named_rate());
  MACAW_TRY_ASSIGN(const Nanos span, span_of(take_until(rest, ":")));
  MACAW_TRY_ASSIGN(const Rate per_minute, rate_of(rest));
  return RateProfile::infinite_ramp(rate, span, per_minute);
}

Result<RateProfile> ProfileParser::parse() const {
  std::string_view rest = text_;
  const bool has_arguments = text_.find(':') != std::string_view::npos;
  const std::string_view kind = take_until(rest, ":");
  if (kind == "constant" && !has_arguments) {
    // No limit here: the constant law is exact for any rate.
    return rate_ ? RateProfile::constant(*rate_)
                 : Result<RateProfile>(wrong("found no rate, expected --rps RATE beside it"));
  }
  if (kind == "slow-start" && has_arguments == !rest.empty()) {
    return slow_start(rest);
  }
  if (has_arguments) {
    if (kind == "ramp") {
      return ramp(rest);
    }
    if (kind == "steps") {
      return steps(rest);
    }
    if (kind == "sine") {
      return sine(rest);
    }
    if (kind == "infinite-ramp") {
      return infinite_ramp(rest);
    }
  }
  return errorf("found profile '{}', {}", text_, kForms);
}

}  // namespace

Result<RateProfile> parse_rate_profile(std::string_view text, std::optional<Rate> rate) {
  return ProfileParser(text, rate).parse();
}

}  // namespace macaw::replay
