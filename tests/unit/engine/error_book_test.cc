// SPDX-License-Identifier: MIT
//
// Errors are told once and counted for ever, in bounded memory.

#include "replay/engine/error_book.h"

#include <boost/test/unit_test.hpp>
#include <string>

using macaw::replay::ErrorBook;
using macaw::stats::Outcome;

BOOST_AUTO_TEST_SUITE(error_book_test)

BOOST_AUTO_TEST_CASE(the_first_of_a_kind_is_told_the_rest_is_counted) {
  ErrorBook book;
  const auto* first = book.count(Outcome::kReset, 1, "reset", 17);
  BOOST_REQUIRE(first != nullptr);
  BOOST_TEST(first->first_index == 17U);
  BOOST_TEST((book.count(Outcome::kReset, 1, "reset", 18) == nullptr));
  BOOST_TEST((book.count(Outcome::kReset, 1, "reset", 19) == nullptr));
  BOOST_TEST((book.count(Outcome::kReset, 2, "reset", 20) != nullptr));
  BOOST_TEST((book.count(Outcome::kTimeout, 1, "reset", 21) != nullptr));
  uint64_t untold = 0;
  book.for_each_untold([&](ErrorBook::Entry& entry) {
    untold += entry.untold;
    entry.untold = 0;
  });
  BOOST_TEST(untold == 2U);
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_beyond_the_bound) {
  ErrorBook book;
  uint64_t told = 0;
  constexpr uint64_t kErrors = 10'000;
  for (uint64_t k = 0; k < kErrors; ++k) {
    const auto outcome = k % 2 == 0 ? Outcome::kMalformed : Outcome::kHttpError;
    told += book.count(outcome, 1, "kind " + std::to_string(k), k) != nullptr ? 1U : 0U;
  }
  uint64_t untold = 0;
  book.for_each_untold([&](const ErrorBook::Entry& entry) { untold += entry.untold; });
  BOOST_TEST(told + untold == kErrors);
  BOOST_TEST(told <= 64U + 2U);
}

BOOST_AUTO_TEST_CASE(long_reasons_are_cut_and_still_equal) {
  ErrorBook book;
  const std::string reason(500, 'x');
  BOOST_TEST((book.count(Outcome::kMalformed, 1, reason, 0) != nullptr));
  BOOST_TEST((book.count(Outcome::kMalformed, 1, reason, 1) == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
