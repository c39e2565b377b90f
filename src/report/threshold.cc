// SPDX-License-Identifier: MIT
//
// Parses `--fail-if` conditions and holds them against a stored run.
#include "macaw/report/threshold.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "macaw/base/units.h"
#include "macaw/stats/comparison.h"
#include "phrases.h"

namespace macaw::report {

namespace {

constexpr std::string_view kMetrics = "p50 ... p99.99, max, mean, errors or rate";
constexpr std::string_view kForm =
    "[ENDPOINT:][service.]METRIC OP VALUE, such as \"p99>50ms\" or \"/js/action/new:errors>0.1%\"";
constexpr std::string_view kChangeForm =
    "[ENDPOINT:]METRIC OP CHANGE, such as \"p99>+5%\" or \"/js/action/new:p50>+3ms\"";

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

/// Points into `whole`, which holds `part`.
Error error_at(std::string_view whole, std::string_view part, std::string_view expected) {
  const auto column = static_cast<size_t>(part.data() - whole.data()) + 1;
  const std::string found = part.empty() ? "nothing" : fmt::format("\"{}\"", part);
  return errorf("\"{}\": column {}: found {}, expected {}", whole, column, found, expected);
}

std::optional<double> parse_quantile(std::string_view metric) {
  if (metric.size() < 2 || metric.front() != 'p' || metric[1] < '0' || metric[1] > '9') {
    return std::nullopt;
  }
  const auto percent = parse_double(metric.substr(1));
  if (!percent.ok() || *percent < 50 || *percent > 99.99) {
    return std::nullopt;
  }
  // Through whole millionths, so that "p99.9" is the same double as 0.999.
  return std::round(*percent * 1e4) / 1e6;
}

Status parse_metric(std::string_view whole, std::string_view text, Threshold& out) {
  using Metric = Threshold::Metric;
  constexpr std::string_view kService = "service.";
  if (text.starts_with(kService)) {
    out.service = true;
    text.remove_prefix(kService.size());
  }
  if (const auto quantile = parse_quantile(text)) {
    out.metric = Metric::kQuantile;
    out.quantile = *quantile;
  } else if (text == "max") {
    out.metric = Metric::kMax;
  } else if (text == "mean") {
    out.metric = Metric::kMean;
  } else if (!out.service && text == "errors") {
    out.metric = Metric::kErrors;
  } else if (!out.service && text == "rate") {
    out.metric = Metric::kRate;
  } else if (out.service) {
    return error_at(whole, text, "p50 ... p99.99, max or mean after \"service.\"");
  } else {
    return error_at(whole, text, kMetrics);
  }
  return {};
}

Status parse_time(std::string_view whole, std::string_view text, Threshold& out) {
  constexpr std::string_view kExpected = "a duration with its unit, such as 50ms";
  const bool has_unit = !text.empty() && text.back() >= 'a' && text.back() <= 'z';
  const auto duration = parse_duration(text);
  // A bare number means seconds elsewhere; "p99>50" would silently never fail.
  if (!duration.ok() || !has_unit) {
    return error_at(whole, text, kExpected);
  }
  out.value = static_cast<double>(duration->count());
  return {};
}

Status parse_share(std::string_view whole, std::string_view text, Threshold& out) {
  const auto percent = parse_double(without_blanks(text.substr(0, text.size() - 1)));
  if (!percent.ok() || *percent < 0) {
    return error_at(whole, text, "a percentage that is not negative, such as 0.1%");
  }
  if (out.metric == Threshold::Metric::kRate && !out.endpoint.empty()) {
    return error_at(whole, text,
                    "a rate such as 95: only the total has a target of which to take a share");
  }
  out.is_share = true;
  out.value = *percent / 100;
  return {};
}

Status parse_value(std::string_view whole, std::string_view text, Threshold& out) {
  using Metric = Threshold::Metric;
  if (out.metric != Metric::kErrors && out.metric != Metric::kRate) {
    return parse_time(whole, text, out);
  }
  if (text.ends_with('%')) {
    return parse_share(whole, text, out);
  }
  if (out.metric == Metric::kErrors) {
    const auto count = parse_count(text);
    if (!count.ok()) {
      return error_at(whole, text, "a count or a percentage, such as 10 or 0.1%");
    }
    out.value = static_cast<double>(*count);
    return {};
  }
  const auto rate = parse_rate(text);
  if (!rate.ok()) {
    return error_at(whole, text, "a rate or a percentage of the target, such as 95 or 95%");
  }
  out.value = rate->per_second();
  return {};
}

/// "over 50 ms", "not over 50 ms": how the limit reads after a breach.
std::string limit_text(const Threshold& threshold) {
  std::string_view relation;
  switch (threshold.op) {
    case Threshold::Operator::kGreater:
      relation = "over";
      break;
    case Threshold::Operator::kGreaterEqual:
      relation = "at or over";
      break;
    case Threshold::Operator::kLess:
      relation = "under";
      break;
    default:
      relation = "at or under";
      break;
  }
  std::string value;
  if (threshold.is_share) {
    value = fmt::format("{} %", format_rate(threshold.value * 100));
    value += threshold.metric == Threshold::Metric::kRate ? " of the target" : "";
  } else if (threshold.metric == Threshold::Metric::kErrors) {
    value = format_count(static_cast<uint64_t>(threshold.value));
  } else if (threshold.metric == Threshold::Metric::kRate) {
    value = format_rate(threshold.value) + "/s";
  } else {
    value = format_duration(nanos_of(threshold.value));
  }
  return fmt::format("{} {}", relation, value);
}

/// What a run says about the metric: a number to compare and how it reads. No number: nothing to
/// measure, which breaches every condition, because a gate must not pass on an empty run.
struct Measured {
  std::optional<double> value;
  std::string text;
};

Measured measure_time(const Threshold& threshold, const stats::Aggregate& totals, Nanos timeout) {
  const stats::Distribution& clock = threshold.service ? totals.service : totals.response;
  if (clock.count() == 0) {
    return {std::nullopt, "not known (no requests)"};
  }
  if (threshold.metric == Threshold::Metric::kMean) {
    const std::optional<Mean> mean = mean_of(clock, timeout);
    return {mean->ns, mean_text(*mean)};
  }
  stats::Quantile quantile;
  if (threshold.metric == Threshold::Metric::kQuantile) {
    quantile = clock.quantile(threshold.quantile);
  } else {
    quantile = {1.0, clock.successes.max_ns(), clock.failures > 0, true};
  }
  std::string text = latency_text(quantile, timeout);
  if (!quantile.supported) {
    text += fmt::format(" (of only {} samples)", format_count(clock.count()));
  }
  const double value = quantile.failed ? std::numeric_limits<double>::infinity()
                                       : static_cast<double>(quantile.value_ns);
  return {value, std::move(text)};
}

Measured measure_errors(const Threshold& threshold, const stats::Aggregate& totals) {
  const uint64_t errors = totals.errors();
  const uint64_t requests = totals.requests();
  if (!threshold.is_share) {
    return {static_cast<double>(errors), format_count(errors)};
  }
  if (requests == 0) {
    return {std::nullopt, "not known (no requests)"};
  }
  return {static_cast<double>(errors) / static_cast<double>(requests),
          fmt::format("{} ({} of {})", share_text(errors, requests), format_count(errors),
                      format_count(requests))};
}

Result<Measured> measure_rate(const Threshold& threshold, const stats::Aggregate& totals,
                              const RunSummary& summary) {
  const double seconds = to_seconds(summary.run.spans.sending);
  const double target = summary.run.start.target_rps;
  double rate = summary.achieved_rps();
  if (!threshold.endpoint.empty()) {
    rate = seconds > 0 ? static_cast<double>(totals.requests()) / seconds : 0;
  }
  if (!threshold.is_share) {
    return Measured{rate, rate_text(rate) + "/s"};
  }
  if (!(target > 0)) {
    return errorf("--fail-if \"{}\": the run has no target rate of which to take a share",
                  threshold.text);
  }
  return Measured{rate / target, fmt::format("{}/s, {:.1f} % of {}/s", rate_text(rate),
                                             100 * rate / target, format_rate(target))};
}

std::string metric_name(const Threshold& threshold) {
  std::string name = threshold.endpoint.empty() ? "" : threshold.endpoint + ": ";
  name += threshold.service ? "service " : "";
  switch (threshold.metric) {
    case Threshold::Metric::kQuantile:
      return name + stats::quantile_name(threshold.quantile);
    case Threshold::Metric::kMax:
      return name + "max";
    case Threshold::Metric::kMean:
      return name + "mean";
    case Threshold::Metric::kErrors:
      return name + "errors";
    default:
      return name + "rate";
  }
}

/// The condition's parts, as they stand in `text`; endpoint and operator are in `threshold` then.
struct Parts {
  std::string_view metric;
  std::string_view value;
};

Result<Parts> split(std::string_view text, std::string_view form, Threshold& threshold) {
  threshold.text = std::string(text);
  // From the right: an endpoint's label may hold anything, a value holds neither of these.
  const size_t op_at = text.find_last_of("<>");
  if (op_at == std::string_view::npos) {
    return error_at(text, without_blanks(text), form);
  }
  const bool or_equal = op_at + 1 < text.size() && text[op_at + 1] == '=';
  if (text[op_at] == '>') {
    threshold.op = or_equal ? Threshold::Operator::kGreaterEqual : Threshold::Operator::kGreater;
  } else {
    threshold.op = or_equal ? Threshold::Operator::kLessEqual : Threshold::Operator::kLess;
  }
  std::string_view left = without_blanks(text.substr(0, op_at));
  const std::string_view right = without_blanks(text.substr(op_at + (or_equal ? 2 : 1)));
  if (const size_t colon = left.rfind(':'); colon != std::string_view::npos) {
    const std::string_view endpoint = without_blanks(left.substr(0, colon));
    if (endpoint.empty()) {
      return error_at(text, left, "an endpoint's path or label before the colon");
    }
    threshold.endpoint = std::string(endpoint);
    left = without_blanks(left.substr(colon + 1));
  }
  return Parts{left, right};
}

}  // namespace

bool Threshold::holds_of(double measured) const {
  switch (op) {
    case Operator::kGreater:
      return measured > value;
    case Operator::kGreaterEqual:
      return measured >= value;
    case Operator::kLess:
      return measured < value;
    default:
      return measured <= value;
  }
}

Result<Threshold> parse_threshold(std::string_view text) {
  Threshold threshold;
  MACAW_TRY_ASSIGN(const Parts parts, split(text, kForm, threshold));
  MACAW_TRY(parse_metric(text, parts.metric, threshold));
  MACAW_TRY(parse_value(text, parts.value, threshold));
  return threshold;
}

Result<Threshold> parse_change_threshold(std::string_view text) {
  using Metric = Threshold::Metric;
  constexpr std::string_view kChange = "a change with its sign, such as +5% or -3ms";
  Threshold threshold;
  threshold.is_change = true;
  MACAW_TRY_ASSIGN(const Parts parts, split(text, kChangeForm, threshold));
  MACAW_TRY(parse_metric(text, parts.metric, threshold));
  const auto is_compared = [&threshold](stats::Statistic statistic) {
    return threshold.metric == (statistic.is_mean() ? Metric::kMean : Metric::kQuantile) &&
           threshold.quantile == statistic.q;
  };
  if (threshold.service || std::none_of(stats::kComparedStatistics.begin(),
                                        stats::kComparedStatistics.end(), is_compared)) {
    return error_at(text, parts.metric, "p50, p90, p95, p99, p99.9 or mean");
  }
  const bool is_negative = parts.value.starts_with('-');
  if (!is_negative && !parts.value.starts_with('+')) {
    return error_at(text, parts.value, kChange);
  }
  const std::string_view size = without_blanks(parts.value.substr(1));
  if (size.ends_with('%')) {
    MACAW_TRY(parse_share(text, size, threshold));
  } else if (!parse_time(text, size, threshold).ok()) {
    return error_at(text, parts.value, kChange);
  }
  threshold.value = is_negative ? -threshold.value : threshold.value;
  return threshold;
}

Result<ThresholdResult> evaluate(const Threshold& threshold, const RunSummary& summary) {
  const stats::Aggregate* totals = &total_of(summary);
  if (!threshold.endpoint.empty()) {
    const auto found = std::find_if(summary.totals.begin(), summary.totals.end(),
                                    [&threshold](const store::EndpointTotals& row) {
                                      return row.endpoint.endpoint != 0 &&
                                             row.endpoint.name() == threshold.endpoint;
                                    });
    if (found == summary.totals.end()) {
      return errorf("--fail-if \"{}\": the run has no endpoint \"{}\"", threshold.text,
                    threshold.endpoint);
    }
    totals = &found->totals;
  }
  Measured measured;
  if (threshold.metric == Threshold::Metric::kErrors) {
    measured = measure_errors(threshold, *totals);
  } else if (threshold.metric == Threshold::Metric::kRate) {
    MACAW_TRY_ASSIGN(measured, measure_rate(threshold, *totals, summary));
  } else {
    measured = measure_time(threshold, *totals, summary.run.start.timeout);
  }
  ThresholdResult result;
  result.breached = !measured.value || threshold.holds_of(*measured.value);
  const std::string_view verb = threshold.metric == Threshold::Metric::kErrors ? "are" : "is";
  result.sentence = fmt::format("{} {} {}", metric_name(threshold), verb, measured.text);
  if (result.breached && measured.value) {
    result.sentence += ", " + limit_text(threshold);
  }
  return result;
}

}  // namespace macaw::report
