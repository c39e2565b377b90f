// SPDX-License-Identifier: MIT
//
// One line of Locust's statistics: what locust/stats.py calls a StatsEntry. Every request counts
// with the time it took, failed or not. Times are floats of milliseconds there; ours are whole
// nanoseconds, so that sums do not depend on their order.
// Thread: one object belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "macaw/stats/histogram.h"

namespace macaw::report {

/// Locust's own list (PERCENTILES_TO_REPORT).
inline constexpr std::array<double, 11> kLocustPercentiles = {0.5,  0.66, 0.75,  0.8,    0.9, 0.95,
                                                              0.98, 0.99, 0.999, 0.9999, 1.0};

/// Whole milliseconds below 100, then to 10, 100 or 1000; halves to even, as Python's round().
uint64_t locust_rounded_ms(uint64_t ns);

class LocustEntry {
 public:
  /// `rounding`: percentiles and median of the rounded times, as Locust has them.
  explicit LocustEntry(bool rounding = false) : rounding_(rounding) {}

  void add(uint64_t ns, bool failed, uint64_t bytes);

  uint64_t requests() const { return times_.count(); }

  uint64_t failures() const { return failures_; }

  /// As Python prints them. "N/A" when there are no requests.
  std::string percentile(double q) const;
  std::string median() const;
  std::string average() const;
  std::string minimum() const;
  std::string maximum() const;
  std::string average_bytes() const;
  /// ",p50,p66,..."
  std::string percentile_fields() const;

 private:
  uint64_t rounded_percentile(double q) const;
  std::string rounded_median() const;

  bool rounding_;
  stats::Histogram times_;
  std::map<uint64_t, uint64_t> rounded_;  ///< milliseconds: count; some 280 of them up to 100 s
  uint64_t failures_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace macaw::report
