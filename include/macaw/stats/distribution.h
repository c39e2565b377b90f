// SPDX-License-Identifier: MIT
//
// A distribution that counts everybody: durations of the successes, and the number of failures,
// each of which counts as slower than any success. So fast errors cannot improve a percentile.
// Quantiles are nearest rank: the smallest value with at least q of all at or below it. Thread: one
// object belongs to one thread; the functions may be called from any.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "macaw/stats/histogram.h"

namespace macaw::stats {

/// One percentile. `failed`: the rank falls among the failures, so the value is "slower than
/// anything" (shown as "> timeout", stored as infinity).
struct Quantile {
  double q = 0;
  uint64_t value_ns = 0;
  bool failed = false;
  /// False where the number of samples cannot support a two-sided 95 % interval for it (p99 needs
  /// 368, p99.9 3,688, p99.99 36,887).
  bool supported = true;

  double millis() const;  ///< infinity when failed
};

struct Distribution {
  Histogram successes;
  uint64_t failures = 0;

  void add(uint64_t value_ns, bool success) {
    if (success) {
      successes.add(value_ns);
    } else {
      ++failures;
    }
  }

  void merge(const Distribution& other);

  uint64_t count() const { return successes.count() + failures; }

  /// Of everybody. With no samples: value 0, not supported. REQUIRES: 0 <= q <= 1
  Quantile quantile(double q) const;
  /// Of the successes alone.
  Quantile success_quantile(double q) const;

  bool operator==(const Distribution&) const = default;
};

/// Smallest number of samples whose order statistics enclose the q-quantile with 95 % confidence:
/// the smallest n for which neither tail probability, q^n and (1-q)^n, leaves more than 2.5 %.
/// REQUIRES: 0 < q < 1
uint64_t samples_needed(double q);

/// The nearest rank of q among n, from 1 to n. REQUIRES: 0 <= q <= 1, n > 0
uint64_t nearest_rank(double q, uint64_t n);

/// The percentiles that summaries, tables and the verdict show: 0.5, 0.9, 0.95, 0.99, 0.999.
inline constexpr std::array<double, 5> kShownQuantiles = {0.5, 0.9, 0.95, 0.99, 0.999};
/// "p50", "p99.9"
std::string quantile_name(double q);

}  // namespace macaw::stats
