// SPDX-License-Identifier: MIT

#include "src/stub/error_rules.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(error_rules_test)

BOOST_AUTO_TEST_CASE(good_rules) {
  const auto rules = parse_error_rules("503=1%,seldon=0.5%,reset=0.1%,silent=0%,empty=25%,499=2%");
  BOOST_REQUIRE(rules.ok());
  BOOST_REQUIRE(rules->size() == 6U);
  BOOST_TEST((*rules)[0].kind == "503");
  BOOST_TEST((*rules)[0].share == 0.01);
  BOOST_TEST(status_of((*rules)[0]) == 503);
  BOOST_TEST((*rules)[1].kind == "seldon");
  BOOST_TEST((*rules)[1].share == 0.005);
  BOOST_TEST(status_of((*rules)[1]) == 0);
  BOOST_TEST((*rules)[5].kind == "499");
  BOOST_TEST(parse_error_rules("503=100%").ok());
  const auto calls = parse_error_rules("grpc14=1%,grpc1=2%,503=1%").value();
  BOOST_TEST(grpc_code_of(calls[0]) == 14);
  BOOST_TEST(status_of(calls[0]) == 0);
  BOOST_TEST(grpc_code_of(calls[1]) == 1);
  BOOST_TEST(grpc_code_of(calls[2]) == 0);
}

BOOST_AUTO_TEST_CASE(bad_rules) {
  for (const std::string_view text : {"",
                                      "503",
                                      "503=1",
                                      "503=%",
                                      "200=1%",
                                      "399=1%",
                                      "600=1%",
                                      "05030=1%",
                                      "slow=1%",
                                      "=1%",
                                      "503=-1%",
                                      "503=101%",
                                      "503=60%,reset=50%",
                                      "503=1%,503=2%",
                                      "503=1%,,reset=1%",
                                      "503=1%,x",
                                      "grpc=1%",
                                      "grpc0=1%",
                                      "grpc17=1%",
                                      "grpc014=1%",
                                      "grpcx=1%"}) {
    const auto rules = parse_error_rules(text);
    BOOST_REQUIRE_MESSAGE(!rules.ok(), text);
    BOOST_TEST(rules.error().message().starts_with("error rules '"), rules.error().message());
  }
  BOOST_TEST(parse_error_rules("503=1").error().message() ==
             "error rules '503=1': found '503=1', expected KIND=SHARE% as in 503=1%");
}

BOOST_AUTO_TEST_CASE(shares_hold_and_repeat) {
  const auto rules = parse_error_rules("503=10%,seldon=1%,reset=0%").value();
  constexpr uint64_t kRequests = 100'000;
  std::map<std::string, double> counts;
  for (uint64_t k = 0; k < kRequests; ++k) {
    const ErrorRule* const rule = pick_error(rules, /*seed=*/3, k);
    counts[rule == nullptr ? "none" : rule->kind] += 1;
    BOOST_REQUIRE(rule == pick_error(rules, 3, k));
  }
  const auto check = [&](const std::string& kind, double share) {
    const double sd = std::sqrt(share * (1 - share) * static_cast<double>(kRequests));
    BOOST_TEST(std::abs(counts[kind] - share * static_cast<double>(kRequests)) <= 5 * sd, kind);
  };
  check("503", 0.1);
  check("seldon", 0.01);
  check("none", 0.89);
  BOOST_TEST(counts["reset"] == 0);
}

BOOST_AUTO_TEST_CASE(all_or_none) {
  const auto always = parse_error_rules("empty=100%").value();
  for (uint64_t k = 0; k < 1000; ++k) {
    BOOST_REQUIRE(pick_error(always, 1, k) == &always[0]);
    BOOST_REQUIRE(pick_error({}, 1, k) == nullptr);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
