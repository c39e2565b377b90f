// SPDX-License-Identifier: MIT
//
// Locust's arithmetic; the expectations are what locust/stats.py gives for the same times.
#include "locust_entry.h"

#include <boost/test/unit_test.hpp>

namespace macaw::report {

BOOST_AUTO_TEST_SUITE(locust_entry_test)

namespace {

constexpr uint64_t kMs = 1'000'000;

}  // namespace

BOOST_AUTO_TEST_CASE(times_are_rounded_to_two_digits) {
  BOOST_TEST(locust_rounded_ms(499'999) == 0U);
  BOOST_TEST(locust_rounded_ms(500'000) == 0U);  // halves to even
  BOOST_TEST(locust_rounded_ms(1'500'000) == 2U);
  BOOST_TEST(locust_rounded_ms(2'500'000) == 2U);
  BOOST_TEST(locust_rounded_ms(99'400'000) == 99U);
  BOOST_TEST(locust_rounded_ms(99'600'000) == 100U);
  BOOST_TEST(locust_rounded_ms(125 * kMs) == 120U);
  BOOST_TEST(locust_rounded_ms(147 * kMs) == 150U);
  BOOST_TEST(locust_rounded_ms(269 * kMs) == 270U);
  BOOST_TEST(locust_rounded_ms(996 * kMs) == 1'000U);
  BOOST_TEST(locust_rounded_ms(3'432 * kMs) == 3'400U);
  BOOST_TEST(locust_rounded_ms(58'760 * kMs) == 59'000U);
}

BOOST_AUTO_TEST_CASE(percentiles_of_rounded_times) {
  LocustEntry entry(/*rounding=*/true);
  for (uint64_t ms = 1; ms <= 100; ++ms) {
    entry.add(ms * kMs, ms > 98, 10);
  }
  // At most n * q requests lie below: one later than the nearest rank.
  BOOST_TEST(entry.percentile(0.5) == "51");
  BOOST_TEST(entry.percentile(0.99) == "100");
  BOOST_TEST(entry.percentile(1.0) == "100");
  BOOST_TEST(entry.median() == "50");
  BOOST_TEST(entry.average() == "50.5");
  BOOST_TEST(entry.minimum() == "1.0");
  BOOST_TEST(entry.maximum() == "100.0");
  BOOST_TEST(entry.average_bytes() == "10.0");
  BOOST_TEST(entry.failures() == 2U);
}

BOOST_AUTO_TEST_CASE(a_rounded_median_stays_within_what_was_seen) {
  LocustEntry above(/*rounding=*/true);
  above.add(23'600'000, false, 0);
  BOOST_TEST(above.median() == "23.6");
  BOOST_TEST(above.percentile(0.5) == "24");
  LocustEntry below(/*rounding=*/true);
  below.add(23'400'000, false, 0);
  BOOST_TEST(below.median() == "23.4");
  LocustEntry wide(/*rounding=*/true);
  wide.add(110 * kMs, false, 0);
  wide.add(121 * kMs, false, 0);
  wide.add(130 * kMs, false, 0);
  BOOST_TEST(wide.median() == "120.0");
  BOOST_TEST(wide.percentile(0.5) == "120");
}

BOOST_AUTO_TEST_CASE(without_rounding_they_are_nearest_ranks) {
  LocustEntry entry;
  for (uint64_t k = 1; k <= 100; ++k) {
    entry.add(k * 1'000, false, 0);
  }
  BOOST_TEST(entry.percentile(1.0) == "0.1");
  BOOST_TEST(entry.percentile(0.01) == "0.001");
  BOOST_TEST(entry.median() == entry.percentile(0.5));
}

BOOST_AUTO_TEST_CASE(nothing) {
  const LocustEntry entry(/*rounding=*/true);
  BOOST_TEST(entry.percentile(0.5) == "N/A");
  BOOST_TEST(entry.median() == "0");
  BOOST_TEST(entry.average() == "0.0");
  BOOST_TEST(entry.maximum() == "0");
  BOOST_TEST(entry.average_bytes() == "0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
