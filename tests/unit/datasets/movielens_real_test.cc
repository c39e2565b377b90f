// SPDX-License-Identifier: MIT
//
// The real ml-latest-small, where a copy of it is at hand.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "macaw/datasets/ratings.h"

namespace macaw {

namespace {

/// Empty: there is no copy here.
std::string real_folder() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string folder = std::string(data == nullptr ? "" : data) + "/ml-latest-small";
  return std::filesystem::exists(folder) ? folder : std::string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(movielens_real_test)

BOOST_AUTO_TEST_CASE(reads_ml_latest_small) {
  const std::string folder = real_folder();
  if (folder.empty()) {
    BOOST_TEST_MESSAGE("SKIPPED: no ml-latest-small in $MACAW_TEST_DATA");
    return;
  }
  const auto dataset = datasets::open_movielens(folder, nullptr);
  BOOST_REQUIRE_MESSAGE(dataset.ok(), (dataset.ok() ? "" : dataset.error().message()));
  BOOST_TEST((*dataset)->users() == 610U);
  BOOST_TEST((*dataset)->ratings() == 100'836U);
  BOOST_TEST((*dataset)->items().size() == 9'742U);
  std::vector<datasets::Rating> scratch;
  std::set<uint32_t> rated;
  uint64_t out_of_order = 0;
  uint64_t ratings = 0;
  for (uint32_t k = 0; k < (*dataset)->users(); ++k) {
    const auto history = (*dataset)->history(k, scratch);
    BOOST_TEST_REQUIRE(history.user == k + 1);
    ratings += history.ratings.size();
    for (size_t at = 0; at < history.ratings.size(); ++at) {
      rated.insert(history.ratings[at].item);
      out_of_order += at > 0 && history.ratings[at].time < history.ratings[at - 1].time ? 1U : 0U;
    }
  }
  BOOST_TEST(ratings == 100'836U);
  BOOST_TEST(rated.size() == 9'724U);
  BOOST_TEST(out_of_order == 0U);
  BOOST_TEST((*dataset)->ratings_of(413) == 2'698U);  // user 414, the most active
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
