// SPDX-License-Identifier: MIT
//
// A mergeable histogram of durations with a relative error of at most 0.4 % at any quantile, from 1 ns to 2^47 ns (39 h; larger values
// count into the last bucket). Log-linear: 128 buckets for each power of two, exact below 256 ns. Only the occupied range is
// in memory, so that many small histograms are cheap.
// Thread: one object belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"

namespace macaw::stats {

class Histogram {
 public:
  void add(uint64_t value_ns, uint64_t count = 1);
  void merge(const Histogram& other);
  void clear();

  uint64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  uint64_t min_ns() const;  ///< exact; 0 when empty
  uint64_t max_ns() const;  ///< exact; 0 when empty
  double mean_ns() const;   ///< exact sum / count; 0 when empty

  /// The value of rank `rank` (1 = smallest), to within 0.4 % and never outside min..max. REQUIRES: 1 <= rank <= count()
  uint64_t value_at_rank(uint64_t rank) const;

  /// Calls visit(lowest_ns, highest_ns, count) for each occupied bucket, ascending.
  template <typename Visit>
  void for_each_bucket(Visit&& visit) const {
    for (size_t k = 0; k < counts_.size(); ++k) {
      if (counts_[k] != 0) {
        visit(bucket_lowest(first_ + k), bucket_highest(first_ + k), counts_[k]);
      }
    }
  }

  /// Compact bytes (format: src/store/SCHEMA.md), and back. Damaged bytes are an Error.
  std::string serialize() const;
  static Result<Histogram> deserialize(std::string_view bytes);

  bool operator==(const Histogram& other) const;

  static size_t bucket_of(uint64_t value_ns);
  static uint64_t bucket_lowest(size_t bucket);
  static uint64_t bucket_highest(size_t bucket);

 private:
  void reserve_bucket(size_t bucket);

  size_t first_ = 0;  // bucket number of counts_[0]
  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  uint64_t sum_ns_low_ = 0;   // 128-bit sum in two halves
  uint64_t sum_ns_high_ = 0;
  uint64_t min_ns_ = 0;
  uint64_t max_ns_ = 0;
};

}  // namespace macaw::stats
