// SPDX-License-Identifier: MIT
#include "../../../generators/row_draw.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <vector>

namespace macaw {

BOOST_AUTO_TEST_SUITE(row_draw_test)

BOOST_AUTO_TEST_CASE(in_order_it_begins_again_at_the_end) {
  generators::RowDraw draw(3, generators::RowDraw::Order::kInOrder, 1, 1);
  std::vector<uint64_t> batch;
  draw.next(2, batch);
  BOOST_TEST(batch == (std::vector<uint64_t>{0, 1}), boost::test_tools::per_element());
  draw.next(5, batch);
  BOOST_TEST(batch == (std::vector<uint64_t>{2, 0, 1, 2, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(by_lot_a_batch_is_distinct_and_every_place_uniform) {
  constexpr uint64_t kRows = 10;
  constexpr uint64_t kBatch = 4;
  constexpr uint64_t kRounds = 20'000;
  generators::RowDraw draw(kRows, generators::RowDraw::Order::kRandom, 5, 1);
  std::vector<uint64_t> batch;
  std::vector<std::vector<uint64_t>> seen(kBatch, std::vector<uint64_t>(kRows));
  for (uint64_t round = 0; round < kRounds; ++round) {
    draw.next(kBatch, batch);
    BOOST_TEST_REQUIRE(std::set<uint64_t>(batch.begin(), batch.end()).size() == kBatch);
    for (size_t place = 0; place < kBatch; ++place) {
      ++seen[place][batch[place]];
    }
  }
  // Binomial with n = 20000, p = 1/10: sd 42.4; five of them.
  for (const auto& place : seen) {
    for (const uint64_t count : place) {
      BOOST_TEST(count > 1'788U);
      BOOST_TEST(count < 2'212U);
    }
  }
}

BOOST_AUTO_TEST_CASE(all_rows_by_lot_are_a_permutation) {
  generators::RowDraw draw(7, generators::RowDraw::Order::kRandom, 1, 1);
  std::vector<uint64_t> batch;
  draw.next(7, batch);
  std::sort(batch.begin(), batch.end());
  BOOST_TEST(batch == (std::vector<uint64_t>{0, 1, 2, 3, 4, 5, 6}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
