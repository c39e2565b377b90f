// SPDX-License-Identifier: MIT
//
// Percentiles that count everybody.

#include "macaw/stats/distribution.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "unit/stats/values.h"

namespace macaw::stats {

namespace {

namespace data = boost::unit_test::data;

}  // namespace

BOOST_AUTO_TEST_SUITE(distribution_test)

BOOST_AUTO_TEST_CASE(samples_needed_are_those_of_the_order_statistics) {
  BOOST_TEST(samples_needed(0.5) == 6U);
  BOOST_TEST(samples_needed(0.9) == 36U);
  BOOST_TEST(samples_needed(0.95) == 72U);
  BOOST_TEST(samples_needed(0.99) == 368U);
  BOOST_TEST(samples_needed(0.999) == 3'688U);
  BOOST_TEST(samples_needed(0.9999) == 36'887U);
  BOOST_TEST(samples_needed(0.01) == 368U);
}

BOOST_DATA_TEST_CASE(samples_needed_is_the_smallest, data::make(kShownQuantiles), q) {
  const auto n = static_cast<double>(samples_needed(q));
  BOOST_TEST(std::pow(q, n) <= 0.025);
  BOOST_TEST(std::pow(q, n - 1) > 0.025);
}

// By definition: the smallest rank r with r / n >= q, in exact arithmetic of hundredths.
BOOST_AUTO_TEST_CASE(rank_is_the_nearest_rank) {
  for (uint64_t hundredths = 1; hundredths <= 100; ++hundredths) {
    for (const uint64_t n : {1UL, 2UL, 3UL, 7UL, 20UL, 100UL, 367UL, 1'000UL, 999'983UL}) {
      uint64_t rank = hundredths * n / 100;
      rank += static_cast<uint64_t>(rank * 100 < hundredths * n);
      BOOST_REQUIRE(nearest_rank(static_cast<double>(hundredths) / 100, n) == rank);
    }
  }
  BOOST_TEST(nearest_rank(0.999, 1'000) == 999U);
  BOOST_TEST(nearest_rank(0.999, 1'001) == 1'000U);
  BOOST_TEST(nearest_rank(0, 10) == 1U);
}

BOOST_AUTO_TEST_CASE(failures_are_slower_than_any_success) {
  Distribution all;
  for (uint64_t k = 1; k <= 990; ++k) {
    all.add(k * 100, /*success=*/true);
  }
  for (int k = 0; k < 10; ++k) {
    all.add(1, /*success=*/false);  // fast errors
  }
  BOOST_TEST(all.count() == 1'000U);
  const Quantile p99 = all.quantile(0.99);
  BOOST_TEST(!p99.failed);
  BOOST_TEST(p99.value_ns == 99'000U);  // the slowest success
  BOOST_TEST(p99.supported);
  const Quantile p995 = all.quantile(0.995);
  BOOST_TEST(p995.failed);
  BOOST_TEST(p995.millis() == std::numeric_limits<double>::infinity());
  const Quantile success = all.success_quantile(0.995);
  BOOST_TEST(!success.failed);
  BOOST_TEST(success.value_ns <= 99'000U);
  BOOST_TEST(success.millis() == static_cast<double>(success.value_ns) / 1e6);
}

BOOST_AUTO_TEST_CASE(fast_errors_cannot_improve_a_median) {
  Distribution all;
  for (int k = 0; k < 100; ++k) {
    all.add(50 * kMs, /*success=*/true);
  }
  const uint64_t before = all.quantile(0.5).value_ns;
  for (int k = 0; k < 60; ++k) {
    all.add(1'000, /*success=*/false);
  }
  BOOST_TEST(all.quantile(0.5).value_ns >= before);
  BOOST_TEST(all.quantile(0.9).failed);
}

BOOST_AUTO_TEST_CASE(only_failures) {
  Distribution all;
  all.add(5, /*success=*/false);
  BOOST_TEST(all.quantile(0.5).failed);
  BOOST_TEST(!all.success_quantile(0.5).failed);
  BOOST_TEST(!all.success_quantile(0.5).supported);
  BOOST_TEST(all.success_quantile(0.5).value_ns == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_is_not_supported) {
  const Quantile none = Distribution().quantile(0.5);
  BOOST_TEST(!none.supported);
  BOOST_TEST(!none.failed);
  BOOST_TEST(none.value_ns == 0U);
}

BOOST_AUTO_TEST_CASE(support_begins_at_the_sample_count) {
  Distribution all;
  for (int k = 0; k < 367; ++k) {
    all.add(kMs, /*success=*/true);
  }
  BOOST_TEST(!all.quantile(0.99).supported);
  all.add(kMs, /*success=*/false);
  BOOST_TEST(all.quantile(0.99).supported);
  BOOST_TEST(!all.success_quantile(0.99).supported);
}

BOOST_AUTO_TEST_CASE(merging_adds_both_parts) {
  Distribution a;
  a.add(1'000, /*success=*/true);
  a.add(0, /*success=*/false);
  Distribution b;
  b.add(2'000, /*success=*/true);
  b.add(0, /*success=*/false);
  a.merge(b);
  BOOST_TEST(a.failures == 2U);
  BOOST_TEST(a.count() == 4U);
  BOOST_TEST(a.quantile(0.5).value_ns == 2'000U);
}

BOOST_AUTO_TEST_CASE(no_percentile_is_above_the_maximum) {
  // With failures among them, and merged from parts: where values are missing, none is made up.
  const std::vector<double> ladder = {0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1};
  for (const uint64_t seed : {1U, 2U, 3U}) {
    Distribution all;
    for (const auto& values : {uniform_values(500, seed), bimodal_values(40, seed),
                               pareto_values(2'000, seed), std::vector<uint64_t>{}}) {
      Distribution part;
      for (const uint64_t value : values) {
        part.add(value, value % 50 != 0);
      }
      all.merge(part);
      uint64_t before = 0;
      bool failed_before = false;
      for (const double q : ladder) {
        BOOST_TEST(all.success_quantile(q).value_ns <= all.successes.max_ns());
        const Quantile of_all = all.quantile(q);
        BOOST_TEST((of_all.failed || of_all.value_ns <= all.successes.max_ns()));
        BOOST_TEST((of_all.failed || of_all.value_ns >= before));
        BOOST_TEST((of_all.failed || !failed_before));  // nothing is slower than a failure
        before = of_all.value_ns;
        failed_before = of_all.failed;
      }
    }
    BOOST_TEST(all.failures > 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_mean_beyond_a_million_values_is_sum_over_count) {
  // A mean that divides by as many values as were kept is too large from there on.
  constexpr uint64_t kValues = 2'500'000;
  Distribution all;
  uint64_t sum = 0;
  for (uint64_t k = 0; k < kValues; ++k) {
    const uint64_t value = kMs + k % 1'000 * 1'000;
    all.add(value, /*success=*/true);
    sum += value;
  }
  BOOST_TEST(all.count() == kValues);
  BOOST_TEST(all.successes.mean_ns() == static_cast<double>(sum) / static_cast<double>(kValues),
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(names_of_percentiles) {
  BOOST_TEST(quantile_name(0.5) == "p50");
  BOOST_TEST(quantile_name(0.99) == "p99");
  BOOST_TEST(quantile_name(0.999) == "p99.9");
  BOOST_TEST(quantile_name(0.9999) == "p99.99");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stats
