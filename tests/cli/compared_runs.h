// SPDX-License-Identifier: MIT
//
// Runs to compare, written straight into a database: log-normal times from a seed over two
// endpoints, so that a test knows what changed. Thread: one.
#pragma once

#include <cstdint>
#include <string>

#include "macaw/store/run_record.h"

namespace macaw::test {

struct ComparedRunOptions {
  std::string label;
  uint64_t seed = 1;
  uint64_t requests = 20'000;
  uint64_t seconds = 200;
  uint64_t lines = 2'000;      ///< of the file, played again and again
  uint64_t first_line = 1;     ///< of request 0
  double factor = 1;           ///< on every service time
  double endpoint_factor = 1;  ///< on those of /js/action/new
  uint64_t slow_lines_ms = 0;  ///< added to every 200th line
  uint64_t failures_per_1000 = 0;
  std::string file_sha256 = std::string(64, 'a');
  store::RowPolicy rows;
  stats::Verdict verdict;
};

/// Returns the number of the run. Errors of the database stop the program.
int64_t write_compared_run(const std::string& database, const ComparedRunOptions& options);

}  // namespace macaw::test
