// SPDX-License-Identifier: MIT
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "play_settings.h"
#include "stub_settings.h"

namespace macaw::app {

BOOST_AUTO_TEST_SUITE(play_parsers_test)

BOOST_AUTO_TEST_CASE(speeds_are_exact_fractions) {
  const auto is = [](std::string_view text, uint32_t nominal, uint32_t run) {
    const auto speed = parse_speed(text);
    return speed.ok() && *speed == replay::Speed{nominal, run};
  };
  BOOST_TEST(is("2", 2, 1));
  BOOST_TEST(is("2x", 2, 1));
  BOOST_TEST(is("200%", 2, 1));
  BOOST_TEST(is("0.5", 1, 2));
  BOOST_TEST(is("0.1", 1, 10));
  BOOST_TEST(is(".25x", 1, 4));
  BOOST_TEST(is("12.5%", 1, 8));
  BOOST_TEST(is("1.000", 1, 1));
}

BOOST_DATA_TEST_CASE(bad_speeds,
                     std::vector<std::string>({"", "0", "0.0", "x", "%", ".", "-1", "1e3", "1.2.3",
                                               "2 x", "2xx", "99999999999", "0.00000000001"}),
                     text) {
  BOOST_TEST(!parse_speed(text).ok());
}

BOOST_AUTO_TEST_CASE(body_sizes) {
  const auto size = [](std::string_view text) { return parse_body_size(text).value(); };
  BOOST_TEST(size("1") == 1U);
  BOOST_TEST(size("64k") == 65536U);
  BOOST_TEST(size("64m") == 64U << 20);
  for (const char* bad : {"", "0", "0k", "k", "65m", "67108865", "-1", "1g", "1.5m", "1 k",
                          "99999999999999999999k"}) {
    BOOST_TEST(!parse_body_size(bad).ok(), bad);
  }
}

BOOST_AUTO_TEST_CASE(connect_to_takes_hosts_of_all_kinds) {
  const auto rule = parse_connect_to("seldon-server:80:[::1]:8080");
  BOOST_REQUIRE(rule.ok());
  BOOST_TEST(rule->from.host == "seldon-server");
  BOOST_TEST(rule->from.port == 80);
  BOOST_TEST(rule->to.host == "::1");
  BOOST_TEST(rule->to.port == 8080);
}

BOOST_DATA_TEST_CASE(bad_connect_to,
                     std::vector<std::string>({"", "a:1", "a:1:b", "a:1:b:2:", "a:1:b:2:c",
                                               ":1:b:2", "a::b:2", "a:1:b:x", "a:1:b:99999",
                                               "[a:1:b:2"}),
                     text) {
  BOOST_TEST(!parse_connect_to(text).ok());
}

BOOST_AUTO_TEST_CASE(headers) {
  const auto header = parse_header("X-Trace:  a: b ");
  BOOST_REQUIRE(header.ok());
  BOOST_TEST(header->name == "X-Trace");
  BOOST_TEST(header->value == "a: b ");
  for (const char* bad : {"", "X", ": x", "a b: c", "a: b\r\nc: d", "a: b\nc"}) {
    BOOST_TEST(!parse_header(bad).ok(), bad);
  }
}

BOOST_AUTO_TEST_CASE(row_policies) {
  BOOST_TEST(parse_rows("all")->describe() == "all");
  BOOST_TEST(parse_rows("errors")->describe() == "errors");
  BOOST_TEST(parse_rows("sample:1k")->describe() == "sample:1000");
  for (const char* bad : {"", "none", "sample", "sample:", "sample:0", "sample:x", "ALL"}) {
    BOOST_TEST(!parse_rows(bad).ok(), bad);
  }
}

BOOST_AUTO_TEST_CASE(latency_rules_have_a_path_or_none) {
  BOOST_TEST(parse_latency_rule("5ms")->first == "");
  BOOST_TEST(parse_latency_rule("/js/action=quantiles:50=10ms,100=20ms")->first == "/js/action");
  for (const char* bad : {"", "/js", "/js=", "js=5ms", "soon"}) {
    BOOST_TEST(!parse_latency_rule(bad).ok(), bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::app
