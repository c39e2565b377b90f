// SPDX-License-Identifier: MIT
//
// Did it get slower? Differences of two marginal quantiles (or means) with intervals that
// autocorrelation cannot narrow: whole blocks of time are resampled, not requests, and what is left
// of correlation between neighbouring blocks widens the interval. Where several runs stand on a
// side, the run is the unit instead. How and why, with sources: src/report/COMPARE.md. Pure: values
// in, numbers out; the same input and seed give the same numbers. Thread: one object belongs to one
// thread; const functions may be called from several.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "macaw/stats/distribution.h"

namespace macaw::stats {

struct Statistic {
  double q = 0.99;  ///< 0: the mean

  bool is_mean() const { return q == 0; }

  std::string name() const;  ///< "p99", "p99.9", "mean"
  bool operator==(const Statistic&) const = default;
};

/// What is compared: p50, p90, p95, p99, p99.9 and the mean.
inline constexpr std::array<Statistic, 6> kComparedStatistics = {
    {{0.5}, {0.9}, {0.95}, {0.99}, {0.999}, {0}}};

/// So many blocks of equal time. More would hardly narrow the intervals and leave more correlation
/// between neighbours (Schmeiser 1982).
inline constexpr size_t kTimeBlocks = 30;
/// A quantile is compared when on each side so many values lie beyond it, in so many blocks.
inline constexpr uint64_t kExceedancesMin = 100;
inline constexpr size_t kExceedanceBlocksMin = 20;
/// So many independent blocks must be left when correlation between neighbours is discounted.
inline constexpr double kEffectiveBlocksMin = 10;
/// Several runs a side: so many on each.
inline constexpr size_t kRunsMin = 3;
/// Two-sided.
inline constexpr double kSignificance = 0.05;

/// The durations of one run (or of one endpoint of it), each in its block. Failures count as slower
/// than any success; in the mean as `failure_ns`.
class BlockedSample {
 public:
  BlockedSample(size_t blocks, uint64_t failure_ns);

  /// REQUIRES: block < block_count(), and finish() has not been called.
  void add(size_t block, uint64_t value_ns, bool success);
  /// The values of a histogram, spread evenly within its buckets.
  void add(size_t block, const Distribution& values);
  /// Sorts. Everything below needs it, everything above ends with it.
  void finish();

  size_t block_count() const { return totals_.size(); }

  uint64_t count() const { return count_; }

  uint64_t failures() const { return failures_; }

  /// Nanoseconds; infinite where the rank falls among failures, not a number when empty.
  double estimate(Statistic statistic) const;
  /// The same with block k counted weights[k] times. REQUIRES: weights.size() == block_count()
  double estimate(Statistic statistic, std::span<const uint32_t> weights) const;

  /// Values at ranks above the quantile's own (all of them for the mean), and the number of blocks
  /// in which they lie. Of a failed quantile: the failures.
  struct Exceedances {
    uint64_t count = 0;
    size_t blocks = 0;
  };

  Exceedances exceedances(Statistic statistic) const;
  /// Share of the values of each block that are greater; 0 for an empty block.
  std::vector<double> shares_above(double value_ns) const;

 private:
  struct Point {
    uint64_t value_ns = 0;  // kFailed: a failure
    uint32_t count = 0;
    uint32_t block = 0;
  };

  struct BlockTotals {
    uint64_t count = 0;
    double sum_ns = 0;  // failures as failure_ns_
  };

  uint64_t value_at_rank(uint64_t rank, std::span<const uint32_t> weights) const;
  void put(size_t block, uint64_t value_ns, uint64_t count);

  uint64_t failure_ns_;
  std::vector<Point> points_;  // ascending once finished
  std::vector<BlockTotals> totals_;
  // Values of each block in the first c chunks of points, chunk by chunk, block by block: a rank is
  // found by bisection whatever the weights are.
  std::vector<uint32_t> below_;
  uint64_t count_ = 0;
  uint64_t failures_ = 0;
  bool finished_ = false;
};

struct Interval {
  double estimate = 0;
  double low = 0;
  double high = 0;
};

enum class ChangeKind : uint8_t {
  kUnchanged,  ///< no change found
  kSlower,
  kFaster,
  kNotEnough,  ///< `shortage` says what is missing
  kBothFail,   ///< failed on both sides: there is nothing to subtract
};

struct Shortage {
  enum class Kind : uint8_t {
    kNone,
    kValues,   ///< `have` values on the smaller side, `need` for enough exceedances
    kBlocks,   ///< the exceedances of a side lie in `have` blocks of `need`
    kDrift,    ///< so correlated that the blocks are worth `have` independent ones of `need`
    kRuns,     ///< `have` runs on the smaller side of `need`
    kSupport,  ///< `have` values in the smallest run of the `need` that support the quantile
  } kind = Kind::kNone;
  uint64_t have = 0;
  uint64_t need = 0;
};

/// B against A in one statistic; times in nanoseconds. Infinite: failed.
struct Change {
  Statistic statistic;
  ChangeKind kind = ChangeKind::kNotEnough;
  double a_ns = 0;
  double b_ns = 0;
  /// b - a, and b / a - 1; 95 % intervals. Bounds are not a number when there is no interval.
  Interval difference_ns;
  Interval ratio;
  double p = 1;            ///< two-sided, of no change
  double p_adjusted = 1;   ///< by adjust_holm(); equal to p for a primary statistic
  double correlation = 0;  ///< between neighbouring blocks, as it was discounted
  Shortage shortage;

  bool has_interval() const {
    return kind != ChangeKind::kNotEnough && kind != ChangeKind::kBothFail;
  }
};

/// Resamples the blocks of two runs, with the same draws when they are paired.
class BlockBootstrap {
 public:
  struct Settings {
    size_t blocks = kTimeBlocks;
    bool paired = true;
    uint64_t seed = 1;
    size_t resamples = 2000;
  };

  explicit BlockBootstrap(const Settings& settings);

  /// `kind` and `p_adjusted` as for a primary statistic. REQUIRES: both finished, of as many blocks
  /// as the settings say.
  Change compare(const BlockedSample& a, const BlockedSample& b, Statistic statistic) const;

 private:
  std::span<const uint32_t> weights_a(size_t resample) const;
  std::span<const uint32_t> weights_b(size_t resample) const;

  Settings settings_;
  std::vector<uint32_t> weights_a_;  // resample by resample, block by block
  std::vector<uint32_t> weights_b_;  // empty when paired
};

/// Several runs a side: each run's own estimate is one value. Student's t of the differences when
/// the runs are paired one by one, Welch's otherwise. `count_min`: requests of the smallest run.
Change compare_runs(Statistic statistic, std::span<const double> a_ns, std::span<const double> b_ns,
                    bool paired, uint64_t count_min);

/// Corrects p of the changes that have an interval (Holm 1979) and sets `kind` by it, so that the
/// chance of calling any unchanged one changed is at most 5 %.
void adjust_holm(std::span<Change* const> family);

/// What is left of Student's distribution above t. REQUIRES: degrees > 0
double student_upper_tail(double t, double degrees);
/// The t with `upper` above it. REQUIRES: 0 < upper < 0.5, degrees >= 1
double student_quantile(double upper, double degrees);

}  // namespace macaw::stats
