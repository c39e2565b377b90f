// SPDX-License-Identifier: MIT
//
// What can be drawn: the keys of a run ("metric:client/request_latency_ms/js/action/new"), and the
// values of a key over time, straight from the stored intervals and health rows.
// Thread: the reader's.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/store/run_reader.h"

namespace macaw::ui {

/// Columns of a metric, in Iago's order; `p=` picks by index.
inline constexpr std::array<double, 8> kColumnQuantiles = {0.25, 0.5,  0.75,  0.9,
                                                           0.95, 0.99, 0.999, 0.9999};

enum class Quantity : uint8_t {
  kResponse,  // metrics
  kService,
  kRequests,  // counters of intervals
  kSuccess,
  kFailures,
  kOutcome,
  kBytesIn,
  kBytesOut,
  kSent,     // a counter of health
  kPending,  // gauges of health
  kConnections,
  kBacklog,
  kLagP99,
};

struct Key {
  std::string name;  ///< as in URLs and JSON
  Quantity quantity = Quantity::kResponse;
  uint16_t endpoint = 0;
  stats::Outcome outcome = stats::Outcome::kOk;  ///< of kOutcome

  bool is_metric() const { return quantity <= Quantity::kService; }

  /// Comes from the health rows, which know no endpoints.
  bool is_of_health() const { return quantity >= Quantity::kSent; }
};

/// Every key of a run, metrics first. The base keys are there even without endpoints.
std::vector<Key> keys_of(const std::vector<store::EndpointRow>& endpoints);
std::optional<Key> find_key(const std::vector<Key>& keys, std::string_view name);

/// Seconds since the start of the run, [from_s, to_s).
struct Span {
  uint32_t resolution = 1;
  uint64_t from_s = 0;
  uint64_t to_s = std::numeric_limits<int64_t>::max();
};

/// Rows in ascending order of time; seconds without anything are missing. A metric has eight
/// columns in milliseconds, infinite where the rank falls among failures; the others have one.
struct Series {
  std::vector<uint64_t> seconds;
  std::vector<std::vector<double>> columns;
};

Series series_of_intervals(const Key& key, const std::vector<store::IntervalRow>& rows);
/// `rows` may begin earlier than span.from_s: counters need what came before.
Series series_of_health(const Key& key, const std::vector<store::HealthRow>& rows,
                        const Span& span);

/// What /api/series tells of the generator, in this order. Of an interval's seconds the worst one,
/// of a second's workers the worst (lags, shares, turns) or the sum; `due`, `sent` and `late` are
/// counts within the interval.
inline constexpr std::array<std::string_view, 13> kHealthColumns = {
    "due",        "sent",       "late",      "in_flight",  "connections", "backlog", "lag_p99_ms",
    "lag_max_ms", "busy_share", "cpu_share", "wait_share", "turn_ms_max", "users"};

struct HealthColumns {
  std::vector<uint64_t> seconds;
  std::array<std::vector<double>, kHealthColumns.size()> columns;
};

/// `rows` may begin earlier than span.from_s.
HealthColumns health_columns(const std::vector<store::HealthRow>& rows, const Span& span);

Result<Series> read_series(store::RunReader& reader, int64_t run, const Key& key, const Span& span);
/// Health rows of the span, and enough before it for differences.
Result<std::vector<store::HealthRow>> read_health(store::RunReader& reader, int64_t run,
                                                  const Span& span);

/// The run's wall clock at its time 0, in whole seconds: t = started_s + second.
int64_t started_s(const store::RunRow& run);

}  // namespace macaw::ui
