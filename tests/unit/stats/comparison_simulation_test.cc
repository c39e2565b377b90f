// SPDX-License-Identifier: MIT
//
// Whether comparisons are right, by playing many of them whose truth is known (COMPARE.md gives the
// figures). Seeded, so each run of the test sees the same pairs: the margins are what another seed
// might give, not what this one may do.
#include <array>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include "simulated_runs.h"

namespace macaw::stats {

static std::ostream& operator<<(std::ostream& out, const SimulatedRun& run) {
  return out << run.requests << " requests, " << run.weather.name;
}

namespace {

constexpr double kShift = 1.05;

const Weather kWeathers[] = {
    {},
    {"drift of 1 s", 0.2, 1, 0, 0, 1},
    {"drift of 3 s", 0.2, 3, 0, 0, 1},
    {"bursts", 0, 0, 0.2, 0.5, 3},
};

/// The most of n that may happen by chance (one in a thousand) when it happens with probability p.
size_t binomial_margin(size_t n, double p) {
  const auto size = static_cast<double>(n);
  return static_cast<size_t>(size * p + 3.1 * std::sqrt(size * p * (1 - p)) + 1);
}

struct Tally {
  size_t answered = 0;
  size_t changed = 0;
  size_t slower = 0;
  size_t covered = 0;  // answered, with the truth in the interval of the ratio
};

std::vector<Tally> play(const SimulatedRun& a, const SimulatedRun& b,
                        const std::vector<Statistic>& statistics, size_t pairs, bool paired,
                        bool shuffle = false) {
  BlockBootstrap::Settings settings;
  settings.paired = paired;
  settings.resamples = 399;
  const BlockBootstrap bootstrap(settings);
  const double truth = b.factor / a.factor - 1;
  std::vector<Tally> tallies(statistics.size());
  for (size_t pair = 0; pair < pairs; ++pair) {
    Random random(pair + 1, 7);
    const BlockedSample sample_a = simulate(a, random, shuffle);
    const BlockedSample sample_b = simulate(b, random, shuffle);
    for (size_t k = 0; k < statistics.size(); ++k) {
      const Change change = bootstrap.compare(sample_a, sample_b, statistics[k]);
      if (change.has_interval()) {
        Tally& tally = tallies[k];
        ++tally.answered;
        tally.covered += change.ratio.low <= truth && truth <= change.ratio.high ? 1 : 0;
        tally.changed += change.kind != ChangeKind::kUnchanged ? 1 : 0;
        tally.slower += change.kind == ChangeKind::kSlower ? 1 : 0;
      }
    }
  }
  return tallies;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(comparison_simulation_test)

BOOST_AUTO_TEST_CASE(the_same_against_itself_is_rarely_called_changed) {
  constexpr size_t kPairs = 200;
  const std::vector<Statistic> statistics = {{0.99}, {0.5}, {0}};
  std::vector<size_t> changed(statistics.size());
  size_t pairs = 0;
  for (const Weather& weather : kWeathers) {
    for (const bool paired : {true, false}) {
      const SimulatedRun run{12'000, 240, 1, weather};
      const std::vector<Tally> tallies = play(run, run, statistics, kPairs, paired);
      pairs += kPairs;
      for (size_t k = 0; k < statistics.size(); ++k) {
        const Tally& tally = tallies[k];
        const std::string of =
            statistics[k].name() + (paired ? ", paired, " : ", unpaired, ") + weather.name;
        BOOST_TEST_MESSAGE(of << ": " << tally.changed << " of " << tally.answered << " changed");
        BOOST_TEST(tally.changed <= binomial_margin(kPairs, 0.05), of);
        BOOST_TEST(tally.answered * 10 >= kPairs * 8, of);
        BOOST_TEST(tally.covered + tally.changed == tally.answered, of);
        changed[k] += tally.changed;
      }
    }
  }
  for (const size_t count : changed) {
    BOOST_TEST(count <= binomial_margin(pairs, 0.05));
  }
}

BOOST_DATA_TEST_CASE(a_shift_of_5_percent_is_found_and_covered,
                     boost::unit_test::data::make(
                         {SimulatedRun{100'000, 100, 1, {}},
                          SimulatedRun{360'000, 3600, 1, {"drift of 1 s", 0.2, 1, 0, 0, 1}}}),
                     a) {
  constexpr size_t kPairs = 60;
  SimulatedRun b = a;
  b.factor = kShift;
  const Tally tally = play(a, b, {{0.99}}, kPairs, true).front();
  BOOST_TEST_MESSAGE(a.weather.name << ": " << tally.slower << " of " << kPairs << " found, "
                                    << tally.covered << " of " << tally.answered << " covered");
  BOOST_TEST(tally.slower * 100 >= kPairs * 95);
  BOOST_TEST(tally.answered - tally.covered <= binomial_margin(kPairs, 0.05));
}

BOOST_AUTO_TEST_CASE(requests_taken_as_independent_would_see_changes_everywhere) {
  // What the blocks are for: the same runs, with every request on its own.
  constexpr size_t kPairs = 100;
  const SimulatedRun run{12'000, 240, 1, kWeathers[2]};
  const Tally tally = play(run, run, {{0.5}}, kPairs, true, /*shuffle=*/true).front();
  BOOST_TEST(tally.changed * 2 > kPairs);
}

BOOST_AUTO_TEST_CASE(runs_as_units_stand_what_blocks_cannot_see) {
  // Each run settles on a level of its own: 8 % of deviation from run to run.
  constexpr size_t kTrials = 2'000;
  size_t changed = 0;
  size_t found = 0;
  Random random(5);
  for (size_t trial = 0; trial < kTrials; ++trial) {
    std::array<double, 5> a{};
    std::array<double, 5> b{};
    std::array<double, 5> slower{};
    for (size_t k = 0; k < a.size(); ++k) {
      a[k] = 12e6 * portable_exp(0.08 * normal(random));
      b[k] = 12e6 * portable_exp(0.08 * normal(random));
      slower[k] = b[k] * 1.3;
    }
    const bool paired = trial % 2 == 0;
    changed += compare_runs({0.99}, a, b, paired, 100'000).kind != ChangeKind::kUnchanged ? 1U : 0U;
    found += compare_runs({0.99}, a, slower, paired, 100'000).kind == ChangeKind::kSlower ? 1U : 0U;
  }
  BOOST_TEST(changed <= binomial_margin(kTrials, 0.05));
  BOOST_TEST(found * 100 >= kTrials * 95);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stats
