// SPDX-License-Identifier: MIT
//
// The presets against the tables of the guides: every stated quantile, the mean, the ends.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>
#include <vector>

#include "macaw/stub/seldon_stub.h"

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(presets_test)

constexpr size_t kPresetDraws = 200'000;

struct StatedQuantile {
  double percent;
  double ms;
};

std::vector<double> sorted_draws(const LatencyModel& model) {
  std::vector<double> draws;
  for (uint64_t k = 0; k < kPresetDraws; ++k) {
    draws.push_back(to_millis(model.draw(/*seed=*/5, k)));
  }
  std::sort(draws.begin(), draws.end());
  return draws;
}

/// The share of draws at or below each stated quantile is what the table says, within five standard
/// deviations; `table` begins with the minimum and ends with the maximum.
void check_table(const std::vector<double>& draws, const std::vector<StatedQuantile>& table) {
  BOOST_TEST(draws.front() >= table.front().ms);
  BOOST_TEST(draws.front() < table.front().ms + 1);
  BOOST_TEST(draws.back() <= table.back().ms);
  for (const auto& [percent, ms] : table) {
    const double share = percent / 100;
    const double sd = std::sqrt(share * (1 - share) / static_cast<double>(kPresetDraws));
    const auto below = std::upper_bound(draws.begin(), draws.end(), ms) - draws.begin();
    const double found = static_cast<double>(below) / static_cast<double>(kPresetDraws);
    BOOST_TEST(std::abs(found - share) <= 5 * sd, percent << " %: " << found);
  }
}

double mean(const std::vector<double>& draws) {
  return std::accumulate(draws.begin(), draws.end(), 0.0) / static_cast<double>(draws.size());
}

/// The only rule of a preset for all paths.
LatencyModel only_model(std::string_view preset) {
  const auto rules = latency_preset(preset);
  BOOST_REQUIRE(rules.ok());
  BOOST_REQUIRE(rules->size() == 1U);
  BOOST_TEST(rules->front().first.empty());
  return rules->front().second;
}

BOOST_AUTO_TEST_CASE(hopsworks) {
  const auto draws = sorted_draws(only_model("hopsworks"));
  check_table(
      draws,
      {{0, 7}, {50, 23}, {60, 25}, {70, 27}, {80, 29}, {90, 33}, {95, 37}, {99, 47}, {100, 269}});
  BOOST_TEST(std::abs(mean(draws) - 24.07) < 0.1);
}

BOOST_AUTO_TEST_CASE(mnist_rest) {
  check_table(sorted_draws(only_model("mnist-rest")), {{0, 8},
                                                       {50, 20},
                                                       {66, 25},
                                                       {75, 30},
                                                       {80, 36},
                                                       {90, 63},
                                                       {95, 110},
                                                       {98, 190},
                                                       {99, 240},
                                                       {100, 717}});
}

BOOST_AUTO_TEST_CASE(flowers) {
  const auto direct = sorted_draws(only_model("flowers-direct"));
  check_table(
      direct,
      {{0, 53.958}, {50, 73.129}, {90, 81.824}, {95, 84.929}, {99, 93.248}, {100, 976.432}});
  BOOST_TEST(std::abs(mean(direct) - 73.670) < 0.15);
  const auto executor = sorted_draws(only_model("flowers-executor"));
  check_table(
      executor,
      {{0, 58.092}, {50, 79.833}, {90, 95.849}, {95, 104.009}, {99, 128.517}, {100, 964.378}});
  BOOST_TEST(std::abs(mean(executor) - 82.639) < 0.15);
}

BOOST_AUTO_TEST_CASE(over_grpc) {
  check_table(sorted_draws(only_model("mnist-grpc")), {{0, 6},
                                                       {50, 14},
                                                       {66, 16},
                                                       {75, 18},
                                                       {80, 19},
                                                       {90, 25},
                                                       {95, 36},
                                                       {98, 67},
                                                       {99, 110},
                                                       {100, 5045}});
  const auto direct = sorted_draws(only_model("flowers-grpc-direct"));
  check_table(
      direct,
      {{0, 53.792}, {50, 73.839}, {90, 82.282}, {95, 85.534}, {99, 93.876}, {100, 1008.192}});
  BOOST_TEST(std::abs(mean(direct) - 74.479) < 0.15);
  const auto executor = sorted_draws(only_model("flowers-grpc-executor"));
  check_table(
      executor,
      {{0, 54.712}, {50, 75.875}, {90, 89.226}, {95, 97.537}, {99, 128.647}, {100, 938.906}});
  BOOST_TEST(std::abs(mean(executor) - 78.227) < 0.15);
}

// Half recommendations, half actions: p95 about 100 ms, p99 about 190 (a step of Iago's graph).
BOOST_AUTO_TEST_CASE(ml10m_mixes_two_calls) {
  const auto rules = latency_preset("ml10m");
  BOOST_REQUIRE(rules.ok());
  BOOST_REQUIRE(rules->size() == 2U);
  BOOST_TEST((*rules)[0].first == "/js/recommendations");
  BOOST_TEST((*rules)[1].first == "/js/action");
  std::vector<double> mixed;
  std::vector<double> means;
  for (const auto& [path, model] : *rules) {
    const auto draws = sorted_draws(model);
    means.push_back(mean(draws));
    mixed.insert(mixed.end(), draws.begin(), draws.end());
  }
  BOOST_TEST(means[0] > 3 * means[1]);
  std::sort(mixed.begin(), mixed.end());
  BOOST_TEST(std::abs(mixed[mixed.size() * 95 / 100] - 100) < 2);
  BOOST_TEST(std::abs(mixed[mixed.size() * 99 / 100] - 187) < 5);
}

BOOST_AUTO_TEST_CASE(names) {
  const std::vector<std::string> expected = {"hopsworks",
                                             "mnist-rest",
                                             "mnist-grpc",
                                             "flowers-direct",
                                             "flowers-executor",
                                             "flowers-grpc-direct",
                                             "flowers-grpc-executor",
                                             "ml10m"};
  BOOST_TEST(latency_preset_names() == expected, boost::test_tools::per_element());
  BOOST_TEST(latency_preset("iris").error().message() ==
             "found 'iris', expected one of hopsworks, mnist-rest, mnist-grpc, flowers-direct, "
             "flowers-executor, flowers-grpc-direct, flowers-grpc-executor, ml10m");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
