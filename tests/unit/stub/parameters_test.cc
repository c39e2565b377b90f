// SPDX-License-Identifier: MIT

#include "src/stub/parameters.h"

#include <boost/test/unit_test.hpp>

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(parameters_test)

http::Request request(std::string target) {
  http::Request made;
  made.method = "GET";
  made.target = std::move(target);
  return made;
}

BOOST_AUTO_TEST_CASE(query_and_form) {
  http::Request post = request("/p?a=1&b=%C3%A9+%26&c&=x&&a=2");
  post.headers = {{"content-type", "Application/X-www-form-urlencoded; charset=UTF-8"}};
  post.body = "d=4&a=3";
  const Parameters parameters(post);
  BOOST_TEST(parameters.get("a").value() == "1");
  BOOST_TEST(parameters.get("b").value() == "\xC3\xA9 &");
  BOOST_TEST(parameters.get("d").value() == "4");
  BOOST_TEST(!parameters.get("e").has_value());
  const std::vector<std::pair<std::string, std::string>> all = {
      {"a", "1"}, {"b", "\xC3\xA9 &"}, {"c", ""}, {"", "x"}, {"a", "2"}, {"d", "4"}, {"a", "3"}};
  BOOST_TEST((parameters.all() == all));
  post.headers[0].second = "application/json";
  BOOST_TEST(!Parameters(post).get("d").has_value());
}

BOOST_AUTO_TEST_CASE(integers_as_java_reads_them) {
  BOOST_TEST(parse_int("0").value() == 0);
  BOOST_TEST(parse_int("-12").value() == -12);
  BOOST_TEST(parse_int("+12").value() == 12);
  BOOST_TEST(parse_int("2147483647").value() == 2147483647);
  for (const std::string_view bad : {"", "x", "1x", "1.0", "+-1", "2147483648", "1 "}) {
    BOOST_TEST(!parse_int(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(booleans_as_spring_reads_them) {
  BOOST_TEST(parse_bool("True").value());
  BOOST_TEST(parse_bool("1").value());
  BOOST_TEST(!parse_bool("off").value());
  BOOST_TEST(!parse_bool("maybe").has_value());
}

BOOST_AUTO_TEST_CASE(json_strings) {
  BOOST_TEST(json_string(std::string_view("plain \xC3\xA9")) == "\"plain \xC3\xA9\"");
  BOOST_TEST(json_string(std::string_view("\"\\/\b\f\n\r\t\x01\x1f")) ==
             R"("\"\\/\b\f\n\r\t\u0001\u001F")");
  BOOST_TEST(json_string(std::optional<std::string>()) == "null");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
