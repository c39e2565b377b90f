// SPDX-License-Identifier: MIT
#include "macaw/http/cookie_jar.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace macaw::http {

namespace {

constexpr int64_t kNow = 1'700'000'000;

std::string header_of(const CookieJar& jar, std::string_view path, int64_t now = kNow) {
  std::string header;
  jar.append_to(header, path, now);
  return header;
}

CookieJar jar_with(const std::vector<std::string>& set_cookies, std::string_view path = "/a/b") {
  CookieJar jar;
  for (const std::string& line : set_cookies) {
    jar.store(line, path, kNow);
  }
  return jar;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cookie_jar_test)

BOOST_AUTO_TEST_CASE(cookies_come_back) {
  const CookieJar jar = jar_with({"SID=31d4d96e407aad42; Path=/; HttpOnly", " lang = en-US ",
                                  "q=\"a b\"; path=/a/b", "empty=; Path=/"});
  BOOST_TEST(header_of(jar, "/a/b") == "q=\"a b\"; lang=en-US; SID=31d4d96e407aad42; empty=");
  BOOST_TEST(header_of(jar, "/a/c") == "lang=en-US; SID=31d4d96e407aad42; empty=");
  BOOST_TEST(header_of(jar, "/ab") == "SID=31d4d96e407aad42; empty=");
}

BOOST_AUTO_TEST_CASE(a_path_is_a_path_and_no_prefix) {
  BOOST_TEST(header_of(jar_with({"a=1; Path=/x"}), "/xy").empty());
  BOOST_TEST(header_of(jar_with({"a=1; Path=/x"}), "/x/y") == "a=1");
  BOOST_TEST(header_of(jar_with({"a=1; Path=/x/"}), "/x").empty());
  BOOST_TEST(header_of(jar_with({"a=1; Path=x"}, "/deep/er"), "/deep/other") == "a=1");
  BOOST_TEST(header_of(jar_with({"a=1"}, "/top"), "/anything") == "a=1");
}

BOOST_AUTO_TEST_CASE(a_new_value_takes_the_old_ones_place) {
  CookieJar jar = jar_with({"a=1", "b=2", "a=3", "a=4; Path=/"});
  BOOST_TEST(header_of(jar, "/a/b") == "a=3; b=2; a=4");
  jar.store("a=; Max-Age=0", "/a/b", kNow);
  BOOST_TEST(header_of(jar, "/a/b") == "b=2; a=4");
  jar.store("b=gone; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "/a/b", kNow);
  jar.store("a=; Path=/; Max-Age=-1; Expires=Wed, 09 Jun 2100 10:18:14 GMT", "/a/b", kNow);
  BOOST_TEST(jar.empty());
}

BOOST_AUTO_TEST_CASE(cookies_expire) {
  const CookieJar jar = jar_with({"a=1; Max-Age=10", "b=2; Expires=Tue, 14 Nov 2023 22:13:25 GMT",
                                  "c=3; max-age=99999999999999999", "d=4; Max-Age=1x"});
  BOOST_TEST(header_of(jar, "/a/", kNow) == "a=1; b=2; c=3; d=4");
  BOOST_TEST(header_of(jar, "/a/", kNow + 5) == "a=1; c=3; d=4");
  BOOST_TEST(header_of(jar, "/a/", kNow + 10) == "c=3; d=4");
}

BOOST_AUTO_TEST_CASE(what_is_no_cookie_and_what_may_not_go_over_plain_http) {
  BOOST_TEST(
      jar_with({"", "novalue", "=x", ";Path=/", "a=1; Secure", "big=" + std::string(5000, 'x')})
          .empty());
}

BOOST_AUTO_TEST_CASE(the_oldest_goes) {
  CookieJar jar;
  for (int k = 0; k < 60; ++k) {
    jar.store("c" + std::to_string(k) + "=v", "/", kNow);
  }
  const std::string header = header_of(jar, "/");
  BOOST_TEST(header.starts_with("c10=v; "));
  BOOST_TEST(header.ends_with("; c59=v"));
}

BOOST_AUTO_TEST_CASE(dates_of_all_kinds) {
  BOOST_TEST(parse_cookie_date("Sun, 06 Nov 1994 08:49:37 GMT").value() == 784111777);
  BOOST_TEST(parse_cookie_date("Sunday, 06-Nov-94 08:49:37 GMT").value() == 784111777);
  BOOST_TEST(parse_cookie_date("Sun Nov  6 08:49:37 1994").value() == 784111777);
  BOOST_TEST(parse_cookie_date("6 nov 69 8:9:7").value() == 3150950947);
  BOOST_TEST(parse_cookie_date("1 Jan 1970 00:00:00").value() == 0);
  for (const std::string bad : {"", "tomorrow", "31 Feb 2020 00:00:00", "1 Jan 2020 24:00:00",
                                "1 Jan 2020 00:00", "1 Jan 1500 00:00:00", "1 Foo 2020 00:00:00"}) {
    BOOST_TEST(!parse_cookie_date(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::http
