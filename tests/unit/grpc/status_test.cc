// SPDX-License-Identifier: MIT

#include "macaw/grpc/status.h"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::Nanos;
using macaw::grpc::decode_message;
using macaw::grpc::format_timeout;
using macaw::grpc::parse_status;

BOOST_AUTO_TEST_SUITE(status_test)

BOOST_AUTO_TEST_CASE(statuses) {
  BOOST_TEST(parse_status("0").value_or(-1) == 0);
  BOOST_TEST(parse_status("14").value_or(-1) == 14);
  BOOST_TEST(parse_status("99").value_or(-1) == 99);
  for (const char* text : {"", "100", "-1", "1 ", " 1", "OK", "1.0"}) {
    BOOST_TEST(!parse_status(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(messages_are_decoded) {
  const auto decoded = [](std::string_view text) {
    std::string out = "<";
    decode_message(text, out);
    return out;
  };
  BOOST_TEST(decoded("no%20luck%3a 100%25") == "<no luck: 100%");
  BOOST_TEST(decoded("a%0Ab%7f%zz%4") == "<a b %zz%4");
  BOOST_TEST(decoded("") == "<");
}

BOOST_AUTO_TEST_CASE(timeouts_take_the_finest_unit_that_fits) {
  BOOST_TEST(format_timeout(Nanos(1)) == "1n");
  BOOST_TEST(format_timeout(99'999'999ns) == "99999999n");
  BOOST_TEST(format_timeout(100'000'000ns) == "100000u");
  BOOST_TEST(format_timeout(20s) == "20000000u");
  BOOST_TEST(format_timeout(999s) == "999000m");
  BOOST_TEST(format_timeout(200'000s) == "200000S");
  BOOST_TEST(format_timeout(100'000'000ns + 1ns) == "100001u");  // never shorter than asked
  BOOST_TEST(format_timeout(Nanos::max()) == "2562048H");
}

BOOST_AUTO_TEST_SUITE_END()
