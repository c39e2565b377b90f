// SPDX-License-Identifier: MIT
//
// How true a replay of recorded times was to the recording: drift, the distribution of the gaps
// between requests, bursts. Pure, in constant memory. Thread: one object belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "macaw/stats/histogram.h"

namespace macaw::stats {

struct Fidelity {
  uint64_t requests = 0;
  /// From the first request to the last one.
  double planned_s = 0;
  double played_s = 0;
  /// The distance of Kolmogorov and Smirnov between the distributions of the gaps, as planned and
  /// as played, where values up to kGapTolerance apart count as equal: at most this share of the
  /// gaps is longer, or shorter, by more than that.
  double gap_distance = 0;
  /// Variance over mean of the requests per 10 ms: 1 for Poisson arrivals, more for bursts.
  double planned_dispersion = 0;
  double played_dispersion = 0;

  double drift() const { return planned_s > 0 ? played_s / planned_s - 1 : 0; }
};

/// 0.1 ms: what a machine that is awake keeps to, and no service notices.
inline constexpr uint64_t kGapToleranceNs = 100'000;

class FidelityMeter {
 public:
  /// Requests in order of their planned times; those that were never sent are left out.
  void add(int64_t planned_ns, int64_t sent_ns);

  /// Nothing for fewer than two requests. Ends the series.
  std::optional<Fidelity> result();

 private:
  /// Gaps and counts of one series of ascending times.
  class Series {
   public:
    void add(int64_t at_ns);
    double dispersion() const;

    const Histogram& gaps() const { return gaps_; }

    double span_s() const { return static_cast<double>(last_ - first_) / 1e9; }

    uint64_t count() const { return count_; }

   private:
    Histogram gaps_;
    uint64_t count_ = 0;
    int64_t first_ = 0;
    int64_t last_ = 0;
    // Requests per window: the present one, and sums over those that are over.
    int64_t window_ = 0;
    uint64_t in_window_ = 0;
    double squares_ = 0;
  };

  Series planned_;
  Series played_;
  // Sent in nearly the same order: so many are looked at to find the earliest.
  std::priority_queue<int64_t, std::vector<int64_t>, std::greater<>> waiting_;
};

}  // namespace macaw::stats
