// SPDX-License-Identifier: MIT
//
// A mergeable histogram of durations with a relative error of at most 0.4 % at any quantile, from
// 1 ns to 2^47 ns (39 h; larger values count into the last bucket). Log-linear: 128 buckets for
// each power of two, exact below 256 ns. Only the occupied range is in memory, so that many small
// histograms are cheap.
// Thread: one object belongs to one thread.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"

namespace macaw::stats {

class Histogram {
 public:
  void add(uint64_t value_ns) {
    const size_t bucket = bucket_of(value_ns);
    // One comparison for both ends: a bucket below first_ wraps to a huge offset.
    if (bucket - first_ >= counts_.size()) [[unlikely]] {
      reserve_buckets(bucket, bucket);
    }
    ++counts_[bucket - first_];
    ++count_;
    sum_ns_low_ += value_ns;
    sum_ns_high_ += static_cast<uint64_t>(sum_ns_low_ < value_ns);
    min_ns_ = std::min(min_ns_, value_ns);
    max_ns_ = std::max(max_ns_, value_ns);
  }

  /// As `count` calls of add(value_ns).
  void add(uint64_t value_ns, uint64_t count);
  void merge(const Histogram& other);
  void clear();

  uint64_t count() const { return count_; }

  bool empty() const { return count_ == 0; }

  uint64_t min_ns() const { return empty() ? 0 : min_ns_; }  ///< exact; 0 when empty

  uint64_t max_ns() const { return max_ns_; }  ///< exact; 0 when empty

  double mean_ns() const;  ///< exact sum / count; 0 when empty

  /// The value of rank `rank` (1 = smallest), to within 0.4 % and never outside min..max; the first
  /// and the last rank are exact. REQUIRES: 1 <= rank <= count()
  uint64_t value_at_rank(uint64_t rank) const;
  /// How many values lie in buckets above the one of `value_ns`.
  uint64_t count_above(uint64_t value_ns) const;

  /// Calls visit(lowest_ns, highest_ns, count) for each occupied bucket, ascending.
  template <typename Visit>
  void for_each_bucket(Visit&& visit) const {
    for (size_t k = 0; k < counts_.size(); ++k) {
      if (counts_[k] != 0) {
        visit(bucket_lowest(first_ + k), bucket_highest(first_ + k), counts_[k]);
      }
    }
  }

  /// Compact bytes (format: src/store/SCHEMA.md), equal for equal histograms, and back. Damaged
  /// bytes are an Error.
  std::string serialize() const;
  static Result<Histogram> deserialize(std::string_view bytes);

  /// Equal counts, sum, minimum and maximum, however they came about.
  bool operator==(const Histogram& other) const;

  static constexpr size_t kBuckets = 40 * 128 + 128;

  static size_t bucket_of(uint64_t value_ns) {
    // The 8 leading bits say the place within the power of two, the shift says which power.
    const uint64_t value = std::min(value_ns, (uint64_t{1} << 47) - 1);
    const auto width = static_cast<unsigned>(std::bit_width(value | 128));
    const unsigned shift = width - 8;
    return (size_t{shift} << 7) + static_cast<size_t>(value >> shift);
  }

  static uint64_t bucket_lowest(size_t bucket);
  static uint64_t bucket_highest(size_t bucket);

 private:
  void reserve_buckets(size_t lowest, size_t highest);
  void add_sum(uint64_t low, uint64_t high);

  size_t first_ = 0;  // bucket number of counts_[0]
  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  uint64_t sum_ns_low_ = 0;  // 128-bit sum in two halves
  uint64_t sum_ns_high_ = 0;
  uint64_t min_ns_ = std::numeric_limits<uint64_t>::max();
  uint64_t max_ns_ = 0;
};

}  // namespace macaw::stats
