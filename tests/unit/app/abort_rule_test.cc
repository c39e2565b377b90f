// SPDX-License-Identifier: MIT
#include "abort_rule.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace macaw::app {

namespace {

AbortWatch watch(std::string_view text) {
  auto rule = parse_abort_rule(text);
  BOOST_REQUIRE(rule.ok());
  return AbortWatch(std::move(rule).value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(abort_rule_test)

BOOST_AUTO_TEST_CASE(forms) {
  const auto share = parse_abort_rule("errors>50% for 10s");
  BOOST_REQUIRE(share.ok());
  BOOST_TEST(share->is_share);
  BOOST_TEST(share->value == 0.5);
  BOOST_TEST(!share->or_equal);
  BOOST_TEST(share->span_s == 10U);
  const auto count = parse_abort_rule("  errors >= 1k for 1m ");
  BOOST_REQUIRE(count.ok());
  BOOST_TEST(!count->is_share);
  BOOST_TEST(count->value == 1000);
  BOOST_TEST(count->or_equal);
  BOOST_TEST(count->span_s == 60U);
}

BOOST_DATA_TEST_CASE(
    bad_rules,
    std::vector<std::string>({"", "errors", "errors>", "errors>50%", "errors<5%", "errors>50 for",
                              "errors>101% for 10s", "errors>-1% for 10s", "errors>x% for 10s",
                              "errors>1.5 for 10s", "errors>5% for 1.5s", "errors>5% for 0s",
                              "errors>5% for 2h", "p99>5ms for 10s", "errors>5% for 10s please"}),
    text) {
  BOOST_TEST(!parse_abort_rule(text).ok());
}

BOOST_AUTO_TEST_CASE(waits_for_a_whole_span) {
  AbortWatch share = watch("errors>50% for 3s");
  BOOST_TEST(!share.observe(1, 100, 100));
  BOOST_TEST(!share.observe(2, 200, 200));
  const auto why = share.observe(3, 300, 300);
  BOOST_REQUIRE(why);
  BOOST_TEST(*why ==
             "aborted: 300 errors among the 300 requests that ended in the last 3 s (errors>50% "
             "for 3s)");
}

BOOST_AUTO_TEST_CASE(looks_at_the_last_span_only) {
  AbortWatch share = watch("errors>50% for 2s");
  BOOST_TEST(!share.observe(1, 1000, 0));
  BOOST_TEST(!share.observe(2, 2000, 0));
  // 40 of 80, then 70 of 80: thousands of good ones before do not count.
  BOOST_TEST(!share.observe(3, 2040, 40));
  BOOST_TEST(!share.observe(4, 2080, 40));
  BOOST_TEST(!share.observe(5, 2120, 80));
  BOOST_TEST(share.observe(6, 2160, 110).has_value());
}

BOOST_AUTO_TEST_CASE(exactly_the_limit) {
  BOOST_TEST(!watch("errors>5 for 1s").observe(1, 10, 5));
  BOOST_TEST(watch("errors>=5 for 1s").observe(1, 10, 5).has_value());
  BOOST_TEST(watch("errors>4 for 1s").observe(1, 10, 5).has_value());
}

BOOST_AUTO_TEST_CASE(seconds_may_be_missing_or_come_twice) {
  AbortWatch count = watch("errors>=10 for 5s");
  BOOST_TEST(!count.observe(2, 100, 8));
  BOOST_TEST(!count.observe(2, 200, 100));  // the same second: not looked at
  // Second 9 looks back to the newest that is 5 s old or older: second 2.
  BOOST_TEST(!count.observe(9, 200, 17));
  BOOST_TEST(count.observe(14, 300, 27).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_ended_is_no_reason) {
  AbortWatch share = watch("errors>=0% for 1s");
  BOOST_TEST(!share.observe(1, 0, 0));
  BOOST_TEST(share.observe(2, 1, 0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::app
