// SPDX-License-Identifier: MIT
#include "abort_rule.h"

#include <fmt/format.h>

#include "macaw/base/time.h"
#include "macaw/base/units.h"

namespace macaw::app {

namespace {

constexpr std::string_view kForms =
    "expected a rule such as 'errors>50% for 10s' or 'errors>=100 "
    "for 1m'";
constexpr int64_t kSpanMaxS = 3600;

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  while (text.ends_with(' ')) {
    text.remove_suffix(1);
  }
  return text;
}

/// Takes a word off the front; false when something else is there.
bool take(std::string_view& text, std::string_view word) {
  text = trim(text);
  if (!text.starts_with(word)) {
    return false;
  }
  text.remove_prefix(word.size());
  return true;
}

Status parse_value(std::string_view text, AbortRule& rule) {
  if (text.ends_with('%')) {
    const Result<double> percent = parse_double(trim(text.substr(0, text.size() - 1)));
    if (!percent || *percent < 0 || *percent > 100) {
      return errorf("found '{}', expected a share from 0% to 100%", text);
    }
    rule.is_share = true;
    rule.value = *percent / 100;
    return {};
  }
  MACAW_TRY_ASSIGN(const uint64_t count, parse_count(text));
  rule.value = static_cast<double>(count);
  return {};
}

}  // namespace

Result<AbortRule> parse_abort_rule(std::string_view text) {
  AbortRule rule;
  rule.text = text;
  std::string_view rest = text;
  if (!take(rest, "errors") || !take(rest, ">")) {
    return errorf("found '{}', {}", text, kForms);
  }
  if (rest.starts_with('=')) {
    rest.remove_prefix(1);
    rule.or_equal = true;
  }
  const size_t between = rest.find("for");
  if (between == std::string_view::npos) {
    return errorf("found '{}', {}", text, kForms);
  }
  MACAW_TRY(parse_value(trim(rest.substr(0, between)), rule));
  MACAW_TRY_ASSIGN(const Nanos span, parse_duration(trim(rest.substr(between + 3))));
  if (span < from_seconds(1) || span > from_seconds(kSpanMaxS) ||
      span % from_seconds(1) != Nanos::zero()) {
    return errorf("found a span of {}, expected whole seconds, 1s to 1h", format_duration(span));
  }
  rule.span_s = static_cast<uint64_t>(span / from_seconds(1));
  return rule;
}

std::optional<std::string> AbortWatch::observe(uint64_t complete_seconds, uint64_t ended,
                                               uint64_t errors) {
  if (complete_seconds <= seen_.back().second) {
    return std::nullopt;
  }
  seen_.push_back({complete_seconds, ended, errors});
  if (complete_seconds < rule_.span_s) {
    return std::nullopt;
  }
  while (seen_[1].second + rule_.span_s <= complete_seconds) {
    seen_.pop_front();
  }
  const uint64_t of = ended - seen_.front().ended;
  const uint64_t bad = errors - seen_.front().errors;
  if (of == 0) {
    return std::nullopt;
  }
  const double value = rule_.is_share ? static_cast<double>(bad) / static_cast<double>(of)
                                      : static_cast<double>(bad);
  if (value > rule_.value || (rule_.or_equal && value == rule_.value)) {
    return fmt::format("aborted: {} errors among the {} requests that ended in the last {} s ({})",
                       format_count(bad), format_count(of), rule_.span_s, rule_.text);
  }
  return std::nullopt;
}

}  // namespace macaw::app
