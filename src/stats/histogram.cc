// SPDX-License-Identifier: MIT
//
// Histogram's arithmetic: windows of buckets, ranks, merging. Its bytes are in histogram_bytes.cc.
// Integer sums throughout, so that the order of adding and merging cannot be seen.

#include "macaw/stats/histogram.h"

#include "macaw/base/check.h"

namespace macaw::stats {

namespace {

// The product of two 64-bit integers in two halves, by schoolbook multiplication of 32-bit digits.
struct Product {
  uint64_t low;
  uint64_t high;
};

Product multiply(uint64_t a, uint64_t b) {
  constexpr uint64_t kMask = 0xffffffff;
  const uint64_t low = (a & kMask) * (b & kMask);
  const uint64_t cross_a = (a >> 32) * (b & kMask) + (low >> 32);
  const uint64_t cross_b = (a & kMask) * (b >> 32) + (cross_a & kMask);
  return {(cross_b << 32) | (low & kMask),
          (a >> 32) * (b >> 32) + (cross_a >> 32) + (cross_b >> 32)};
}

}  // namespace

void Histogram::add(uint64_t value_ns, uint64_t count) {
  if (count == 0) {
    return;
  }
  const size_t bucket = bucket_of(value_ns);
  reserve_buckets(bucket, bucket);
  counts_[bucket - first_] += count;
  count_ += count;
  const Product sum = multiply(value_ns, count);
  add_sum(sum.low, sum.high);
  min_ns_ = std::min(min_ns_, value_ns);
  max_ns_ = std::max(max_ns_, value_ns);
}

void Histogram::merge(const Histogram& other) {
  if (other.empty()) {
    return;
  }
  if (&other == this) {
    merge(Histogram(other));
    return;
  }
  reserve_buckets(other.first_, other.first_ + other.counts_.size() - 1);
  const size_t offset = other.first_ - first_;
  for (size_t k = 0; k < other.counts_.size(); ++k) {
    counts_[offset + k] += other.counts_[k];
  }
  count_ += other.count_;
  add_sum(other.sum_ns_low_, other.sum_ns_high_);
  min_ns_ = std::min(min_ns_, other.min_ns_);
  max_ns_ = std::max(max_ns_, other.max_ns_);
}

void Histogram::clear() {
  *this = Histogram();
}

double Histogram::mean_ns() const {
  if (empty()) {
    return 0;
  }
  const double sum =
      static_cast<double>(sum_ns_high_) * 0x1.0p64 + static_cast<double>(sum_ns_low_);
  return sum / static_cast<double>(count_);
}

uint64_t Histogram::value_at_rank(uint64_t rank) const {
  MACAW_CHECK(rank >= 1 && rank <= count_, "rank={} count={}", rank, count_);
  if (rank == 1) {
    return min_ns_;
  }
  if (rank == count_) {
    return max_ns_;
  }
  uint64_t below = 0;
  size_t k = 0;
  while (below + counts_[k] < rank) {
    below += counts_[k];
    ++k;
  }
  const uint64_t lowest = bucket_lowest(first_ + k);
  const uint64_t middle = lowest + (bucket_highest(first_ + k) - lowest) / 2;
  return std::clamp(middle, min_ns_, max_ns_);
}

uint64_t Histogram::count_above(uint64_t value_ns) const {
  const size_t bucket = bucket_of(value_ns);
  uint64_t above = 0;
  for (size_t k = bucket < first_ ? 0 : bucket - first_ + 1; k < counts_.size(); ++k) {
    above += counts_[k];
  }
  return above;
}

bool Histogram::operator==(const Histogram& other) const {
  if (count_ != other.count_ || sum_ns_low_ != other.sum_ns_low_ ||
      sum_ns_high_ != other.sum_ns_high_ || min_ns_ != other.min_ns_ || max_ns_ != other.max_ns_) {
    return false;
  }
  if (empty()) {
    return true;
  }
  // Windows may differ by empty buckets at their ends.
  const size_t from = std::min(first_, other.first_);
  const size_t to = std::max(first_ + counts_.size(), other.first_ + other.counts_.size());
  const auto count_at = [](const Histogram& h, size_t bucket) {
    return bucket - h.first_ < h.counts_.size() ? h.counts_[bucket - h.first_] : 0;
  };
  for (size_t bucket = from; bucket < to; ++bucket) {
    if (count_at(*this, bucket) != count_at(other, bucket)) {
      return false;
    }
  }
  return true;
}

uint64_t Histogram::bucket_lowest(size_t bucket) {
  if (bucket < 256) {
    return bucket;
  }
  const size_t shift = (bucket >> 7) - 1;
  return static_cast<uint64_t>(bucket - (shift << 7)) << shift;
}

uint64_t Histogram::bucket_highest(size_t bucket) {
  return bucket < 256 ? bucket : bucket_lowest(bucket + 1) - 1;
}

void Histogram::reserve_buckets(size_t lowest, size_t highest) {
  if (counts_.empty()) {
    first_ = lowest;
    counts_.resize(highest - lowest + 1);
    return;
  }
  // Neighbours come soon: a quarter of the window in advance keeps the moves rare.
  const size_t slack = counts_.size() / 4;
  if (lowest < first_) {
    const size_t begin = lowest - std::min(lowest, slack);
    counts_.insert(counts_.begin(), first_ - begin, 0);
    first_ = begin;
  }
  if (highest >= first_ + counts_.size()) {
    const size_t end = std::min(highest + 1 + slack, kBuckets);
    counts_.resize(end - first_);
  }
}

void Histogram::add_sum(uint64_t low, uint64_t high) {
  sum_ns_low_ += low;
  sum_ns_high_ += high + static_cast<uint64_t>(sum_ns_low_ < low);
}

}  // namespace macaw::stats
