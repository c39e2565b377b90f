// SPDX-License-Identifier: MIT
//
// The one read-write connection to a run database. Opening creates the schema, takes the run lock
// (a file beside the database, released by the kernel when the process dies) and marks runs as
// killed that say "running" without holding it. Thread: one thread at a time; created by main, then
// handed to the drain.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "macaw/base/result.h"
#include "macaw/stats/sample.h"
#include "macaw/stats/transport.h"
#include "macaw/store/run_record.h"

namespace macaw::store {

class RunWriter {
 public:
  /// Errors: not a database, not ours, newer than this program, another run is writing it (says
  /// which process), no permission.
  static Result<std::unique_ptr<RunWriter>> open(const std::string& path);
  ~RunWriter();

  /// Returns the run number (1, 2, ... within the file). One run at a time.
  Result<int64_t> begin_run(const RunStart& start);

  /// The current run, 0 for none.
  int64_t run() const;

  // All below belong to the current run and become visible with commit(). After an error call
  // rollback(): nothing since the last commit counts.
  Status add_endpoint(const EndpointRow& endpoint);
  /// Rows in any order; those that the row policy does not keep are skipped. `between` is called
  /// after every tenth of a millisecond's work or so: for callers that share a core with somebody
  /// who is in more of a hurry.
  Status add_samples(std::span<const stats::Sample> samples,
                     const std::function<void()>& between = {});
  /// Rows that the row policy keeps; `between` as above.
  Status add_connections(std::span<const ConnectionRow> rows,
                         const std::function<void()>& between = {});
  Status add_streams(std::span<const stats::StreamCell> cells,
                     const std::function<void()>& between = {});
  Status put_connection_totals(const stats::ConnectionKind& kind,
                               const stats::ConnectionTotals& totals);
  Status put_stream_totals(uint16_t endpoint, const stats::StreamTotals& totals);
  Status put_interval(const stats::IntervalKey& key, const stats::Aggregate& aggregate);
  /// As put last (outcomes, bytes, completed, response, service); nullptr where there is none.
  Result<std::unique_ptr<stats::Aggregate>> get_interval(const stats::IntervalKey& key);
  Status put_endpoint_totals(uint16_t endpoint, const stats::Aggregate& totals);
  Status put_health(const HealthRow& health);
  /// A kError whose text (with outcome and endpoint) is already there raises its count instead.
  Status add_event(const EventRow& event);
  Status add_unsent(const UnsentRow& unsent);
  /// What `runs` shows while the run plays.
  Status put_progress(const RunSpans& spans, const RunCounts& counts);
  /// The mean rate of a plan that was changed while it was played.
  Status put_target_rps(double target_rps);
  /// Closed loop: how many users played on average after the warm-up.
  Status put_mean_users(double mean_users);
  Status commit();
  void rollback();
  /// Whether the database has failed since the last commit or rollback: what was written since then
  /// may be gone. Wrong requests (a label for a run that is not there) do not count.
  bool failed() const;

  /// Commits, and moves everything into the one file.
  Status finish_run(RunState state, const std::string& end_reason, const RunSpans& spans,
                    const RunCounts& counts, const stats::Verdict& verdict);

  /// For `replay runs --label` and the UI: at once when no run is being written, else with the next
  /// commit().
  Status set_label(int64_t run, const std::string& label);

 private:
  struct Impl;
  explicit RunWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Bytes that a run of so many requests will take on disk, for the forecast at the start.
uint64_t forecast_bytes(uint64_t requests, const RowPolicy& rows);

}  // namespace macaw::store
