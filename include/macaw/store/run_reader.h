// SPDX-License-Identifier: MIT
//
// Read-only queries over a run database, also while another thread or process writes it. Console,
// reports and the UI read here and nowhere else. Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/stats/transport.h"
#include "macaw/store/run_record.h"

namespace macaw::store {

struct Verification;

class RunReader {
 public:
  /// Errors: missing, not a database, not ours, newer than this program.
  static Result<std::unique_ptr<RunReader>> open(const std::string& path);
  ~RunReader();

  /// Ascending. A run that says "running" while nobody holds its lock is given as killed.
  Result<std::vector<RunRow>> runs();
  /// Error when there is none.
  Result<RunRow> run(int64_t run);
  /// Ascending, from endpoint 1.
  Result<std::vector<EndpointRow>> endpoints(int64_t run);
  /// Ascending, endpoint 0 (all) first. While a run plays: as of the last commit.
  Result<std::vector<EndpointTotals>> totals(int64_t run);
  /// The same without histograms.
  Result<std::vector<EndpointFigures>> figures(int64_t run);
  /// Of endpoint 0 alone; all 0 before the first commit.
  Result<EndpointFigures> figures_of_all(int64_t run);
  /// Intervals of one endpoint that begin in [from_s, to_s), ascending; those without requests and
  /// completions are missing. Distributions that are not among `parts` stay empty.
  /// REQUIRES: resolution is one of stats::kResolutions
  Result<std::vector<IntervalRow>> intervals(int64_t run, uint32_t resolution, uint16_t endpoint,
                                             uint64_t from_s, uint64_t to_s,
                                             IntervalParts parts = IntervalParts::kAll);
  Result<std::vector<HealthRow>> health(int64_t run, uint64_t from_s, uint64_t to_s);
  Result<std::vector<EventRow>> events(int64_t run);
  Result<std::vector<UnsentRow>> unsent(int64_t run);
  /// Where the time of the successes in [from_s, to_s) went, by intervals of `length_s` seconds;
  /// those without such rows are missing. Of an interval with many more rows than `rows_max` about
  /// so many are looked at, evenly spread over it.
  Result<std::vector<PartsRow>> parts(int64_t run, uint16_t endpoint, uint32_t length_s,
                                      uint64_t from_s, uint64_t to_s, uint64_t rows_max);
  /// Requests by status and outcome: endpoint after endpoint, each with the most frequent first.
  Result<std::vector<StatusCount>> statuses(int64_t run);
  /// How long connections took to come up, by kind.
  Result<stats::ConnectionBook> connections(int64_t run);
  /// How the messages of streamed answers came, by endpoint; empty without such.
  Result<stats::StreamBook> streams(int64_t run);
  /// Every stored row in order of index, in one snapshot.
  Status for_each_sample(int64_t run, const std::function<void(const stats::Sample&)>& visit);

  enum class SampleOrder : uint8_t { kIndex, kSent };
  /// The same, until a visit returns an error, which is given back. In order of sending SQLite
  /// sorts first, through a temporary file when the rows are many: never in memory. A request that
  /// was never sent stands where it ended.
  Status stream_samples(int64_t run, SampleOrder order,
                        const std::function<Status(const stats::Sample&)>& visit);

  const std::string& path() const;

 private:
  friend Result<Verification> verify_run(RunReader& reader, int64_t run);
  struct Impl;
  explicit RunReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// `replay verify`: recomputes totals, intervals, counts and verdict of a run from its rows and
/// compares them with what is stored.
struct Verification {
  uint64_t rows = 0;
  uint64_t values_compared = 0;
  std::vector<std::string> differences;  ///< one line each, at most 20
  std::string note;  ///< what could not be checked (rows were sampled), or empty

  bool ok() const { return differences.empty(); }
};

Result<Verification> verify_run(RunReader& reader, int64_t run);

}  // namespace macaw::store
