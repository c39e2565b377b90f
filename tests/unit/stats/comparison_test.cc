// SPDX-License-Identifier: MIT
#include "macaw/stats/comparison.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "simulated_runs.h"

namespace macaw::stats {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr uint64_t kTimeoutNs = 1'000'000'000;

/// `count` values from 1 us on, round the blocks, the last `failures` of them failed.
BlockedSample ladder(size_t count, size_t failures = 0, size_t blocks = kTimeBlocks) {
  BlockedSample sample(blocks, kTimeoutNs);
  for (size_t k = 0; k < count; ++k) {
    sample.add(k % blocks, 1000 * (k + 1), k + failures < count);
  }
  sample.finish();
  return sample;
}

Change change_of(const BlockedSample& a, const BlockedSample& b, Statistic statistic,
                 bool paired = true) {
  BlockBootstrap::Settings settings;
  settings.paired = paired;
  return BlockBootstrap(settings).compare(a, b, statistic);
}

Change with_p(double p) {
  Change change;
  change.kind = ChangeKind::kUnchanged;
  change.difference_ns.estimate = 1;
  change.p = p;
  return change;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(comparison_test)

BOOST_AUTO_TEST_CASE(student_has_the_values_of_the_tables) {
  BOOST_TEST(student_quantile(0.025, 1) == 12.7062, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(student_quantile(0.025, 2) == 4.30265, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(student_quantile(0.025, 29) == 2.04523, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(student_quantile(0.005, 10) == 3.16927, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(student_quantile(0.025, 1e6) == 1.95997, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(student_upper_tail(0, 7) == 0.5);
  BOOST_TEST(student_upper_tail(-2.04523, 29) == 0.975, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(student_upper_tail(kInfinity, 3) == 0);
}

BOOST_AUTO_TEST_CASE(weighted_quantiles_equal_those_of_sorted_copies) {
  Random random(11);
  constexpr size_t kBlocks = 7;
  std::vector<std::vector<uint64_t>> values(kBlocks);
  BlockedSample sample(kBlocks, kTimeoutNs);
  for (size_t k = 0; k < 5'000; ++k) {
    const size_t block = random.below(kBlocks);
    const uint64_t value = random.below(900) * random.below(900);
    values[block].push_back(value);
    sample.add(block, value, true);
  }
  sample.finish();
  for (size_t trial = 0; trial < 50; ++trial) {
    std::vector<uint32_t> weights(kBlocks);
    std::vector<uint64_t> copies;
    double sum = 0;
    for (size_t block = 0; block < kBlocks; ++block) {
      weights[block] = static_cast<uint32_t>(random.below(4));
      for (uint32_t copy = 0; copy < weights[block]; ++copy) {
        copies.insert(copies.end(), values[block].begin(), values[block].end());
      }
    }
    if (copies.empty()) {
      continue;
    }
    std::sort(copies.begin(), copies.end());
    for (const uint64_t value : copies) {
      sum += static_cast<double>(value);
    }
    for (const double q : kShownQuantiles) {
      const auto expected = static_cast<double>(copies[nearest_rank(q, copies.size()) - 1]);
      BOOST_TEST(sample.estimate({q}, weights) == expected);
    }
    BOOST_TEST(sample.estimate({0}, weights) == sum / static_cast<double>(copies.size()),
               boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(histograms_give_the_same_within_their_error) {
  Random random(3);
  BlockedSample exact(kTimeBlocks, kTimeoutNs);
  BlockedSample coarse(kTimeBlocks, kTimeoutNs);
  for (size_t block = 0; block < kTimeBlocks; ++block) {
    Distribution values;
    for (size_t k = 0; k < 1'000; ++k) {
      const auto value = static_cast<uint64_t>(service_table()[random.next() >> 48]);
      const bool success = random.below(200) != 0;
      values.add(value, success);
      exact.add(block, value, success);
    }
    coarse.add(block, values);
  }
  exact.finish();
  coarse.finish();
  BOOST_TEST(coarse.count() == exact.count());
  BOOST_TEST(coarse.failures() == exact.failures());
  for (const Statistic statistic : kComparedStatistics) {
    const double expected = exact.estimate(statistic);
    if (std::isinf(expected)) {
      BOOST_TEST(std::isinf(coarse.estimate(statistic)));
    } else {
      BOOST_TEST(coarse.estimate(statistic) == expected, boost::test_tools::tolerance(4e-3));
    }
  }
}

BOOST_AUTO_TEST_CASE(exceedances_are_those_above_the_rank) {
  const BlockedSample sample = ladder(3'000);
  BOOST_TEST(sample.exceedances({0.99}).count == 30U);
  BOOST_TEST(sample.exceedances({0.99}).blocks == 30U);
  BOOST_TEST(sample.exceedances({0.999}).count == 3U);
  BOOST_TEST(sample.exceedances({0.999}).blocks == 3U);
  BOOST_TEST(sample.exceedances({0}).count == 3'000U);
  BOOST_TEST(ladder(3'000, 60).exceedances({0.99}).count == 60U);
}

BOOST_AUTO_TEST_CASE(too_little_says_how_much_is_missing) {
  const Change few = change_of(ladder(9'999), ladder(20'000), {0.99});
  BOOST_TEST((few.kind == ChangeKind::kNotEnough));
  BOOST_TEST((few.shortage.kind == Shortage::Kind::kValues));
  BOOST_TEST(few.shortage.have == 9'999U);
  BOOST_TEST(few.shortage.need == 10'000U);
  BOOST_TEST((change_of(ladder(10'000), ladder(10'000), {0.99}).kind == ChangeKind::kUnchanged));
  BOOST_TEST(change_of(ladder(10'000), ladder(10'000), {0.999}).shortage.need == 100'000U);
  BOOST_TEST((change_of(ladder(0), ladder(10'000), {0}).kind == ChangeKind::kNotEnough));

  // All slow ones in one burst: 1 % of the values, but one event.
  BlockedSample burst(kTimeBlocks, kTimeoutNs);
  for (size_t k = 0; k < 30'000; ++k) {
    burst.add(k * kTimeBlocks / 30'000, k < 600 ? 90'000'000 + k : 1'000'000 + k, true);
  }
  burst.finish();
  const Change one_burst = change_of(ladder(30'000), burst, {0.99});
  BOOST_TEST((one_burst.shortage.kind == Shortage::Kind::kBlocks));
  BOOST_TEST(one_burst.shortage.have == 1U);
  BOOST_TEST(one_burst.shortage.need == 20U);
}

BOOST_AUTO_TEST_CASE(a_slow_drift_is_not_taken_for_certainty) {
  BlockedSample drifting(kTimeBlocks, kTimeoutNs);
  BlockedSample steady(kTimeBlocks, kTimeoutNs);
  Random random(1);
  for (size_t k = 0; k < 30'000; ++k) {
    const size_t block = k * kTimeBlocks / 30'000;
    const double time_ns = service_table()[random.next() >> 48];
    drifting.add(block, static_cast<uint64_t>(time_ns * (1 + static_cast<double>(k) / 30'000)),
                 true);
    steady.add(block, static_cast<uint64_t>(time_ns), true);
  }
  drifting.finish();
  steady.finish();
  const Change change = change_of(steady, drifting, {0.5});
  BOOST_TEST((change.shortage.kind == Shortage::Kind::kDrift));
  BOOST_TEST(change.correlation > 0.5);
}

BOOST_AUTO_TEST_CASE(failures_are_slower_than_anything) {
  const BlockedSample good = ladder(30'000);
  const BlockedSample bad = ladder(30'000, 900);
  const Change worse = change_of(good, bad, {0.99});
  BOOST_TEST((worse.kind == ChangeKind::kSlower));
  BOOST_TEST(worse.b_ns == kInfinity);
  BOOST_TEST(worse.difference_ns.estimate == kInfinity);
  BOOST_TEST((change_of(bad, good, {0.99}).kind == ChangeKind::kFaster));
  BOOST_TEST((change_of(bad, bad, {0.99}).kind == ChangeKind::kBothFail));
  // Fast failures must not improve the median.
  BOOST_TEST(change_of(good, bad, {0.5}).difference_ns.estimate == 0);
  BOOST_TEST(change_of(good, bad, {0}).difference_ns.estimate > 0);
}

BOOST_AUTO_TEST_CASE(what_both_runs_share_cancels_when_they_are_paired) {
  // Blocks that differ by tens of per cent, in the same way in both runs.
  const auto run = [](double factor, uint64_t seed) {
    Random random(seed);
    BlockedSample sample(kTimeBlocks, kTimeoutNs);
    for (size_t k = 0; k < 60'000; ++k) {
      const double level = 1 + 0.4 * static_cast<double>(mix64(k * kTimeBlocks / 60'000) % 2);
      const double time_ns = service_table()[random.next() >> 48] * level * factor;
      sample.add(k * kTimeBlocks / 60'000, static_cast<uint64_t>(time_ns), true);
    }
    sample.finish();
    return sample;
  };
  const BlockedSample a = run(1, 1);
  const BlockedSample b = run(1.03, 2);
  const Change paired = change_of(a, b, {0.5}, true);
  const Change unpaired = change_of(a, b, {0.5}, false);
  BOOST_TEST((paired.kind == ChangeKind::kSlower));
  BOOST_TEST((unpaired.kind == ChangeKind::kUnchanged));
  BOOST_TEST((paired.ratio.high - paired.ratio.low) * 4 < unpaired.ratio.high - unpaired.ratio.low);
}

BOOST_AUTO_TEST_CASE(the_same_input_and_seed_give_the_same_numbers) {
  Random random(9);
  const SimulatedRun run{30'000, 60, 1, {}};
  const BlockedSample a = simulate(run, random);
  const BlockedSample b = simulate(run, random);
  const auto with_seed = [&](uint64_t seed) {
    BlockBootstrap::Settings settings;
    settings.seed = seed;
    return BlockBootstrap(settings).compare(a, b, {0.99});
  };
  BOOST_TEST(with_seed(1).difference_ns.low == with_seed(1).difference_ns.low);
  BOOST_TEST(with_seed(1).difference_ns.low != with_seed(2).difference_ns.low);
}

BOOST_AUTO_TEST_CASE(runs_as_units_follow_student) {
  // Differences 1, 2, 3: mean 2, standard error 1 / sqrt(3), t(2) = 4.30265.
  const std::array<double, 3> a = {10, 10, 10};
  const std::array<double, 3> b = {11, 12, 13};
  const Change change = compare_runs({0.5}, a, b, true, 1'000);
  BOOST_TEST(change.difference_ns.estimate == 2);
  BOOST_TEST(change.difference_ns.low == 2 - 4.30265 / std::sqrt(3.0),
             boost::test_tools::tolerance(1e-4));
  BOOST_TEST(change.p == 0.07418, boost::test_tools::tolerance(1e-3));
  BOOST_TEST((change.kind == ChangeKind::kUnchanged));
  const std::array<double, 3> fails = {kInfinity, kInfinity, kInfinity};
  BOOST_TEST((compare_runs({0.5}, a, fails, true, 1'000).kind == ChangeKind::kUnchanged));
  const std::array<double, 4> four = {10, 10, 11, 10};
  const std::array<double, 4> four_fail = {kInfinity, kInfinity, kInfinity, 20};
  BOOST_TEST((compare_runs({0.5}, four, four_fail, false, 1'000).kind == ChangeKind::kSlower));
}

BOOST_AUTO_TEST_CASE(few_runs_or_small_ones_are_not_enough) {
  const std::array<double, 2> two = {10, 11};
  BOOST_TEST((compare_runs({0.5}, two, two, true, 1'000).shortage.kind == Shortage::Kind::kRuns));
  const std::array<double, 3> three = {10, 11, 12};
  const Change small = compare_runs({0.99}, three, three, true, 367);
  BOOST_TEST((small.shortage.kind == Shortage::Kind::kSupport));
  BOOST_TEST(small.shortage.need == 368U);
}

BOOST_AUTO_TEST_CASE(holm_corrects_step_by_step) {
  std::array<Change, 4> changes = {with_p(0.01), with_p(0.04), with_p(0.03), with_p(0.005)};
  Change silent = with_p(0);
  silent.kind = ChangeKind::kNotEnough;
  std::vector<Change*> family = {&silent};
  for (Change& change : changes) {
    family.push_back(&change);
  }
  adjust_holm(family);
  // 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04 not below the one before.
  BOOST_TEST(changes[3].p_adjusted == 0.02, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(changes[0].p_adjusted == 0.03, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(changes[2].p_adjusted == 0.06, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(changes[1].p_adjusted == 0.06, boost::test_tools::tolerance(1e-12));
  BOOST_TEST((changes[0].kind == ChangeKind::kSlower));
  BOOST_TEST((changes[2].kind == ChangeKind::kUnchanged));
  BOOST_TEST((silent.kind == ChangeKind::kNotEnough));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stats
