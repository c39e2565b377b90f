// SPDX-License-Identifier: MIT
//
// Exact quantiles of resampled blocks without sorting again: the values are sorted once, and how
// many of each block lie below is kept for every so many of them. A resample only weighs the
// blocks, so its quantile is found by bisection, some hundred additions instead of a million.
#include <algorithm>
#include <cmath>
#include <limits>

#include "macaw/base/check.h"
#include "macaw/stats/comparison.h"

namespace macaw::stats {

namespace {

constexpr uint64_t kFailed = std::numeric_limits<uint64_t>::max();
constexpr size_t kChunk = 128;
/// A bucket is 0.8 % wide; its values are taken as evenly spread over it, in so many steps.
constexpr uint64_t kBucketSteps = 16;

uint64_t weighted(std::span<const uint32_t> weights, const uint32_t* counts) {
  uint64_t sum = 0;
  for (size_t k = 0; k < weights.size(); ++k) {
    sum += uint64_t{weights[k]} * counts[k];
  }
  return sum;
}

}  // namespace

std::string Statistic::name() const {
  return is_mean() ? "mean" : quantile_name(q);
}

BlockedSample::BlockedSample(size_t blocks, uint64_t failure_ns)
    : failure_ns_(failure_ns), totals_(blocks) {
  MACAW_CHECK(blocks > 0);
}

void BlockedSample::put(size_t block, uint64_t value_ns, uint64_t count) {
  MACAW_CHECK(!finished_ && block < totals_.size(), "block={}", block);
  MACAW_CHECK(count_ + count < std::numeric_limits<uint32_t>::max(), "count={}", count_ + count);
  points_.push_back({value_ns, static_cast<uint32_t>(count), static_cast<uint32_t>(block)});
  count_ += count;
  totals_[block].count += count;
}

void BlockedSample::add(size_t block, uint64_t value_ns, bool success) {
  put(block, success ? std::min(value_ns, kFailed - 1) : kFailed, 1);
  totals_[block].sum_ns += static_cast<double>(success ? value_ns : failure_ns_);
  failures_ += static_cast<uint64_t>(!success);
}

void BlockedSample::add(size_t block, const Distribution& values) {
  const Histogram& successes = values.successes;
  successes.for_each_bucket([&](uint64_t lowest_ns, uint64_t highest_ns, uint64_t count) {
    const uint64_t low = std::max(lowest_ns, successes.min_ns());
    const uint64_t high = std::min(highest_ns, successes.max_ns());
    const uint64_t steps = std::min({count, kBucketSteps, high - low + 1});
    for (uint64_t step = 0; step < steps; ++step) {
      const uint64_t part = count * (step + 1) / steps - count * step / steps;
      put(block, low + (high - low) * (2 * step + 1) / (2 * steps), part);
    }
  });
  if (values.failures > 0) {
    put(block, kFailed, values.failures);
  }
  totals_[block].sum_ns += successes.mean_ns() * static_cast<double>(successes.count()) +
                           static_cast<double>(failure_ns_) * static_cast<double>(values.failures);
  failures_ += values.failures;
}

void BlockedSample::finish() {
  MACAW_CHECK(!finished_);
  finished_ = true;
  std::sort(points_.begin(), points_.end(), [](const Point& x, const Point& y) {
    return x.value_ns != y.value_ns ? x.value_ns < y.value_ns : x.block < y.block;
  });
  const size_t blocks = totals_.size();
  const size_t chunks = (points_.size() + kChunk - 1) / kChunk;
  below_.assign((chunks + 1) * blocks, 0);
  for (size_t chunk = 0; chunk < chunks; ++chunk) {
    uint32_t* const next = &below_[(chunk + 1) * blocks];
    std::copy_n(&below_[chunk * blocks], blocks, next);
    const size_t end = std::min(points_.size(), (chunk + 1) * kChunk);
    for (size_t k = chunk * kChunk; k < end; ++k) {
      next[points_[k].block] += points_[k].count;
    }
  }
}

uint64_t BlockedSample::value_at_rank(uint64_t rank, std::span<const uint32_t> weights) const {
  const size_t blocks = totals_.size();
  size_t chunk = 0;  // the last one with less than `rank` before it
  size_t end = below_.size() / blocks - 1;
  while (end - chunk > 1) {
    const size_t middle = chunk + (end - chunk) / 2;
    (weighted(weights, &below_[middle * blocks]) < rank ? chunk : end) = middle;
  }
  uint64_t below = weighted(weights, &below_[chunk * blocks]);
  size_t k = chunk * kChunk;
  while (true) {
    below += uint64_t{weights[points_[k].block]} * points_[k].count;
    if (below >= rank) {
      return points_[k].value_ns;
    }
    ++k;
  }
}

double BlockedSample::estimate(Statistic statistic, std::span<const uint32_t> weights) const {
  MACAW_CHECK(finished_ && weights.size() == totals_.size());
  uint64_t count = 0;
  double sum_ns = 0;
  for (size_t k = 0; k < totals_.size(); ++k) {
    count += weights[k] * totals_[k].count;
    sum_ns += weights[k] * totals_[k].sum_ns;
  }
  if (count == 0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (statistic.is_mean()) {
    return sum_ns / static_cast<double>(count);
  }
  const uint64_t value = value_at_rank(nearest_rank(statistic.q, count), weights);
  return value == kFailed ? std::numeric_limits<double>::infinity() : static_cast<double>(value);
}

double BlockedSample::estimate(Statistic statistic) const {
  const std::vector<uint32_t> ones(totals_.size(), 1);
  return estimate(statistic, ones);
}

BlockedSample::Exceedances BlockedSample::exceedances(Statistic statistic) const {
  MACAW_CHECK(finished_);
  Exceedances found;
  std::vector<bool> seen(totals_.size());
  uint64_t from = statistic.is_mean() || count_ == 0 ? 0 : nearest_rank(statistic.q, count_);
  from = std::min(from, count_ - std::min(count_, failures_));
  uint64_t rank = count_;
  for (size_t k = points_.size(); k > 0 && rank > from; --k) {
    const Point& point = points_[k - 1];
    found.count += std::min<uint64_t>(point.count, rank - from);
    rank -= std::min<uint64_t>(point.count, rank);
    if (!seen[point.block]) {
      seen[point.block] = true;
      ++found.blocks;
    }
  }
  return found;
}

std::vector<double> BlockedSample::shares_above(double value_ns) const {
  MACAW_CHECK(finished_);
  std::vector<double> shares(totals_.size());
  for (size_t k = points_.size(); k > 0; --k) {
    const Point& point = points_[k - 1];
    if (static_cast<double>(point.value_ns) <= value_ns) {
      break;
    }
    shares[point.block] += point.count;
  }
  for (size_t k = 0; k < shares.size(); ++k) {
    shares[k] /= static_cast<double>(std::max<uint64_t>(totals_[k].count, 1));
  }
  return shares;
}

}  // namespace macaw::stats
