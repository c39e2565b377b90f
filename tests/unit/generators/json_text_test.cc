// SPDX-License-Identifier: MIT
#include "../../../generators/json_text.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "macaw/base/random.h"

namespace macaw {

namespace {

std::string python(double number) {
  std::string text;
  generators::append_python_float(number, text);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_text_test)

BOOST_AUTO_TEST_CASE(floats_are_those_of_python) {
  // repr() of CPython 3.11.
  const std::vector<std::pair<double, std::string>> numbers{
      {0, "0.0"},
      {-0.0, "-0.0"},
      {1, "1.0"},
      {0.5, "0.5"},
      {0.1 + 0.2, "0.30000000000000004"},
      {1e-4, "0.0001"},
      {1e-5, "1e-05"},
      {1.5e-7, "1.5e-07"},
      {123456, "123456.0"},
      {9.9e15, "9900000000000000.0"},
      {1e16, "1e+16"},
      {-2.5e22, "-2.5e+22"},
      {5e-324, "5e-324"},
      {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
  };
  for (const auto& [number, expected] : numbers) {
    BOOST_TEST(python(number) == expected);
  }
}

BOOST_AUTO_TEST_CASE(floats_read_back_the_same) {
  Random random(11);
  for (int round = 0; round < 10'000; ++round) {
    const double number = (random.unit() - 0.5) * (round % 2 == 0 ? 10 : 1e-3);
    BOOST_TEST_REQUIRE(std::strtod(python(number).c_str(), nullptr) == number);
  }
}

BOOST_AUTO_TEST_CASE(strings_are_json) {
  std::string text;
  BOOST_TEST(generators::append_json_string("a\"b\\\n\x01 \xc3\xa9", text));
  BOOST_TEST(text == "\"a\\\"b\\\\\\n\\u0001 \xc3\xa9\"");
  for (const std::string bad : {"\xff", "a\xc3", "\xe2\x82", "\xc0\xaf"}) {
    BOOST_TEST(!generators::append_json_string(bad, text));
  }
}

BOOST_AUTO_TEST_CASE(quoting_is_that_of_the_scripts) {
  std::string plus;
  generators::append_quote_plus("{\"f1\": 3.5, \"a_b\": -1} ~", plus);
  BOOST_TEST(plus == "%7B%22f1%22%3A+3.5%2C+%22a_b%22%3A+-1%7D+%7E");
  std::string requests;
  generators::append_requests_quote("{\"data\": [0.5, 1.0]}\xc3\xa9", requests);
  BOOST_TEST(requests == "%7B%22data%22:%20[0.5,%201.0]%7D%C3%A9");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
