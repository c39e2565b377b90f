// SPDX-License-Identifier: MIT
//
// Totals, intervals, late samples.

#include "macaw/stats/aggregate.h"

#include <boost/test/unit_test.hpp>
#include <map>

#include "unit/stats/values.h"

namespace macaw::stats {

namespace {

using Intervals = std::map<IntervalKey, Aggregate>;

// A run of 25 minutes over three endpoints, with every outcome and some answers after minutes.
std::vector<Sample> random_run(size_t n, uint64_t seed) {
  Random random(seed);
  std::vector<Sample> samples;
  for (size_t k = 0; k < n; ++k) {
    const uint64_t intended = k * 1'500 * kSecond / n;
    const uint64_t ready = random.below(200'000);
    const uint64_t sent = ready + (random.below(50) == 0 ? random.below(90 * kSecond) : 0);
    const uint64_t done = sent + 1 + random.below(20 * kMs);
    const auto outcome = random.below(10) == 0
                             ? static_cast<Outcome>(1 + random.below(kOutcomes - 1))
                             : Outcome::kOk;
    Sample sample = make_sample(k, intended, {ready, sent, done}, outcome,
                                static_cast<uint16_t>(1 + random.below(3)));
    sample.flags = random.below(20) == 0 ? kFlagResent : 0;
    samples.push_back(sample);
  }
  return samples;
}

Intervals all_intervals(RunAggregator& aggregator) {
  Intervals result;
  aggregator.take_changed(0, 0, [&result](const IntervalKey& key, const Aggregate& aggregate) {
    result[key] = aggregate;
  });
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(aggregate_test)

BOOST_AUTO_TEST_CASE(one_sample_counts_everywhere_it_belongs) {
  RunAggregator aggregator;
  BOOST_TEST(aggregator.totals().contains(0));
  Sample sample =
      make_sample(0, 9 * kSecond + 900 * kMs, {kMs, 3 * kMs, 203 * kMs}, Outcome::kHttpError, 7);
  sample.flags = kFlagResent;
  aggregator.add(sample);
  BOOST_TEST(aggregator.totals().size() == 2U);
  for (const uint16_t endpoint : {uint16_t{0}, uint16_t{7}}) {
    const Aggregate& total = aggregator.totals().at(endpoint);
    BOOST_TEST(total.requests() == 1U);
    BOOST_TEST(total.errors() == 1U);
    BOOST_TEST(total.outcomes[2] == 1U);
    BOOST_TEST(total.bytes_in == 300U);
    BOOST_TEST(total.bytes_out == 120U);
    BOOST_TEST(total.resent == 1U);
    BOOST_TEST(total.completed == 0U);
    BOOST_TEST(total.response.failures == 1U);
    BOOST_TEST(total.lag.max_ns() == kMs);
    BOOST_TEST(total.connection_wait.max_ns() == 2 * kMs);
  }
  const Intervals intervals = all_intervals(aggregator);
  // Per endpoint: seconds 9 (request) and 10 (completion), tens 0 and 10, one minute, one ten.
  BOOST_TEST(intervals.size() == 2U * 6);
  BOOST_TEST(intervals.at({1, 9, 7}).requests() == 1U);
  BOOST_TEST(intervals.at({1, 9, 7}).completed == 0U);
  BOOST_TEST(intervals.at({1, 10, 7}).requests() == 0U);
  BOOST_TEST(intervals.at({1, 10, 7}).completed == 1U);
  BOOST_TEST(intervals.at({10, 0, 0}).requests() == 1U);
  BOOST_TEST(intervals.at({10, 10, 0}).completed == 1U);
  BOOST_TEST(intervals.at({60, 0, 0}).completed == 1U);
  BOOST_TEST(intervals.at({600, 0, 7}).requests() == 1U);
  BOOST_TEST(intervals.at({600, 0, 7}).lag.empty());
}

BOOST_AUTO_TEST_CASE(response_without_lag_is_measured_from_ready) {
  Aggregate total;
  total.add(make_sample(0, 0, {40 * kMs, 50 * kMs, 70 * kMs}));
  BOOST_TEST(total.response.successes.max_ns() == 70 * kMs);
  BOOST_TEST(total.service.successes.max_ns() == 20 * kMs);
  BOOST_TEST(total.response_without_lag.successes.max_ns() == 30 * kMs);
}

BOOST_AUTO_TEST_CASE(sums_do_not_depend_on_the_order) {
  const std::vector<Sample> samples = random_run(5'000, 4);
  RunAggregator forward;
  RunAggregator backward;
  for (size_t k = 0; k < samples.size(); ++k) {
    forward.add(samples[k]);
    backward.add(samples[samples.size() - 1 - k]);
  }
  BOOST_TEST((forward.totals() == backward.totals()));
  BOOST_TEST((all_intervals(forward) == all_intervals(backward)));
}

BOOST_AUTO_TEST_CASE(endpoints_add_up_to_the_total) {
  RunAggregator aggregator;
  for (const Sample& sample : random_run(5'000, 5)) {
    aggregator.add(sample);
  }
  Aggregate sum;
  for (const auto& [endpoint, total] : aggregator.totals()) {
    if (endpoint != 0) {
      sum.merge(total);
    }
  }
  BOOST_TEST((sum == aggregator.totals().at(0)));
  BOOST_TEST(sum.requests() == 5'000U);
}

BOOST_AUTO_TEST_CASE(levels_are_merges_of_the_finer_ones) {
  RunAggregator aggregator;
  for (const Sample& sample : random_run(20'000, 6)) {
    aggregator.add(sample);
  }
  const Intervals intervals = all_intervals(aggregator);
  for (size_t level = 1; level < kResolutions.size(); ++level) {
    Intervals merged;
    Intervals stored;
    for (const auto& [key, aggregate] : intervals) {
      if (key.resolution == kResolutions[level - 1]) {
        const uint64_t start_s = key.start_s - key.start_s % kResolutions[level];
        merged[{kResolutions[level], start_s, key.endpoint}].merge(aggregate);
      } else if (key.resolution == kResolutions[level]) {
        stored[key] = aggregate;
      }
    }
    BOOST_TEST(!stored.empty());
    BOOST_TEST((merged == stored));
  }
}

BOOST_AUTO_TEST_CASE(only_changed_intervals_are_handed_out) {
  RunAggregator aggregator;
  aggregator.add(make_sample(0, 0, {0, 0, kMs}));
  BOOST_TEST(all_intervals(aggregator).size() == 8U);
  BOOST_TEST(all_intervals(aggregator).empty());
  aggregator.add(make_sample(1, kSecond, {0, 0, kMs}));
  const Intervals changed = all_intervals(aggregator);
  BOOST_TEST(changed.size() == 8U);
  BOOST_TEST(changed.contains({1, 1, 0}));
  BOOST_TEST(!changed.contains({1, 0, 0}));
  BOOST_TEST(changed.at({10, 0, 0}).requests() == 2U);
  aggregator.change_all();
  BOOST_TEST(all_intervals(aggregator).size() == 10U);
}

// What take_changed() forgets comes back through reload; the result is that of one that forgets
// nothing.
BOOST_AUTO_TEST_CASE(late_samples_find_their_forgotten_intervals) {
  RunAggregator forgetful;
  Intervals store;
  uint64_t reloads = 0;
  forgetful.set_reload([&](const IntervalKey& key) -> std::unique_ptr<Aggregate> {
    ++reloads;
    const auto found = store.find(key);
    return found == store.end() ? nullptr : std::make_unique<Aggregate>(found->second);
  });
  const auto save = [&store](const IntervalKey& key, const Aggregate& aggregate) {
    store[key] = aggregate;
  };
  std::vector<Sample> samples = random_run(6'000, 7);
  std::sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
    return a.intended_ns + static_cast<int64_t>(a.done_ns) <
           b.intended_ns + static_cast<int64_t>(b.done_ns);
  });
  RunAggregator faithful;
  for (size_t k = 0; k < samples.size(); ++k) {
    forgetful.add(samples[k]);
    faithful.add(samples[k]);
    if (k % 10 == 0) {
      const auto now_s = static_cast<uint64_t>(samples[k].intended_ns) / kSecond;
      forgetful.take_changed(now_s, 5, save);
    }
  }
  BOOST_TEST(forgetful.open_count() < 200U);
  forgetful.take_changed(10'000, 0, save);
  BOOST_TEST(reloads > 10U);
  BOOST_TEST((store == all_intervals(faithful)));
}

BOOST_AUTO_TEST_CASE(changed_intervals_are_not_forgotten_before_they_were_handed_out_twice) {
  RunAggregator aggregator;
  aggregator.add(make_sample(0, 0, {0, 0, kMs}));
  // Long ended, but its keeper may have failed: change_all() must be able to give it again.
  aggregator.take_changed(100'000, 0, [](const IntervalKey&, const Aggregate&) {});
  BOOST_TEST(aggregator.open_count() == 8U);
  aggregator.take_changed(100'000, 0, [](const IntervalKey&, const Aggregate&) {});
  BOOST_TEST(aggregator.open_count() == 0U);
}

BOOST_AUTO_TEST_CASE(ended_intervals_are_handed_out_once) {
  RunAggregator aggregator;
  RunAggregator reference;
  Intervals ended;
  const auto save = [&ended](const IntervalKey& key, const Aggregate& aggregate) {
    BOOST_REQUIRE(ended.emplace(key, aggregate).second);
  };
  for (const Sample& sample : random_run(3'000, 8)) {
    aggregator.add(sample);
    reference.add(sample);
    // In order of intended time: nothing that comes later can touch the seconds before it.
    aggregator.take_ended(static_cast<uint64_t>(sample.intended_ns) / kSecond, save);
  }
  BOOST_TEST(aggregator.open_count() < 1'200U);
  aggregator.take_ended(UINT64_MAX, save);
  BOOST_TEST(aggregator.open_count() == 0U);
  BOOST_TEST((ended == all_intervals(reference)));
  BOOST_TEST(all_intervals(aggregator).empty());
}

BOOST_AUTO_TEST_CASE(the_warm_up_is_in_the_intervals_and_in_no_total) {
  RunAggregator aggregator;
  for (uint64_t k = 0; k < 30; ++k) {
    Sample sample = make_sample(k, k * 100 * kMs, {0, 0, kMs}, Outcome::kOk, 1);
    sample.flags = k < 10 ? kFlagWarmup : k >= 27 ? kFlagIgnored | kFlagNotSent : 0;
    sample.outcome = k >= 27 ? Outcome::kUnfinished : Outcome::kOk;
    aggregator.add(sample);
  }
  BOOST_TEST((aggregator.left_out() == LeftOut{13, 10}));
  for (const uint16_t endpoint : {uint16_t{0}, uint16_t{1}}) {
    BOOST_TEST(aggregator.totals().at(endpoint).requests() == 17U);
    BOOST_TEST(aggregator.totals().at(endpoint).errors() == 0U);
    BOOST_TEST(aggregator.totals().at(endpoint).lag.count() == 17U);
  }
  const Intervals intervals = all_intervals(aggregator);
  BOOST_TEST(intervals.at({1, 0, 0}).requests() == 10U);
  BOOST_TEST(intervals.at({1, 1, 1}).requests() == 10U);
  BOOST_TEST(intervals.at({1, 2, 1}).requests() == 7U);
  BOOST_TEST(intervals.at({10, 0, 0}).requests() == 27U);
  BOOST_TEST(intervals.at({10, 0, 0}).errors() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stats
