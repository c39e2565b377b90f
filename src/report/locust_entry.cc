// SPDX-License-Identifier: MIT
#include "locust_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "macaw/stats/distribution.h"
#include "peer_text.h"

namespace macaw::report {

namespace {

constexpr uint64_t kNsPerMs = 1'000'000;

uint64_t half_to_even(uint64_t value, uint64_t step) {
  const uint64_t below = value / step;
  const uint64_t rest = value % step;
  const bool up = rest * 2 > step || (rest * 2 == step && below % 2 == 1);
  return (below + (up ? 1 : 0)) * step;
}

std::string float_ms(uint64_t ns) {
  return python_float(static_cast<double>(ns) / 1e6);
}

/// To the microsecond: a histogram knows no more of it.
std::string percentile_ms(uint64_t ns) {
  return python_float(static_cast<double>(half_to_even(ns, 1'000)) / 1e6);
}

}  // namespace

uint64_t locust_rounded_ms(uint64_t ns) {
  const uint64_t step_ms = ns < 100 * kNsPerMs      ? 1
                           : ns < 1'000 * kNsPerMs  ? 10
                           : ns < 10'000 * kNsPerMs ? 100
                                                    : 1'000;
  return half_to_even(ns, step_ms * kNsPerMs) / kNsPerMs;
}

void LocustEntry::add(uint64_t ns, bool failed, uint64_t bytes) {
  times_.add(ns);
  failures_ += failed ? 1 : 0;
  bytes_ += bytes;
  if (rounding_) {
    ++rounded_[locust_rounded_ms(ns)];
  }
}

/// From the slowest down to the first that has at most n * q requests below it.
uint64_t LocustEntry::rounded_percentile(double q) const {
  const uint64_t all = requests();
  const auto below_max = static_cast<uint64_t>(static_cast<double>(all) * q);
  uint64_t seen = 0;
  for (auto at = rounded_.rbegin(); at != rounded_.rend(); ++at) {
    seen += at->second;
    if (all - seen <= below_max) {
      return at->first;
    }
  }
  return 0;
}

std::string LocustEntry::percentile(double q) const {
  if (requests() == 0) {
    return "N/A";
  }
  if (rounding_) {
    return fmt::format("{}", rounded_percentile(q));
  }
  return percentile_ms(times_.value_at_rank(stats::nearest_rank(q, requests())));
}

/// Locust's median is a key of its table, an int below 100 ms and a float from there (round() with
/// digits gives one), and kept within the exact minimum and maximum.
std::string LocustEntry::rounded_median() const {
  double place = static_cast<double>(requests() - 1) / 2;
  uint64_t median_ms = 0;
  for (const auto& [key, count] : rounded_) {
    median_ms = key;
    if (place < static_cast<double>(count)) {
      break;
    }
    place -= static_cast<double>(count);
  }
  if (median_ms * kNsPerMs > times_.max_ns()) {
    return maximum();
  }
  if (median_ms * kNsPerMs < times_.min_ns()) {
    return minimum();
  }
  return median_ms <= 100 ? fmt::format("{}", median_ms)
                          : python_float(static_cast<double>(median_ms));
}

std::string LocustEntry::median() const {
  if (requests() == 0) {
    return "0";
  }
  return rounding_ ? rounded_median() : percentile(0.5);
}

std::string LocustEntry::average() const {
  return python_float(times_.mean_ns() / 1e6);
}

std::string LocustEntry::minimum() const {
  return requests() == 0 ? "0" : float_ms(times_.min_ns());
}

std::string LocustEntry::maximum() const {
  return requests() == 0 ? "0" : float_ms(times_.max_ns());
}

std::string LocustEntry::average_bytes() const {
  if (requests() == 0) {
    return "0";
  }
  return python_float(static_cast<double>(bytes_) / static_cast<double>(requests()));
}

std::string LocustEntry::percentile_fields() const {
  std::string text;
  for (const double q : kLocustPercentiles) {
    text += ',' + percentile(q);
  }
  return text;
}

}  // namespace macaw::report
