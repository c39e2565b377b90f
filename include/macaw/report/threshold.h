// SPDX-License-Identifier: MIT
//
// `--fail-if 'p99>50ms'`: a condition over a stored run. Grammar (also in README):
//   condition = [ENDPOINT ":"] ["service."] metric op value
//   metric    = p50 .. p99.99 | max | mean | errors | rate
//   op        = ">" | ">=" | "<" | "<="
//   value     = a duration for times ("50ms"), a percentage or a count for errors ("0.1%", "10"), a
//   rate for rate ("95", "95%" of the target)
// Times are of response time unless "service." stands before them. ENDPOINT is the endpoint's path
// or label; without it: the total.
// In a comparison of two runs the value is a change and says so by its sign: "p99>+5%",
// "mean>+3ms", "/js/recommendations:p50>-10%"; metrics are those that are compared (p50, p90, p95,
// p99, p99.9, mean). Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "macaw/base/result.h"
#include "macaw/report/summary.h"

namespace macaw::report {

struct Threshold {
  enum class Metric : uint8_t { kQuantile, kMax, kMean, kErrors, kRate };
  enum class Operator : uint8_t { kGreater, kGreaterEqual, kLess, kLessEqual };

  std::string text;      ///< as given
  std::string endpoint;  ///< empty: the total
  bool service = false;
  Metric metric = Metric::kQuantile;
  double quantile = 0;
  Operator op = Operator::kGreater;
  double value = 0;  ///< ns, a share (0..1) when `is_share`, a count, or requests per second
  bool is_share = false;
  bool is_change = false;  ///< `value` is added to the other side's, or a share of it

  /// Whether the condition holds of a value in the unit of `value`.
  bool holds_of(double measured) const;
};

/// Errors point at the column and list what was expected.
Result<Threshold> parse_threshold(std::string_view text);

/// The form for comparisons.
Result<Threshold> parse_change_threshold(std::string_view text);

struct ThresholdResult {
  bool breached = false;
  std::string sentence;  ///< "p99 is 61.2 ms, over 50 ms" / "p99 is 12.0 ms"
};

/// Error: the endpoint does not occur in the run.
Result<ThresholdResult> evaluate(const Threshold& threshold, const RunSummary& summary);

}  // namespace macaw::report
