// SPDX-License-Identifier: MIT

#include "src/stub/tokens.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(tokens_test)

BOOST_AUTO_TEST_CASE(a_token_lives_as_long_as_it_is_said) {
  TokenDesk desk(1);
  const std::string token = desk.issue(1000, 500);
  BOOST_TEST(token.size() == 26U);
  BOOST_TEST(token.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
  BOOST_TEST((desk.judge(token, 1499) == TokenDesk::Judgement::kValid));
  BOOST_TEST((desk.judge(token, 1500) == TokenDesk::Judgement::kExpired));
  BOOST_TEST((desk.judge("other", 1000) == TokenDesk::Judgement::kUnknown));
  BOOST_TEST((desk.judge("", 1000) == TokenDesk::Judgement::kUnknown));
}

BOOST_AUTO_TEST_CASE(tokens_follow_from_the_seed) {
  TokenDesk one(1);
  TokenDesk again(1);
  TokenDesk other(2);
  std::set<std::string> seen;
  for (int k = 0; k < 1000; ++k) {
    const std::string token = one.issue(0, 1);
    BOOST_REQUIRE(token == again.issue(5, 9));
    BOOST_REQUIRE(seen.insert(token).second);
    BOOST_REQUIRE(seen.insert(other.issue(0, 1)).second);
  }
}

BOOST_AUTO_TEST_CASE(the_oldest_go_when_there_are_too_many) {
  TokenDesk desk(1);
  const std::string first = desk.issue(0, 1000);
  const std::string second = desk.issue(0, 1000);
  for (size_t k = 2; k < TokenDesk::kTokensMax + 1; ++k) {
    desk.issue(0, 1000);
  }
  BOOST_TEST((desk.judge(first, 0) == TokenDesk::Judgement::kUnknown));
  BOOST_TEST((desk.judge(second, 0) == TokenDesk::Judgement::kValid));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
