// SPDX-License-Identifier: MIT
//
// The model on data small enough to work out by hand.
#include "../../../generators/history_model.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <numeric>
#include <set>
#include <vector>

namespace macaw {

namespace {

using datasets::Rating;
using generators::HistoryModel;
using generators::HistoryOptions;
using generators::Pair;

/// Users 1, 2, ... with the histories given.
class Table final : public datasets::RatingsDataset {
 public:
  explicit Table(std::vector<std::vector<Rating>> histories) : histories_(std::move(histories)) {
    for (const auto& history : histories_) {
      for (const Rating& rating : history) {
        items_.push_back(rating.item);
      }
    }
    std::sort(items_.begin(), items_.end());
    items_.erase(std::unique(items_.begin(), items_.end()), items_.end());
  }

  uint32_t users() const override { return static_cast<uint32_t>(histories_.size()); }

  uint64_t ratings() const override { return 0; }

  uint32_t ratings_of(uint32_t k) const override {
    return static_cast<uint32_t>(histories_[k].size());
  }

  uint32_t user_id(uint32_t k) const override { return k + 1; }

  datasets::UserHistory history(uint32_t k, std::vector<Rating>& /*scratch*/) const override {
    return {k + 1, histories_[k]};
  }

  std::span<const uint32_t> items() const override { return items_; }

  std::string describe() const override { return "table"; }

  std::string identity() const override { return "table-1"; }

 private:
  std::vector<std::vector<Rating>> histories_;
  std::vector<uint32_t> items_;
};

std::vector<Pair> all_pairs(HistoryModel& model) {
  std::vector<Pair> pairs;
  for (Pair pair; model.next(pair);) {
    pairs.push_back(pair);
  }
  return pairs;
}

std::unique_ptr<HistoryModel> make(const Table& table, const HistoryOptions& options) {
  auto model = HistoryModel::make(table, options, {});
  BOOST_REQUIRE_MESSAGE(model.ok(), (model.ok() ? "" : model.error().message()));
  return std::move(model).value();
}

/// `users` users with one to 40 ratings, gaps of all kinds.
Table make_crowd(uint32_t users) {
  Random random(7);
  std::vector<std::vector<Rating>> histories(users);
  uint32_t item = 0;
  for (auto& history : histories) {
    int64_t time = 1'000'000'000;
    for (uint64_t left = 1 + random.below(40); left > 0; --left) {
      history.push_back({++item, time});
      const uint64_t kind = random.below(3);
      time += static_cast<int64_t>(kind == 0   ? 0
                                   : kind == 1 ? random.below(1'800)
                                               : 1'800 + random.below(900'000));
    }
  }
  return Table(std::move(histories));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(history_model_test)

BOOST_AUTO_TEST_CASE(shares_are_proportional_with_at_least_one) {
  using Shares = std::vector<uint64_t>;
  const auto check = [](uint64_t pairs, const Shares& weights, const Shares& expected) {
    BOOST_TEST(generators::share_out(pairs, weights) == expected, boost::test_tools::per_element());
  };
  check(10, {20, 30, 50}, {2, 3, 5});
  check(3, {20, 30, 50}, {1, 1, 1});
  check(4, {1, 1, 1000}, {1, 1, 2});
  // 100 of 7 parts: 14.28 each; the two left over go to the first two.
  check(100, {5, 5, 5, 5, 5, 5, 5}, {15, 15, 14, 14, 14, 14, 14});
  // 5.5, 1.65, 1.1, 2.75 of 11: what is left over goes to the largest remainders.
  check(11, {50, 15, 10, 25}, {5, 2, 1, 3});
  check(1'000'000'007, {1}, {1'000'000'007});
}

BOOST_AUTO_TEST_CASE(shares_always_add_up) {
  Random random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<uint64_t> weights(1 + random.below(50));
    for (uint64_t& weight : weights) {
      weight = 1 + random.below(round % 2 == 0 ? 7'359 : 3);
    }
    const uint64_t pairs = weights.size() + random.below(round % 3 == 0 ? 10 : 9'000'000'000);
    const auto shares = generators::share_out(pairs, weights);
    BOOST_TEST_REQUIRE(std::accumulate(shares.begin(), shares.end(), uint64_t{0}) == pairs);
    BOOST_TEST_REQUIRE(*std::min_element(shares.begin(), shares.end()) >= 1U);
    for (size_t a = 0; a < weights.size(); ++a) {
      for (size_t b = 0; b < weights.size(); ++b) {
        BOOST_TEST_REQUIRE((weights[a] <= weights[b] || shares[a] + 1 >= shares[b]));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(one_user_repeats_the_history_half_an_hour_after_its_end) {
  // Gaps: 7 s is real, 1800 s too, 5000 s shrinks to 1800; behind the last the history starts
  // again.
  const Table table({{{10, 100}, {11, 107}, {12, 1907}, {13, 6907}}});
  auto model = make(table, {1, 10'000, 1, {}});
  const auto pairs = all_pairs(*model);
  BOOST_TEST(pairs.size() == 10'000U);
  // The same timeline by definition: start, then each gap, wrapped into the span and sorted, ties
  // by lap.
  constexpr uint64_t kSpan = 10'000'000;
  const uint64_t start = generators::random_of(1, generators::Stream::kStarts).below(kSpan);
  constexpr std::array<uint64_t, 4> kGaps{7'000, 1'800'000, 1'800'000, 1'800'000};
  std::vector<std::tuple<uint64_t, uint64_t, uint32_t>> expected;
  uint64_t time = start;
  for (uint32_t number = 0; number < 10'000; ++number) {
    expected.emplace_back(time % kSpan, number, 10 + number % 4);
    time += kGaps[number % 4];
  }
  std::sort(expected.begin(), expected.end());
  for (size_t at = 0; at < pairs.size(); ++at) {
    BOOST_TEST_REQUIRE(pairs[at].time_ms == std::get<0>(expected[at]));
    BOOST_TEST_REQUIRE(pairs[at].item == std::get<2>(expected[at]));
    BOOST_TEST_REQUIRE(pairs[at].user == 1U);
  }
}

BOOST_AUTO_TEST_CASE(merging_agrees_with_sorting_everything) {
  const Table table = make_crowd(60);
  for (const uint64_t pairs : {60ULL, 61ULL, 500ULL, 20'000ULL}) {
    auto model = make(table, {60, pairs, 5, {}});
    const auto merged = all_pairs(*model);
    BOOST_TEST(merged.size() == pairs);
    BOOST_TEST(std::is_sorted(merged.begin(), merged.end(),
                              [](const Pair& a, const Pair& b) { return a.time_ms < b.time_ms; }));
    BOOST_TEST(merged.back().time_ms < pairs * 1'000);
    BOOST_TEST(model->laps() <= 60 + 1'800U);
    std::map<uint64_t, std::vector<uint32_t>> per_user;
    for (const Pair& pair : merged) {
      per_user[pair.user].push_back(pair.item);
    }
    BOOST_TEST(per_user.size() == 60U);
    std::vector<Rating> scratch;
    for (auto& [user, items] : per_user) {
      // The first ratings, as often as whole histories fit.
      const auto history = table.history(static_cast<uint32_t>(user) - 1, scratch).ratings;
      std::vector<uint32_t> expected;
      for (size_t at = 0; at < items.size(); ++at) {
        expected.push_back(history[at % history.size()].item);
      }
      std::sort(expected.begin(), expected.end());
      std::sort(items.begin(), items.end());
      BOOST_TEST_REQUIRE(items == expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(draws_distinct_users_uniformly) {
  const Table table = make_crowd(40);
  std::vector<uint32_t> drawn(41);
  constexpr uint32_t kRounds = 4'000;
  for (uint64_t seed = 0; seed < kRounds; ++seed) {
    auto model = make(table, {10, 100, seed, {}});
    BOOST_TEST_REQUIRE(model->users() == 10U);
    std::set<uint64_t> users;
    for (const Pair& pair : all_pairs(*model)) {
      users.insert(pair.user);
    }
    BOOST_TEST_REQUIRE(users.size() == 10U);
    for (const uint64_t user : users) {
      ++drawn[user];
    }
  }
  // Binomial with n = 4000, p = 1/4: sd 27.4; five of them.
  for (uint32_t user = 1; user <= 40; ++user) {
    BOOST_TEST(drawn[user] > 863U);
    BOOST_TEST(drawn[user] < 1'137U);
  }
}

BOOST_AUTO_TEST_CASE(fewer_pairs_than_users_take_the_first_drawn) {
  const Table table = make_crowd(40);
  auto few = make(table, {30, 5, 9, {}});
  BOOST_TEST(few->users() == 5U);
  auto five = make(table, {5, 5, 9, {}});
  std::set<uint64_t> users;
  std::set<uint64_t> expected;
  for (const Pair& pair : all_pairs(*few)) {
    users.insert(pair.user);
  }
  for (const Pair& pair : all_pairs(*five)) {
    expected.insert(pair.user);
  }
  BOOST_TEST(users == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_only_ratings_of_the_given_items) {
  const Table table({{{10, 100}, {11, 110}, {12, 130}}, {{20, 5}}, {{11, 7}}});
  auto model = make(table, {2, 6, 1, {11, 12}});
  std::map<uint64_t, std::set<uint32_t>> seen;
  for (const Pair& pair : all_pairs(*model)) {
    seen[pair.user].insert(pair.item);
  }
  BOOST_TEST(seen.size() == 2U);
  BOOST_TEST((seen[1] == std::set<uint32_t>{11, 12}));
  BOOST_TEST((seen[3] == std::set<uint32_t>{11}));
  const auto too_many = HistoryModel::make(table, {3, 6, 1, {11, 12}}, {});
  BOOST_TEST(
      too_many.error().message() ==
      "users: found 3, expected at most 2, the users with ratings of these items of the table");
  const auto none = HistoryModel::make(table, {1, 6, 1, {99}}, {});
  BOOST_TEST(none.error().message() ==
             "--items: none of the 1 items is rated in the table, expected ids of its movies");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
