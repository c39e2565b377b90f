// SPDX-License-Identifier: MIT
//
// A run written second by second without a replayer: times are plain arithmetic, so that tests can
// say what the page must show. 100 requests a second over two endpoints; with trouble:
// nothing is due in 20..24, the target stands still in 35..36, 3 % time out in 45..47, a fifth gets
// 503 in 50, and most time out in 52.
// Thread: one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "macaw/stats/aggregate.h"
#include "macaw/stats/transport.h"
#include "macaw/store/run_writer.h"

namespace macaw::test {

struct MadeRunOptions {
  std::string database;
  std::string label;
  /// Seconds since the epoch.
  int64_t started_s = 1'795'228'201;
  uint64_t planned_s = 60;
  bool trouble = true;
  /// gRPC over HTTP/2 and TLS instead: recommendations are streams of five messages, and what would
  /// be a 503 is UNAVAILABLE.
  bool calls = false;
  /// Adds to every service time.
  uint64_t slower_us = 0;
  /// Milliseconds between requests.
  uint64_t period_ms = 10;
};

class MadeRun {
 public:
  /// Errors of the database stop the program (MACAW_CHECK): this is a test's own fixture.
  explicit MadeRun(MadeRunOptions options);
  ~MadeRun();

  /// Writes the next second and commits.
  void add_second();

  uint64_t seconds() const { return second_; }

  /// Adds the remaining seconds of the plan and ends the run.
  void finish();
  /// The samples of a second, as they are written.
  std::vector<stats::Sample> samples_of(uint64_t second) const;

 private:
  void write_aggregates();
  void add_connections();
  void add_streams(const std::vector<stats::Sample>& samples);

  MadeRunOptions options_;
  std::unique_ptr<store::RunWriter> writer_;
  stats::RunAggregator aggregator_;
  stats::ConnectionBook connections_;
  stats::StreamBook streams_;
  uint64_t second_ = 0;
  uint64_t scheduled_ = 0;
};

}  // namespace macaw::test
