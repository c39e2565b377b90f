// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "../../../datasets/time_text.h"
#include "support/temp_dir.h"
#include "web_text.h"

namespace macaw {

namespace {

using datasets::WebFormat;
using test::TempDir;

std::string log_line(std::string_view line) {
  datasets::WebRequest request;
  datasets::Finding unusable;
  return datasets::parse_access_log_line(line, request, unusable)
             ? test::web_text(request)
             : "UNUSABLE " + test::finding_text(unusable);
}

/// Only the request field differs.
std::string requested(std::string_view request) {
  return log_line(fmt::format(R"(h - - [17/May/2015:10:05:03 +0000] "{}" 200 1)", request));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(access_log_test)

BOOST_AUTO_TEST_CASE(common_and_combined) {
  BOOST_TEST(log_line(R"(1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET /a?b=1 HTTP/1.1" 200 99)") ==
             "0:1 GET /a?b=1 @2015-05-17T10:05:03.000Z status=200 client=1.2.3.4");
  BOOST_TEST(log_line(R"(::1 - ann [17/May/2015:10:05:03 -0730] "HEAD / HTTP/1.0" 304 - )"
                      R"("http://a.example/" "Agent \"7\" (x\x29")") ==
             "0:1 HEAD / [Referer: http://a.example/] [User-Agent: Agent \"7\" (x)] "
             "@2015-05-17T17:35:03.000Z status=304 client=::1 login=ann");
  // Fields of one's own behind it, and "-" for what there was not.
  BOOST_TEST(
      log_line(R"(h - - [01/Jan/1970:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-" 0.02)") ==
      "0:1 GET / @1970-01-01T00:00:00.000Z status=200 client=h");
  // nginx' $time_iso8601, and a user with blanks.
  BOOST_TEST(log_line(R"(h - a b c [2023-03-29T17:37:42.5-07:00] "GET / HTTP/2.0" 200 5)") ==
             "0:1 GET / @2023-03-30T00:37:42.500Z status=200 client=h login=a b c");
}

BOOST_AUTO_TEST_CASE(virtual_hosts_make_absolute_urls) {
  const std::string rest = R"( 1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 1)";
  const std::string ends = " @2015-05-17T10:05:03.000Z status=200 client=1.2.3.4";
  BOOST_TEST(log_line("a.example:80" + rest) == "0:1 GET http://a.example/a" + ends);
  BOOST_TEST(log_line("a.example:8080" + rest) == "0:1 GET http://a.example:8080/a" + ends);
  BOOST_TEST(log_line("a.example:443" + rest) == "0:1 GET https://a.example/a" + ends);
}

BOOST_AUTO_TEST_CASE(the_target_is_what_stood_on_the_wire) {
  const std::string ends = " @2015-05-17T10:05:03.000Z status=200 client=h";
  BOOST_TEST(requested(R"(GET /a%20b\"c\\d\x41 HTTP/1.1)") == R"(0:1 GET /a%20b"c\dA)" + ends);
  BOOST_TEST(requested("GET /a b HTTP/1.1") == "0:1 GET /a b" + ends);  // refused later, by name
  BOOST_TEST(requested("GET /old") == "0:1 GET /old" + ends);
  BOOST_TEST(requested("GET http://p.example/x HTTP/1.1") == "0:1 GET http://p.example/x" + ends);
  BOOST_TEST(requested("CONNECT a:443 HTTP/1.1") == "0:1 CONNECT a:443" + ends);
}

BOOST_AUTO_TEST_CASE(lines_that_hold_no_request) {
  const std::string none = "no HTTP request in the line: found ";
  const std::string expected = ", expected METHOD target PROTOCOL";
  BOOST_TEST(requested("-") == "UNUSABLE 0:37 " + none + "'-'" + expected);
  BOOST_TEST(requested(R"(\x16\x03\x01)") ==
             "UNUSABLE 0:37 " + none + R"('\x16\x03\x01')" + expected);
  BOOST_TEST(
      log_line(R"(h - - [31/Jun/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1)") ==
      "UNUSABLE 0:8 no time in the line: found '31/Jun/2015:10:05:03 +0000', expected a time "
      "such as 17/May/2015:10:05:03 +0000");
  BOOST_TEST(log_line(R"(h - - [17/May/2015:10:05:03 +0000] "GET /never-ends)")
                 .starts_with("UNUSABLE 0:37 a line that is cut off: "));
  for (const char* line :
       {"hello", "#Fields: date time", "h - [17/May/2015:10:05:03 +0000] \"GET /\"",
        R"(h - - 17/May/2015 "GET / HTTP/1.1" 200 1)"}) {
    BOOST_TEST(log_line(line).starts_with("UNUSABLE 0:1 no line of the Common Log Format: found '"),
               line);
  }
}

BOOST_AUTO_TEST_CASE(a_line_cut_off_in_the_agent_still_has_its_request) {
  BOOST_TEST(log_line(R"(h - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "-" "Moz)") ==
             "0:1 GET / @2015-05-17T10:05:03.000Z status=200 client=h "
             "!0:63 User-Agent cut off, left out");
}

BOOST_AUTO_TEST_CASE(times) {
  const auto iso = [](std::string_view text) {
    const auto time = datasets::parse_iso_time(text);
    return time ? std::to_string(time->time_since_epoch().count()) : "none";
  };
  BOOST_TEST(iso("1970-01-02T00:00:00Z") == "86400000000000");
  BOOST_TEST(iso("2000-02-29T23:59:60.123456789+00:00") == "951868800123456789");
  BOOST_TEST(iso("2023-03-29T17:37:42.482-0700") == "1680136662482000000");
  BOOST_TEST(iso("2023-03-29 17:37:42") == "1680111462000000000");
  for (const char* bad : {"", "2023", "2023-02-29T00:00:00Z", "2023-03-29T24:00:00Z",
                          "2023-03-29T17:37:42.Z", "2023-03-29T17:37:42+1", "1969-12-31T23:59:59Z",
                          "2023-03-29T17:37:42Zx", "2262-01-01T00:00:00Z", "2023-3-29T17:37:42Z"}) {
    BOOST_TEST(iso(bad) == "none", bad);
  }
  for (const char* bad : {"", "17/may/2015:10:05:03 +0000", "17/May/2015:10:05:03",
                          "17/May/2015 10:05:03 +0000", "7/May/2015:10:05:03 +0000"}) {
    BOOST_TEST(!datasets::parse_log_time(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(files_have_places) {
  const TempDir folder;
  const std::string path =
      folder.write("log",
                   "\xef\xbb\xbf-\r\n\n"
                   "h - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1\r\n  \nx");
  test::check_items(
      test::web_items(WebFormat::kAccessLog, path),
      {"UNUSABLE 1:4 no line of the Common Log Format: found '-', expected: client ident user "
       "[day/Mon/year:h:m:s zone] \"METHOD target PROTOCOL\" status bytes",
       "3:1 GET / @2015-05-17T10:05:03.000Z status=200 client=h",
       "UNUSABLE 5:1 no line of the Common Log Format: found 'x', expected: client ident user "
       "[day/Mon/year:h:m:s zone] \"METHOD target PROTOCOL\" status bytes"});
  BOOST_TEST(
      test::web_items(WebFormat::kAccessLog, folder / "none").front().starts_with(folder / "none"));
}

BOOST_AUTO_TEST_CASE(a_real_log) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string path =
      std::string(data == nullptr ? "" : data) + "/weblogs/elastic_apache_combined_10k.log";
  if (!std::filesystem::exists(path)) {
    BOOST_TEST_MESSAGE("SKIPPED: no weblogs in $MACAW_TEST_DATA");
    return;
  }
  auto reader = datasets::open_web_requests(WebFormat::kAccessLog, path);
  BOOST_REQUIRE(reader.ok());
  std::map<std::string, int> methods;
  int remarks = 0;
  datasets::WebRequest request;
  datasets::Finding unusable;
  for (;;) {
    const auto item = (*reader)->next(request, unusable);
    BOOST_REQUIRE(item.ok());
    if (*item == datasets::WebItem::kEnd) {
      break;
    }
    BOOST_REQUIRE_MESSAGE(*item == datasets::WebItem::kRequest, test::finding_text(unusable));
    ++methods[request.method];
    remarks += static_cast<int>(request.remarks.size());
    BOOST_TEST(request.time.has_value());
    BOOST_TEST(request.status.has_value());
    BOOST_TEST(!request.client.empty());
  }
  // The line that is cut off is a GET, and has its request.
  BOOST_TEST(methods["GET"] == 9'952);
  BOOST_TEST(methods["HEAD"] == 42);
  BOOST_TEST(methods["POST"] == 5);
  BOOST_TEST(methods["OPTIONS"] == 1);
  BOOST_TEST(methods.size() == 4U);
  BOOST_TEST(remarks == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
