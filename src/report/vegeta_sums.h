// SPDX-License-Identifier: MIT
//
// What `vegeta report` computes from results, computed from our rows by its rules: every request
// counts with the time it took, failed or not, and an answer below 400 is a success.
// Thread: any.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "macaw/report/formats.h"
#include "macaw/stats/histogram.h"

namespace macaw::report {

struct VegetaSums {
  stats::Histogram latencies;
  uint64_t latency_total_ns = 0;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t successes = 0;
  /// Since the start of the run; all 0 when there is no request.
  int64_t earliest_ns = 0;
  int64_t latest_ns = 0;
  int64_t end_ns = 0;
  std::map<std::string, uint64_t> status_codes;
  std::vector<std::string> errors;  ///< distinct, in order of appearance

  uint64_t requests() const { return latencies.count(); }

  int64_t duration_ns() const { return latest_ns - earliest_ns; }

  int64_t wait_ns() const { return end_ns - latest_ns; }

  double rate() const;
  double throughput() const;
  /// 0 when there are none, as the next.
  double mean_of_requests(uint64_t sum) const;
  double success_share() const;
  int64_t mean_ns() const;
  int64_t quantile_ns(double q) const;
};

Result<VegetaSums> read_vegeta_sums(const FormatInput& input);

}  // namespace macaw::report
