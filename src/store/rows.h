// SPDX-License-Identifier: MIT
//
// Rows of the run database and the values they stand for. One place says what is in which column of
// an aggregate: the writer stores these values, verify recomputes and compares them.
// Thread: any.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "database.h"
#include "macaw/stats/verdict.h"
#include "macaw/store/run_record.h"

namespace macaw::store {

/// A number, a measurement (not a number stands for NULL), or a serialized histogram.
using Value = std::variant<int64_t, double, std::string>;

void put_values(Statement& statement, const std::vector<Value>& values);
bool same_value(const Value& a, const Value& b);
std::string describe_value(const Value& value);

inline constexpr std::array<std::string_view, 14> kSampleColumns = {
    "line",     "worker",  "connection", "endpoint", "intended_ns", "lag_ns",   "wait_ns",
    "first_ns", "rest_ns", "status",     "outcome",  "flags",       "bytes_in", "bytes_out"};

inline constexpr std::array<std::string_view, 26> kIntervalColumns = {
    "requests",  "ok",        "http_error", "wrong_answer", "refused",        "reset",
    "malformed", "timeout",   "shed",       "unfinished",   "grpc_error",     "resent",
    "bytes_in",  "bytes_out", "completed",  "mean_ms",      "p50_ms",         "p95_ms",
    "p99_ms",    "p999_ms",   "max_ms",     "ok_max_ms",    "service_p50_ms", "service_p99_ms",
    "response",  "service"};

inline constexpr std::array<std::string_view, 43> kTotalsColumns = {"requests",
                                                                    "ok",
                                                                    "http_error",
                                                                    "wrong_answer",
                                                                    "refused",
                                                                    "reset",
                                                                    "malformed",
                                                                    "timeout",
                                                                    "shed",
                                                                    "unfinished",
                                                                    "grpc_error",
                                                                    "resent",
                                                                    "bytes_in",
                                                                    "bytes_out",
                                                                    "mean_ms",
                                                                    "p50_ms",
                                                                    "p90_ms",
                                                                    "p95_ms",
                                                                    "p99_ms",
                                                                    "p999_ms",
                                                                    "max_ms",
                                                                    "ok_p50_ms",
                                                                    "ok_p90_ms",
                                                                    "ok_p95_ms",
                                                                    "ok_p99_ms",
                                                                    "ok_p999_ms",
                                                                    "ok_max_ms",
                                                                    "service_mean_ms",
                                                                    "service_p50_ms",
                                                                    "service_p90_ms",
                                                                    "service_p95_ms",
                                                                    "service_p99_ms",
                                                                    "service_p999_ms",
                                                                    "service_max_ms",
                                                                    "lag_p99_ms",
                                                                    "lag_max_ms",
                                                                    "wait_p99_ms",
                                                                    "wait_max_ms",
                                                                    "response",
                                                                    "service",
                                                                    "response_without_lag",
                                                                    "lag",
                                                                    "connection_wait"};

std::vector<Value> interval_values(const stats::Aggregate& aggregate);
std::vector<Value> totals_values(const stats::Aggregate& aggregate);

/// What the next columns of the row hold: the last `blobs` of them are histograms, those before
/// `integers` counts.
std::vector<Value> take_values(Statement& row, size_t columns, size_t integers, size_t blobs);
/// The same, in the order above.
std::vector<Value> take_interval_values(Statement& row);
std::vector<Value> take_totals_values(Statement& row);

Result<stats::Aggregate> interval_of(const std::vector<Value>& values,
                                     IntervalParts parts = IntervalParts::kAll);

constexpr bool has_response(IntervalParts parts) {
  return parts == IntervalParts::kAll || parts == IntervalParts::kResponse;
}

constexpr bool has_service(IntervalParts parts) {
  return parts == IntervalParts::kAll || parts == IntervalParts::kService;
}

Result<stats::Aggregate> totals_of(const std::vector<Value>& values);

/// The key of a sample's row: runs one after the other, requests in order of i.
inline constexpr int64_t kIndexesPerRun = int64_t{1} << 40;

constexpr int64_t sample_id(int64_t run, uint64_t index) {
  return run * kIndexesPerRun + static_cast<int64_t>(index);
}

void put_sample(Statement& statement, int64_t run, const stats::Sample& sample);
/// From the columns id and kSampleColumns.
stats::Sample take_sample(Statement& row);

/// What a run says that has died.
inline constexpr std::string_view kKilledReason = "killed";
stats::Verdict killed_verdict();

/// Finds the second with the largest share of late requests. Rows of one second come together.
class WorstSecond {
 public:
  void add(uint64_t second, const HealthRow& row) {
    if (second != now_.second) {
      close();
      now_ = {.second = second, .requests = 0, .late = 0};
    }
    now_.requests += row.requests;
    now_.late += row.late;
  }

  stats::LateSecond take() {
    close();
    return worst_;
  }

 private:
  void close() {
    if (now_.share() > worst_.share()) {
      worst_ = now_;
    }
  }

  stats::LateSecond worst_;
  stats::LateSecond now_;
};

/// The health rows of a run, summed up for its verdict. Rows of one second come together.
class HealthSums {
 public:
  explicit HealthSums(Nanos warmup) : warmup_(warmup) {}

  void add(uint64_t second, const HealthRow& row) {
    if (std::chrono::seconds(second) < warmup_) {
      return;
    }
    worst_.add(second, row);
    workers_.add(row.requests, row.lag_p99_ms, {.ran = row.cpu_share, .waited = row.wait_share});
  }

  stats::LateSecond worst_second() const { return WorstSecond(worst_).take(); }

  const stats::WorkerSeconds& worker_seconds() const { return workers_; }

 private:
  Nanos warmup_;
  WorstSecond worst_;
  stats::WorkerSeconds workers_;
};

/// The p99 and the like of all values; 0 for none.
double millis_at(const stats::Histogram& histogram, double q);

}  // namespace macaw::store
