// SPDX-License-Identifier: MIT
//
// Recordings whose replays went wrong in known ways.

#include "macaw/stats/fidelity.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "macaw/base/portable_math.h"
#include "macaw/base/random.h"

namespace macaw::stats {

namespace {

constexpr int64_t kMsNs = 1'000'000;

/// Arrivals of a Poisson process of 100/s.
std::vector<int64_t> poisson(size_t n) {
  Random random(3);
  std::vector<int64_t> times;
  double at = 0;
  for (size_t k = 0; k < n; ++k) {
    at += -portable_ln(1 - random.unit()) * 10 * static_cast<double>(kMsNs);
    times.push_back(static_cast<int64_t>(at));
  }
  return times;
}

template <typename Sent>
Fidelity measure(const std::vector<int64_t>& planned, Sent&& sent) {
  FidelityMeter meter;
  for (size_t k = 0; k < planned.size(); ++k) {
    meter.add(planned[k], sent(k));
  }
  const auto result = meter.result();
  BOOST_REQUIRE(result.has_value());
  return *result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fidelity_test)

BOOST_AUTO_TEST_CASE(kept_to_within_the_tolerance) {
  const auto planned = poisson(10'000);
  Random random(5);
  const Fidelity kept = measure(
      planned, [&](size_t k) { return planned[k] + static_cast<int64_t>(random.below(50'000)); });
  BOOST_TEST(kept.requests == 10'000U);
  BOOST_TEST(std::abs(kept.drift()) < 1e-6);
  BOOST_TEST(kept.gap_distance < 0.005);  // a bucket of the histogram is 0.4 % wide
  BOOST_TEST(std::abs(kept.planned_dispersion - 1) < 0.1);
  BOOST_TEST(std::abs(kept.played_dispersion - kept.planned_dispersion) < 0.02);
}

BOOST_AUTO_TEST_CASE(a_slow_clock_drifts) {
  const auto planned = poisson(10'000);
  const Fidelity slow = measure(planned, [&](size_t k) { return planned[k] + planned[k] / 100; });
  BOOST_TEST(std::abs(slow.drift() - 0.01) < 1e-6);
}

BOOST_AUTO_TEST_CASE(gaps_of_another_law_are_far_away) {
  // An even comb instead of a Poisson process: P(gap < 10 ms) is 1 - 1/e of one and 0 of the other.
  const auto planned = poisson(10'000);
  const int64_t step = planned.back() / 9'999;
  const Fidelity even = measure(planned, [&](size_t k) { return static_cast<int64_t>(k) * step; });
  BOOST_TEST(std::abs(even.gap_distance - (1 - std::exp(-1.0))) < 0.02);
  BOOST_TEST(even.played_dispersion < 0.05);
}

BOOST_AUTO_TEST_CASE(bursts_that_were_levelled_lose_their_dispersion) {
  // Ten at once every 100 ms, played one each 10 ms.
  std::vector<int64_t> planned;
  for (int64_t k = 0; k < 5'000; ++k) {
    planned.push_back(k / 10 * 100 * kMsNs);
  }
  const Fidelity levelled =
      measure(planned, [](size_t k) { return static_cast<int64_t>(k) * 10 * kMsNs; });
  BOOST_TEST(std::abs(levelled.planned_dispersion - 9) < 0.1);
  BOOST_TEST(levelled.played_dispersion < 0.01);
  BOOST_TEST(std::abs(levelled.gap_distance - 0.9) < 0.01);
}

BOOST_AUTO_TEST_CASE(overtaking_is_put_in_order) {
  // Every second request goes out after its successor.
  std::vector<int64_t> planned;
  for (int64_t k = 0; k < 100'000; ++k) {
    planned.push_back(k * kMsNs);
  }
  const Fidelity swapped = measure(
      planned, [&](size_t k) { return static_cast<int64_t>(k % 2 == 0 ? k + 1 : k - 1) * kMsNs; });
  BOOST_TEST(swapped.gap_distance == 0);
  BOOST_TEST(swapped.played_s == swapped.planned_s);
}

BOOST_AUTO_TEST_CASE(one_request_has_no_gaps) {
  FidelityMeter meter;
  meter.add(5, 7);
  BOOST_TEST(!meter.result().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stats
