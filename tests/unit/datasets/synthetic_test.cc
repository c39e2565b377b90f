// SPDX-License-Identifier: MIT
//
// The synthetic MovieLens 10M against the published statistics of the real one (data sets of the
// same size and shape).
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "../../../datasets/synthetic_movies.h"
#include "../../../datasets/synthetic_profile.h"
#include "macaw/base/hash.h"
#include "macaw/datasets/ratings.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

/// Ten million ratings under a sanitizer cost half a minute and show it nothing that the sampled
/// cases do not.
bool skip_when_sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  BOOST_TEST_MESSAGE("SKIPPED: the full pass runs in builds without sanitizers");
  return true;
#else
  return false;
#endif
}

/// What one pass over all ratings finds.
struct Census {
  uint64_t ratings = 0;
  uint64_t half_stars = 0;
  uint64_t distinct_seconds = 0;
  uint64_t out_of_order = 0;
  uint64_t repeats = 0;
  int64_t time_min = INT64_MAX;
  int64_t time_max = 0;
  std::vector<uint32_t> user_counts;
  std::vector<uint32_t> item_counts;  ///< ascending, of rated items
  double single_session_share = 0;
};

Census take_census(const datasets::RatingsDataset& dataset) {
  constexpr int64_t kFirstSecond = 789'652'009;
  constexpr int64_t kSeconds = 1'231'131'736 - kFirstSecond + 1;
  Census census;
  std::vector<bool> seconds(static_cast<size_t>(kSeconds));
  std::vector<uint32_t> per_item(65'134);
  std::vector<uint32_t> seen_by(65'134, UINT32_MAX);
  std::vector<datasets::Rating> scratch;
  uint64_t single_sessions = 0;
  for (uint32_t k = 0; k < dataset.users(); ++k) {
    const auto history = dataset.history(k, scratch);
    census.user_counts.push_back(static_cast<uint32_t>(history.ratings.size()));
    census.ratings += history.ratings.size();
    bool single = true;
    int64_t last = history.ratings.front().time;
    for (uint32_t at = 0; at < history.ratings.size(); ++at) {
      const auto& [item, time] = history.ratings[at];
      ++per_item.at(item);
      census.repeats += seen_by[item] == k ? 1U : 0U;
      seen_by[item] = k;
      census.half_stars += datasets::synthetic::half_stars(k, at, time) % 2;
      auto second = seconds.at(static_cast<size_t>(time - kFirstSecond));
      census.distinct_seconds += second ? 0U : 1U;
      second = true;
      census.out_of_order += time < last ? 1U : 0U;
      single = single && time - last <= 1'800;
      last = time;
    }
    census.time_min = std::min(census.time_min, history.ratings.front().time);
    census.time_max = std::max(census.time_max, last);
    single_sessions += single ? 1U : 0U;
  }
  census.single_session_share = static_cast<double>(single_sessions) / dataset.users();
  std::copy_if(per_item.begin(), per_item.end(), std::back_inserter(census.item_counts),
               [](uint32_t count) { return count > 0; });
  std::sort(census.item_counts.begin(), census.item_counts.end());
  std::sort(census.user_counts.begin(), census.user_counts.end());
  return census;
}

/// REQUIRES: ascending.
double gini(const std::vector<uint32_t>& counts) {
  const auto size = static_cast<double>(counts.size());
  double weighted = 0;
  double sum = 0;
  for (size_t rank = 0; rank < counts.size(); ++rank) {
    weighted += (2.0 * static_cast<double>(rank + 1) - size - 1) * counts[rank];
    sum += counts[rank];
  }
  return weighted / (size * sum);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(synthetic_test)

BOOST_AUTO_TEST_CASE(meets_the_published_statistics) {
  if (skip_when_sanitized()) {
    return;
  }
  const auto dataset = datasets::synthetic_ml10m();
  BOOST_TEST(dataset->users() == 69'878U);
  BOOST_TEST(dataset->ratings() == 10'000'054U);
  BOOST_TEST(dataset->items().size() == 10'681U);
  BOOST_TEST(dataset->identity() == "synthetic-ml10m-1");
  const Census census = take_census(*dataset);
  const auto share = [&](uint64_t part) {
    return static_cast<double>(part) / static_cast<double>(census.ratings);
  };
  BOOST_TEST(census.ratings == 10'000'054U);
  BOOST_TEST(census.out_of_order == 0U);
  BOOST_TEST(census.repeats == 0U);
  BOOST_TEST(census.item_counts.size() == 10'677U);
  BOOST_TEST(census.item_counts.back() >= 33'000U);
  BOOST_TEST(census.item_counts.back() <= 36'000U);
  BOOST_TEST(gini(census.item_counts) >= 0.80);
  BOOST_TEST(gini(census.item_counts) <= 0.82);
  BOOST_TEST(census.user_counts.front() == 20U);
  BOOST_TEST(census.user_counts.back() <= 7'359U);
  BOOST_TEST(census.user_counts[census.user_counts.size() / 2] >= 66U);
  BOOST_TEST(census.user_counts[census.user_counts.size() / 2] <= 72U);
  BOOST_TEST(share(census.half_stars) >= 0.195);
  BOOST_TEST(share(census.half_stars) <= 0.215);
  BOOST_TEST(share(census.distinct_seconds) >= 0.69);
  BOOST_TEST(share(census.distinct_seconds) <= 0.75);
  BOOST_TEST(census.time_min >= 820'454'400);  // 1996: the real set has 3 ratings before
  BOOST_TEST(census.time_max <= 1'231'131'736);
  BOOST_TEST(census.single_session_share >= 0.54);
  BOOST_TEST(census.single_session_share <= 0.57);
}

BOOST_AUTO_TEST_CASE(is_the_same_everywhere) {
  // Any other value means another data set: then its identity must change, and every file made from
  // it.
  const auto dataset = datasets::synthetic_ml10m();
  std::vector<datasets::Rating> scratch;
  Sha256 hash;
  for (uint32_t k = 0; k < dataset->users(); k += 97) {
    const auto history = dataset->history(k, scratch);
    std::string text = fmt::format("{}:", history.user);
    for (uint32_t at = 0; at < history.ratings.size(); ++at) {
      const auto& [item, time] = history.ratings[at];
      text += fmt::format(" {}@{}={}", item, time, datasets::synthetic::half_stars(k, at, time));
    }
    hash.update(text + "\n");
  }
  BOOST_TEST(hash.finish() == "81383a7a413f4cce6bf9687c14c17e84b82bdc776d57fb9ae28a645d5022a3b3");
  BOOST_TEST(sha256_hex(datasets::synthetic::make_movies_file(dataset->items())) ==
             "35d76e37bd51607b2eedc9c2193e45c52990e444044ea55ab8e901fa5db7ba08");
}

BOOST_AUTO_TEST_CASE(a_history_depends_on_its_user_alone) {
  const auto dataset = datasets::synthetic_ml10m();
  std::vector<datasets::Rating> scratch;
  const auto first = dataset->history(40'000, scratch);
  const std::vector<datasets::Rating> expected(first.ratings.begin(), first.ratings.end());
  dataset->history(7, scratch);
  const auto again = datasets::synthetic_ml10m()->history(40'000, scratch);
  BOOST_REQUIRE(again.ratings.size() == expected.size());
  for (size_t at = 0; at < expected.size(); ++at) {
    BOOST_TEST(again.ratings[at].item == expected[at].item);
    BOOST_TEST(again.ratings[at].time == expected[at].time);
  }
}

BOOST_AUTO_TEST_CASE(titles_have_the_oddities_of_the_real_ones) {
  const auto dataset = datasets::synthetic_ml10m();
  std::istringstream file(datasets::synthetic::make_movies_file(dataset->items()));
  uint64_t lines = 0;
  uint64_t quotes = 0;
  uint64_t colons = 0;
  uint64_t accents = 0;
  uint64_t no_genres = 0;
  uint64_t without_year = 0;
  std::map<std::string, int> titles;
  for (std::string line; std::getline(file, line); ++lines) {
    const size_t first = line.find("::");
    const size_t last = line.rfind("::");
    BOOST_TEST_REQUIRE(first < last);
    const std::string title = line.substr(first + 2, last - first - 2);
    BOOST_TEST_REQUIRE(title.find("::") == std::string::npos);
    ++titles[title];
    quotes += title.find('"') != std::string::npos ? 1U : 0U;
    colons += title.find(':') != std::string::npos ? 1U : 0U;
    accents +=
        std::any_of(title.begin(), title.end(), [](char byte) { return byte < 0; }) ? 1U : 0U;
    no_genres += line.substr(last + 2) == "(no genres listed)" ? 1U : 0U;
    without_year +=
        title.size() > 7 && title.back() == ')' && title[title.size() - 6] == '(' ? 0U : 1U;
  }
  BOOST_TEST(lines == 10'681U);
  BOOST_TEST(quotes == 2U);
  BOOST_TEST(colons == 537U);
  BOOST_TEST(accents == 386U);
  BOOST_TEST(no_genres == 1U);
  BOOST_TEST(without_year == 0U);
  BOOST_TEST(titles.size() == lines - 1);  // one title of two movies
}

BOOST_AUTO_TEST_CASE(the_written_folder_reads_back_as_the_same_data) {
  if (skip_when_sanitized()) {
    return;
  }
  const test::TempDir folder;
  const std::string path = folder / "made/ml-10m";
  uint64_t calls = 0;
  const Status written = datasets::write_synthetic_ml10m(path, [&](uint64_t done, uint64_t total) {
    ++calls;
    BOOST_TEST_REQUIRE(done <= total);
  });
  BOOST_REQUIRE_MESSAGE(written.ok(), (written.ok() ? "" : written.error().message()));
  BOOST_TEST(calls > 0U);
  const auto read = datasets::open_movielens(path, nullptr);
  BOOST_REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().message()));
  const auto made = datasets::synthetic_ml10m();
  BOOST_TEST((*read)->users() == made->users());
  BOOST_TEST((*read)->ratings() == made->ratings());
  BOOST_TEST(std::equal((*read)->items().begin(), (*read)->items().end(), made->items().begin(),
                        made->items().end()));
  std::vector<datasets::Rating> scratch;
  std::vector<datasets::Rating> other_scratch;
  uint64_t differences = 0;
  for (uint32_t k = 0; k < made->users(); ++k) {
    const auto one = made->history(k, scratch);
    const auto other = (*read)->history(k, other_scratch);
    const bool same = one.user == other.user &&
                      std::equal(one.ratings.begin(), one.ratings.end(), other.ratings.begin(),
                                 other.ratings.end(), [](const auto& a, const auto& b) {
                                   return a.item == b.item && a.time == b.time;
                                 });
    differences += same ? 0U : 1U;
  }
  BOOST_TEST(differences == 0U);
  const Status again = datasets::write_synthetic_ml10m(path, nullptr);
  BOOST_REQUIRE(!again.ok());
  BOOST_TEST(again.error().message() ==
             path + "/tags.dat: exists already, expected a folder without it");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
