// SPDX-License-Identifier: MIT
//
// `replay compare`: what changed from side A to side B, one run or several on each. Reads stored
// runs, pairs their records where it can, and leaves the statistics to stats/comparison.h. How and
// why: src/report/COMPARE.md. Thread: any, on its own RunReaders.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/report/formats.h"
#include "macaw/report/summary.h"
#include "macaw/report/threshold.h"
#include "macaw/stats/comparison.h"
#include "macaw/store/run_reader.h"

namespace macaw::report {

/// A run to compare. The reader outlives the call.
struct ChosenRun {
  store::RunReader* reader = nullptr;
  int64_t run = 0;  ///< 0: the newest
};

/// "p99", "mean", "/js/recommendations:p95"
struct PrimaryStatistic {
  std::string endpoint;  ///< empty: all
  stats::Statistic statistic{0.99};
};

Result<PrimaryStatistic> parse_primary(std::string_view text);

struct CompareOptions {
  PrimaryStatistic primary;
  Clock clock = Clock::kResponse;
  uint64_t seed = 1;  ///< of the resampling
  /// Runs with more rows are compared by their stored histograms (error 0.4 %) instead.
  uint64_t rows_max = 4'000'000;
};

/// A run as it was compared.
struct ComparedRun {
  store::RunRow run;
  std::string database;
  std::string file_name;  ///< of the database, without folders, when several are compared
  uint64_t requests = 0;  ///< that were compared
  uint64_t errors = 0;    ///< among them
  stats::Distribution times;
  std::vector<store::IntervalRow> series;  ///< of all endpoints, coarse enough to draw
};

struct ComparedEndpoint {
  std::string name;
  std::string method;
  uint64_t requests_a = 0;
  uint64_t requests_b = 0;
  uint64_t errors_a = 0;
  uint64_t errors_b = 0;
  std::vector<stats::Change> changes;  ///< as stats::kComparedStatistics
};

/// A record (line of the replay file) whose paired difference is large.
struct MovedRecord {
  uint32_t line = 0;
  std::string endpoint;
  uint64_t pairs = 0;
  double a_ns = 0;  ///< medians; infinite: failed
  double b_ns = 0;
  double difference_ns = 0;  ///< median of the differences
};

struct Comparison {
  std::vector<ComparedRun> a;
  std::vector<ComparedRun> b;
  Clock clock = Clock::kResponse;
  bool paired = false;
  std::string pairing;  ///< why, one phrase: "the same file and the same records"
  bool by_rows = true;  ///< false: from histograms of whole seconds
  bool run_is_unit = false;
  size_t blocks = 0;
  Nanos block_length{};  ///< in the first run of A
  uint64_t seed = 1;
  PrimaryStatistic primary;
  /// All first, then by number of requests.
  std::vector<ComparedEndpoint> endpoints;
  uint64_t endpoints_left_out = 0;
  /// Largest difference first, at most kMovedMax. Empty when unpaired or without rows.
  std::vector<MovedRecord> moved_records;
  /// What half of the lines they were chosen from do not exceed: how much is nothing special.
  double usual_move_ns = 0;
  uint64_t lines_compared = 0;
  std::vector<std::string> warnings;  ///< sentences

  const stats::Change& primary_change() const;
  const ComparedEndpoint& primary_endpoint() const;
  /// The endpoints with the largest established change of the primary statistic.
  std::vector<const ComparedEndpoint*> moved_endpoints() const;
  Nanos timeout() const;
};

inline constexpr size_t kMovedMax = 10;

/// REQUIRES: at least one run on each side. Errors: what cannot be read; a run that still plays;
/// the same run on both sides; a primary endpoint that is not there.
Result<Comparison> compare(std::span<const ChosenRun> a, std::span<const ChosenRun> b,
                           const CompareOptions& options);

/// "B is slower: p99 +3.1 ms (+1.9 .. +4.4), p50 unchanged"
std::string comparison_sentence(const Comparison& comparison);
std::string format_comparison_text(const Comparison& comparison, const TextStyle& style);
/// Fields and units: src/report/JSON.md.
std::string format_comparison_json(const Comparison& comparison,
                                   std::span<const ThresholdResult> thresholds);
/// One page that needs nothing else, and no scripts.
std::string format_comparison_html(const Comparison& comparison);

/// `--fail-if` of a comparison (parse_change_threshold()). What is not established as a change
/// counts as none; what there is not enough data for breaches every condition. Errors: the endpoint
/// occurs in neither side.
Result<ThresholdResult> evaluate(const Threshold& threshold, const Comparison& comparison);

}  // namespace macaw::report
