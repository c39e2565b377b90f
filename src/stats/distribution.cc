// SPDX-License-Identifier: MIT
//
// Quantiles of distributions that count failures as slower than any success.

#include "macaw/stats/distribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "macaw/base/check.h"

namespace macaw::stats {

namespace {

Quantile quantile_of(const Histogram& successes, uint64_t n, double q) {
  Quantile result;
  result.q = q;
  if (n == 0) {
    result.supported = false;
    return result;
  }
  result.supported = q <= 0 || q >= 1 || n >= samples_needed(q);
  const uint64_t rank = nearest_rank(q, n);
  if (rank > successes.count()) {
    result.failed = true;
  } else {
    result.value_ns = successes.value_at_rank(rank);
  }
  return result;
}

}  // namespace

double Quantile::millis() const {
  return failed ? std::numeric_limits<double>::infinity() : static_cast<double>(value_ns) / 1e6;
}

void Distribution::merge(const Distribution& other) {
  successes.merge(other.successes);
  failures += other.failures;
}

Quantile Distribution::quantile(double q) const {
  return quantile_of(successes, count(), q);
}

Quantile Distribution::success_quantile(double q) const {
  return quantile_of(successes, successes.count(), q);
}

uint64_t samples_needed(double q) {
  MACAW_CHECK(q > 0 && q < 1, "q={}", q);
  return static_cast<uint64_t>(std::ceil(std::log(0.025) / std::log(std::max(q, 1 - q))));
}

uint64_t nearest_rank(double q, uint64_t n) {
  MACAW_CHECK(q >= 0 && q <= 1 && n > 0, "q={} n={}", q, n);
  // 0.55 is a little more than 55/100 in binary; without the margin its rank among 100 would be 56.
  const double rank = std::ceil(q * static_cast<double>(n) * (1 - 1e-12));
  return std::clamp(static_cast<uint64_t>(rank), uint64_t{1}, n);
}

std::string quantile_name(double q) {
  // Six digits: 0.999 * 100 is not 99.9 in binary.
  return fmt::format("p{:.6g}", q * 100);
}

}  // namespace macaw::stats
