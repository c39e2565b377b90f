// SPDX-License-Identifier: MIT
//
// Plain values that go into and come out of the run database: one struct per table row. Columns and
// units: src/store/SCHEMA.md.
// Thread: values, without shared state.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/time.h"
#include "macaw/stats/aggregate.h"
#include "macaw/stats/verdict.h"

namespace macaw::store {

enum class RunState : uint8_t { kRunning = 1, kFinished = 2, kInterrupted = 3, kKilled = 4 };
/// "running", "finished", ...; the texts in SQL and JSON.
std::string_view run_state_name(RunState state);

/// Which requests get a row of their own. Aggregates always count all.
struct RowPolicy {
  enum class Kind : uint8_t { kAll, kErrors, kSample } kind = Kind::kAll;
  uint64_t sample_every = 1;  ///< kSample: errors, and the indexes with mix64(index) % N == 0
  bool keeps(uint64_t index, stats::Outcome outcome) const;
  std::string describe() const;  ///< "all", "errors", "sample:100"
};

/// What is known when a run starts.
struct RunStart {
  std::string uuid;
  std::string label;
  WallTime started_at;  ///< the wall anchor of the run's monotonic time 0
  std::vector<std::string> argv;
  std::string working_folder;
  std::string file;             ///< path as given
  std::string file_sha256;      ///< empty when not known (stdin, --no-check)
  std::string file_provenance;  ///< as in the file, or empty
  std::string target;           ///< "127.0.0.1:8080", "stub", "(from the file)"; " at unix:PATH"
  std::string profile;          ///< RateProfile::describe(), or "max", "recorded"
  std::string arrivals;         ///< "constant", "poisson", "recorded"
  double target_rps = 0;        ///< the mean rate over the plan; 0 for "max"
  uint64_t seed = 1;
  uint64_t planned = 0;      ///< requests in the plan; 0 = without end
  Nanos planned_duration{};  ///< 0 = not limited by time
  uint32_t workers = 1;
  uint32_t connections = 256;
  Nanos timeout{};
  std::string host;      ///< machine name, kernel, cores
  std::string versions;  ///< "macaw 0.1.0 (git abc), libuv ..., llhttp ..., SQLite ..."
  RowPolicy rows;
  bool lag_is_judged = true;
  Nanos warmup{};               ///< at the start; in no number of the run
  uint32_t users = 0;           ///< of a closed loop, at most; 0: an open loop
  std::optional<Nanos> think;   ///< closed loop: the mean of the law
  std::optional<Nanos> pacing;  ///< closed loop: from start to start, instead of think time
};

/// Conservation: scheduled = sum of outcomes + unsent + left_out.
struct RunCounts {
  uint64_t scheduled = 0;  ///< due by the end of the run
  uint64_t sent = 0;       ///< at least one byte written
  uint64_t unsent = 0;     ///< due and never taken up by a connection
  uint64_t rows_lost = 0;
  stats::LeftOut left_out = {};

  bool holds(const stats::Aggregate& total) const {
    return scheduled == total.requests() + unsent + left_out.requests;
  }
};

/// How long a run took, from its time 0.
struct RunSpans {
  Nanos elapsed{};  ///< until the last answer
  /// How long requests went out: the span of the schedule, longer when the last ones had to wait.
  /// One slow answer at the end does not lower the rate.
  Nanos sending{};
};

/// The rate at which requests went out that count in the numbers, per second.
double achieved_rps(const RunCounts& counts, const RunSpans& spans, Nanos warmup);

struct RunRow {
  int64_t run = 0;
  RunStart start;
  RunState state = RunState::kRunning;
  /// "end of file", "duration", "requests", "interrupted at 41 %", "aborted: ..."
  std::string end_reason;
  RunSpans spans;          ///< so far, while it runs
  RunCounts counts;        ///< while it runs: scheduled and sent so far
  stats::Verdict verdict;  ///< VALID without a reason while it runs; of a killed run SUSPECT
  /// Closed loop: how many users played on average after the warm-up, once that is known.
  std::optional<double> mean_users;

  /// How long the run took without its warm-up.
  Nanos counted() const { return std::max(spans.elapsed - start.warmup, Nanos(0)); }
};

struct EndpointRow {
  uint16_t endpoint = 0;  ///< from 1; 0 = all
  std::string method;
  std::string path;  ///< or the label

  std::string name() const { return endpoint == 0 ? "all" : path; }
};

struct EndpointTotals {
  EndpointRow endpoint;
  stats::Aggregate totals;
};

/// The sums of an endpoint without its histograms: cheap enough to be asked for every second. Not a
/// number: there is nothing to measure; infinite: among the failures.
struct EndpointFigures {
  EndpointRow endpoint;
  std::array<uint64_t, stats::kOutcomes> outcomes{};
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;

  struct Clock {
    double p50_ms = 0, p90_ms = 0, p95_ms = 0, p99_ms = 0, p999_ms = 0, max_ms = 0;
  };

  Clock response;  ///< of everybody
  Clock ok;        ///< response times of the successes alone
  Clock service;   ///< of everybody

  uint64_t requests() const;

  uint64_t errors() const { return requests() - outcomes.at(1); }
};

/// Where the response time of the successes of an interval went: means, which add up to the mean
/// response time. From the rows.
struct PartsRow {
  uint64_t start_s = 0;
  uint64_t rows = 0;  ///< that were looked at
  double lag_ms = 0;
  double connection_wait_ms = 0;
  double first_byte_ms = 0;
  double body_ms = 0;
};

struct StatusCount {
  uint16_t endpoint = 0;
  stats::StatusKey key;
  uint64_t count = 0;
};

/// Which distributions of an interval are read: unpacking them is most of the work.
enum class IntervalParts : uint8_t { kAll, kResponse, kService, kCounts };

struct IntervalRow {
  stats::IntervalKey key;
  stats::Aggregate aggregate;  ///< outcomes, bytes, completed, response and service distributions
};

struct HealthRow {
  uint64_t second = 0;
  uint32_t worker = 0;
  uint64_t requests = 0;  ///< intended in this second, and ended
  uint64_t late = 0;      ///< of them, those that went out over 10 ms late through us
  double lag_p99_ms = 0;  ///< of them
  double lag_max_ms = 0;
  double busy_share = 0;
  uint64_t backlog = 0;
  uint64_t in_flight = 0;
  uint64_t connections = 0;
  uint64_t scheduled = 0;  ///< so far
  uint64_t sent = 0;       ///< so far
  double turn_ms_max = 0;
  double cpu_share = 0;   ///< of the second, that the worker's thread ran
  double wait_share = 0;  ///< of the second, that it was ready to run and had no processor
  uint64_t users = 0;     ///< of a closed loop, that played at its end
};

struct ConnectionRow {
  uint64_t number = 0;  ///< within the run, in the order in which they were told
  stats::ConnectionCell cell;
};

struct EventRow {
  Nanos at{};
  uint32_t worker = 0;
  stats::EventKind kind = stats::EventKind::kWarning;
  stats::Outcome outcome = stats::Outcome::kOk;
  uint16_t endpoint = 0;
  int64_t value = 0;
  uint64_t count = 1;  ///< kError: how often this error occurred, over all workers
  std::string text;
};

/// `count` of the worker's indexes in first..last.
struct UnsentRow {
  uint32_t worker = 0;
  uint64_t first = 0;
  uint64_t last = 0;
  uint64_t count = 0;
  stats::UnsentReason reason = stats::UnsentReason::kBacklog;
};

}  // namespace macaw::store
