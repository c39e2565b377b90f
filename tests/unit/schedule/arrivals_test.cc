// SPDX-License-Identifier: MIT
//
// The arrival law: uniform arrivals to the nanosecond; Poisson arrivals by the statistical tests
// that a Poisson process must pass, whole and split among workers. Seeds are fixed, so the outcome
// is too.

#include "macaw/replay/schedule/arrivals.h"

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "macaw/replay/schedule/driver.h"
#include "reference.h"

namespace macaw::replay::test {
namespace {

namespace data = boost::unit_test::data;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr uint64_t kRate = 1'000;
constexpr size_t kArrivals = 100'000;
constexpr uint64_t kSeeds[] = {1, 2, 3, 20261121};

std::vector<int64_t> poisson_times(uint64_t seed, size_t count) {
  Arrivals arrivals(RateProfile::constant(per_second(kRate)), ArrivalProcess::kPoisson, seed);
  std::vector<int64_t> times;
  for (size_t k = 0; k < count; ++k) {
    BOOST_REQUIRE(arrivals.index() == k);
    times.push_back(arrivals.next().count());
  }
  return times;
}

/// Gaps between times in units of their expected mean.
std::vector<double> gaps_of(const std::vector<int64_t>& times, double mean_ns) {
  std::vector<double> gaps;
  for (size_t k = 1; k < times.size(); ++k) {
    gaps.push_back(static_cast<double>(times[k] - times[k - 1]) / mean_ns);
  }
  return gaps;
}

/// Anderson-Darling's A^2 against the exponential law of mean 1, all of it given (case 0): beyond
/// 3.857 with probability 0.01.
double anderson_darling(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double sum = 0.0;
  for (size_t k = 0; k < values.size(); ++k) {
    const double low = std::log(-std::expm1(-std::max(values[k], 1e-12)));
    const double high = -values[values.size() - 1 - k];
    sum += (2.0 * static_cast<double>(k) + 1.0) * (low + high);
  }
  return -n - sum / n;
}

double lag1_autocorrelation(const std::vector<double>& values) {
  double mean = 0.0;
  for (const double value : values) {
    mean += value / static_cast<double>(values.size());
  }
  double variance = 0.0;
  double covariance = 0.0;
  for (size_t k = 0; k < values.size(); ++k) {
    variance += (values[k] - mean) * (values[k] - mean);
    covariance += k > 0 ? (values[k] - mean) * (values[k - 1] - mean) : 0.0;
  }
  return covariance / variance;
}

/// Chi-square of counts per 10 ms against the Poisson law of mean 10; 0..3 and 18.. are pooled, so
/// there are 16 cells and 15 degrees of freedom: beyond 30.58 with probability 0.01.
double chi_square_of_counts(const std::vector<int64_t>& times) {
  constexpr int64_t kBinNs = 10'000'000;
  constexpr double kMean = 10.0;
  constexpr size_t kFirst = 3;
  constexpr size_t kLast = 18;
  const auto bins = static_cast<size_t>(times.back() / kBinNs);
  std::vector<size_t> counts(bins);
  for (const int64_t t : times) {
    if (static_cast<size_t>(t / kBinNs) < bins) {
      ++counts[static_cast<size_t>(t / kBinNs)];
    }
  }
  std::vector<double> observed(kLast + 1);
  for (const size_t count : counts) {
    observed[std::clamp(count, kFirst, kLast)] += 1.0;
  }
  std::vector<double> expected(kLast + 1);
  double probability = std::exp(-kMean);
  double rest = 1.0;
  for (size_t k = 0; k < kLast; ++k) {
    expected[std::max(k, kFirst)] += probability;
    rest -= probability;
    probability *= kMean / static_cast<double>(k + 1);
  }
  expected[kLast] = rest;
  double chi_square = 0.0;
  for (size_t k = kFirst; k <= kLast; ++k) {
    const double wanted = expected[k] * static_cast<double>(bins);
    chi_square += (observed[k] - wanted) * (observed[k] - wanted) / wanted;
  }
  return chi_square;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(arrivals_test)

BOOST_AUTO_TEST_CASE(constant_arrivals_are_the_inverse_of_the_index) {
  const RateProfile profile = RateProfile::slow_start(per_second(7));
  Arrivals arrivals(profile, ArrivalProcess::kConstant, /*seed=*/1);
  for (uint64_t i = 0; i < 1000; ++i) {
    BOOST_REQUIRE(arrivals.index() == i);
    BOOST_REQUIRE(arrivals.next() == profile.inverse({i, 0}));
  }
}

BOOST_DATA_TEST_CASE(gaps_are_exponential, data::make(kSeeds), seed) {
  const std::vector<double> gaps = gaps_of(poisson_times(seed, kArrivals), 1e9 / kRate);
  BOOST_TEST(anderson_darling(gaps) < 3.857);
}

BOOST_DATA_TEST_CASE(gaps_do_not_depend_on_their_neighbours, data::make(kSeeds), seed) {
  const std::vector<double> gaps = gaps_of(poisson_times(seed, kArrivals), 1e9 / kRate);
  // Three standard deviations
  BOOST_TEST(std::abs(lag1_autocorrelation(gaps)) < 3.0 / std::sqrt(double{kArrivals}));
}

BOOST_DATA_TEST_CASE(counts_follow_the_poisson_law, data::make(kSeeds), seed) {
  BOOST_TEST(chi_square_of_counts(poisson_times(seed, kArrivals)) < 30.58);
}

// The tests above can fail: they refuse a law that is nearly right.
BOOST_AUTO_TEST_CASE(the_statistics_see_a_wrong_law) {
  const std::vector<int64_t> times = poisson_times(1, kArrivals);
  std::vector<double> slower = gaps_of(times, 1.02e9 / kRate);
  BOOST_TEST(anderson_darling(slower) > 3.857);
  std::vector<int64_t> even(kArrivals);
  std::vector<int64_t> smoothed(kArrivals);
  for (size_t k = 0; k < kArrivals; ++k) {
    even[k] = static_cast<int64_t>(k) * 1'000'000;
    smoothed[k] = k == 0 ? times[k] : (times[k] + times[k - 1]) / 2;
  }
  BOOST_TEST(chi_square_of_counts(even) > 30.58);
  BOOST_TEST(lag1_autocorrelation(gaps_of(smoothed, 1e9 / kRate)) > 0.1);
}

BOOST_DATA_TEST_CASE(streams_of_workers_merge_into_the_whole, data::make({2U, 3U, 8U}), workers) {
  const std::vector<int64_t> times = poisson_times(/*seed=*/1, kArrivals);
  std::vector<std::vector<int64_t>> streams(workers);
  std::vector<int64_t> merged;
  for (uint64_t i = 0; i < times.size(); ++i) {
    streams[owner_of(i, /*user_hash=*/0, workers)].push_back(times[i]);
  }
  for (const std::vector<int64_t>& stream : streams) {
    merged.insert(merged.end(), stream.begin(), stream.end());
    // A random share of a Poisson process is one itself, slower by the share.
    BOOST_TEST(anderson_darling(gaps_of(stream, 1e9 / kRate * workers)) < 3.857);
  }
  std::sort(merged.begin(), merged.end());
  BOOST_TEST((merged == times));
}

BOOST_AUTO_TEST_CASE(sums_are_exact) {
  // The sum of E_0..E_k in rationals, against the time that next() says.
  const RateProfile profile = RateProfile::constant({.events = 1, .per = seconds(1)});
  Arrivals arrivals(profile, ArrivalProcess::kPoisson, /*seed=*/5);
  Rational sum = 0;
  for (uint64_t k = 0; k < 5'000; ++k) {
    sum += exact(exponential_at(5, k));
    const Rational ns = sum * Integer(1'000'000'000);
    const Integer floor = numerator(ns) / denominator(ns);
    BOOST_REQUIRE((Integer(arrivals.next().count()) == floor));
  }
}

BOOST_AUTO_TEST_CASE(a_varying_rate_stretches_the_same_sequence) {
  const RateProfile profile = RateProfile::ramp(per_second(1), per_second(50), seconds(60));
  Arrivals arrivals(profile, ArrivalProcess::kPoisson, /*seed=*/9);
  Rational sum = 0;
  Nanos before{};
  for (uint64_t k = 0; k < 2'000; ++k) {
    const Nanos t = arrivals.next();
    sum += exact(exponential_at(9, k));
    BOOST_REQUIRE(t >= before);
    BOOST_REQUIRE((exact(profile.cumulative(t)) <= sum));
    BOOST_REQUIRE((exact(profile.cumulative(t + Nanos(1))) >= sum));
    before = t;
  }
}

BOOST_AUTO_TEST_CASE(exponentials_are_pinned) {
  // These decide when requests are sent: a change here changes every seeded run.
  const RequestCount expected[] = {{0, 10981809460349739008U}, {0, 11430355611786717184U},
                                   {1, 3936758542446415872U},  {0, 9331132749196654592U},
                                   {1, 1733633111913693184U},  {0, 5621626813841620992U}};
  for (uint64_t k = 0; k < std::size(expected); ++k) {
    const RequestCount e = exponential_at(/*seed=*/1, k);
    BOOST_TEST(e.whole == expected[k].whole, k << ": " << e.whole << ", " << e.fraction);
    BOOST_TEST(e.fraction == expected[k].fraction, k << ": " << e.whole << ", " << e.fraction);
  }
  BOOST_TEST((exponential_at(1, 0) != exponential_at(2, 0)));
}

BOOST_AUTO_TEST_CASE(exponentials_have_their_moments) {
  double sum = 0.0;
  double squares = 0.0;
  for (uint64_t k = 0; k < kArrivals; ++k) {
    const RequestCount e = exponential_at(/*seed=*/4, k);
    const double value = static_cast<double>(e.whole) + static_cast<double>(e.fraction) * 0x1p-64;
    sum += value;
    squares += value * value;
  }
  // Four standard deviations of each.
  BOOST_TEST(std::abs(sum / kArrivals - 1.0) < 4.0 / std::sqrt(double{kArrivals}));
  BOOST_TEST(std::abs(squares / kArrivals - 2.0) < 4.0 * std::sqrt(20.0 / kArrivals));
}

BOOST_AUTO_TEST_CASE(counts_constant_arrivals) {
  const auto count = [](const RateProfile& profile, Nanos span) {
    return count_arrivals(profile, ArrivalProcess::kConstant, /*seed=*/1, span);
  };
  const RateProfile hundred = RateProfile::constant(per_second(100));
  BOOST_TEST(count(hundred, minutes(1)) == 6'000U);
  BOOST_TEST(count(hundred, minutes(1) + Nanos(1)) == 6'001U);
  BOOST_TEST(count(hundred, Nanos(1)) == 1U);
  BOOST_TEST(count(hundred, Nanos(0)) == 0U);
  BOOST_TEST(count(hundred, Nanos(-1)) == 0U);
  const RateProfile third = RateProfile::constant(per_second(3));
  BOOST_TEST(count(third, seconds(1)) == 3U);
  BOOST_TEST(count(third, Nanos(333'333'333)) == 1U);
  BOOST_TEST(count(third, Nanos(333'333'334)) == 2U);
  BOOST_TEST(count(RateProfile::slow_start(per_second(100)), seconds(240)) == 12'120U);
  const RateProfile pause = RateProfile::steps(
      {{per_second(10), seconds(1)}, {{.events = 0}, seconds(1)}, {per_second(10), seconds(1)}});
  BOOST_TEST(count(pause, seconds(1)) == 10U);
  BOOST_TEST(count(pause, milliseconds(1500)) == 11U);
  BOOST_TEST(count(pause, seconds(2)) == 11U);
  BOOST_TEST(count(pause, seconds(3)) == 20U);
}

BOOST_AUTO_TEST_CASE(counts_agree_with_the_sequence) {
  const RateProfile profiles[] = {
      RateProfile::constant(per_second(97)),
      RateProfile::sine(per_second(5), per_second(95), seconds(7)),
      RateProfile::steps({{per_second(90), seconds(3)}, {{.events = 0}, seconds(2)}}),
  };
  for (const RateProfile& profile : profiles) {
    for (const ArrivalProcess process : {ArrivalProcess::kConstant, ArrivalProcess::kPoisson}) {
      for (const int64_t span_ms : {1, 999, 2'999, 3'000, 4'000, 10'000}) {
        const Nanos span = milliseconds(span_ms);
        Arrivals arrivals(profile, process, /*seed=*/6);
        uint64_t counted = 0;
        while (arrivals.next() < span) {
          ++counted;
        }
        BOOST_TEST(count_arrivals(profile, process, /*seed=*/6, span) == counted);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay::test
