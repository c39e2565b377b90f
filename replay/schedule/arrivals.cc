// SPDX-License-Identifier: MIT
//
// See arrivals.h.

#include "macaw/replay/schedule/arrivals.h"

#include <utility>

#include "macaw/base/portable_math.h"
#include "macaw/base/random.h"

namespace macaw::replay {
namespace {

constexpr uint64_t kArrivalStream = 0x6172726976616c73;  // "arrivals"

RequestCount sum(RequestCount a, RequestCount b) {
  const uint64_t fraction = a.fraction + b.fraction;
  return {a.whole + b.whole + (fraction < b.fraction ? 1 : 0), fraction};
}

/// Constant arrivals before `span`: L says how many up to one or two, the inverse says exactly.
uint64_t count_constant(const RateProfile& profile, Nanos span) {
  uint64_t count = profile.cumulative(span).whole;
  while (count > 0 && profile.inverse({count - 1, 0}) >= span) {
    --count;
  }
  while (profile.inverse({count, 0}) < span) {
    ++count;
  }
  return count;
}

uint64_t count_poisson(const RateProfile& profile, uint64_t seed, Nanos span) {
  // Far below L(span) a sum is certainly inside, and the inverse need not be asked.
  const uint64_t certain = profile.cumulative(span).whole;
  uint64_t count = 0;
  RequestCount at = exponential_at(seed, 0);
  while (at.whole + 1 < certain || profile.inverse(at) < span) {
    ++count;
    at = sum(at, exponential_at(seed, count));
  }
  return count;
}

}  // namespace

Arrivals::Arrivals(RateProfile profile, ArrivalProcess process, uint64_t seed)
    : profile_(std::move(profile)), process_(process), seed_(seed) {}

Nanos Arrivals::next() {
  const uint64_t i = index_++;
  if (process_ == ArrivalProcess::kConstant) {
    return profile_.inverse({i, 0});
  }
  sum_ = sum(sum_, exponential_at(seed_, i));
  return profile_.inverse(sum_);
}

RequestCount exponential_at(uint64_t seed, uint64_t k) {
  // U in (0, 1], in steps of 2^-53, so that -ln U is finite and not negative.
  const uint64_t bits = Random(seed, kArrivalStream).at(k) >> 11;
  const double u = static_cast<double>(bits + 1) * 0x1.0p-53;
  const double e = u < 1.0 ? -portable_ln(u) : 0.0;
  // Both conversions are exact, but for bits of the fraction below 2^-64.
  const auto whole = static_cast<uint64_t>(e);
  return {whole, static_cast<uint64_t>((e - static_cast<double>(whole)) * 0x1.0p+64)};
}

uint64_t count_arrivals(const RateProfile& profile, ArrivalProcess process, uint64_t seed,
                        Nanos span) {
  if (span <= Nanos::zero()) {
    return 0;
  }
  return process == ArrivalProcess::kConstant ? count_constant(profile, span)
                                              : count_poisson(profile, seed, span);
}

}  // namespace macaw::replay
