// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "support/temp_dir.h"
#include "web_text.h"

namespace macaw {

namespace {

using datasets::WebFormat;
using test::TempDir;

std::vector<std::string> entries_of(const std::string& text) {
  auto found = datasets::parse_har(text, "f.har");
  if (!found.ok()) {
    return {found.error().message()};
  }
  std::vector<std::string> items;
  for (const auto& each : *found) {
    items.push_back(each.unusable ? "UNUSABLE " + test::finding_text(*each.unusable)
                                  : test::web_text(each.request));
  }
  return items;
}

/// An archive with one entry of this request, and what else stands in the entry.
std::string archive(const std::string& request, const std::string& more = {}) {
  return R"({"log":{"version":"1.2","entries":[{"startedDateTime":"2023-03-30T00:00:54.250Z",)" +
         more + R"("request":)" + request + "}]}}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(har_test)

BOOST_AUTO_TEST_CASE(method_url_headers_time_and_status) {
  test::check_items(
      entries_of("{\n \"log\": {\"pages\":[{\"startedDateTime\":\"x\"}], \"entries\": [\n"
                 R"({"response":{"status":204,"headers":[{"name":"A","value":"answer"}]},)"
                 R"("request":{"method":"GET","url":"https://a.example/?=","headers":[)"
                 R"({"name":"Accept","value":"*/*"},{"name":":path","value":"/","comment":"c"}],)"
                 R"("cookies":[{"name":"n","value":"v"}],"bodySize":0},)"
                 "\"startedDateTime\":\"2023-03-29T17:37:42.482-07:00\"},\n\n  "
                 R"({"request":{"url":"http://b/","method":"HEAD"},"_fromCache":"disk",)"
                 R"("startedDateTime":"2023-03-30T00:00:54.250Z"}]}})"),
      {"3:1 GET https://a.example/?= [Accept: */*] [:path: /] @2023-03-30T00:37:42.482Z status=204",
       "5:3 HEAD http://b/ @2023-03-30T00:00:54.250Z cached"});
}

BOOST_AUTO_TEST_CASE(posted_text_and_base64) {
  const std::string begin = R"({"method":"POST","url":"/p","postData":{"mimeType":"a/b",)";
  const std::string at = "1:36 POST /p ";
  const std::string time = " @2023-03-30T00:00:54.250Z";
  test::check_items(entries_of(archive(begin + R"("text":"{\"x\":\"\u00e4\"}"}})")),
                    {at + "[Content-Type: a/b] {{\"x\":\"\xc3\xa4\"}}" + time});
  test::check_items(entries_of(archive(begin + R"("text":"AAE=","encoding":"base64"}})")),
                    {at + std::string("[Content-Type: a/b] {\0\1}", 24) + time});
  test::check_items(
      entries_of(archive(R"({"method":"POST","url":"/p","bodySize":17,"headers":[]})")),
      {"1:36 POST /p" + time + " !1:36 body not recorded, sent without one"});
  for (const char* lost :
       {R"("params":[{"name":"a","value":"b"}]}})", R"("text":"A*","encoding":"base64"}})"}) {
    const auto items = entries_of(archive(begin + lost));
    BOOST_TEST_REQUIRE(items.size() == 1U);
    BOOST_TEST(items[0].starts_with("UNUSABLE 1:36 posted data that the archive does not hold: "));
  }
}

BOOST_AUTO_TEST_CASE(entries_without_a_request_or_a_time) {
  for (const char* request : {"{}", "null", R"({"method":"GET"})", R"({"method":5,"url":"/"})"}) {
    const auto items = entries_of(archive(request));
    BOOST_TEST_REQUIRE(items.size() == 1U);
    BOOST_TEST(items[0] ==
               "UNUSABLE 1:36 no request in the entry: found no method or no url, expected both in "
               "\"request\"");
  }
  test::check_items(
      entries_of(R"({"log":{"entries":[{"startedDateTime":"now","request":)"
                 R"({"method":"GET","url":"/"}}]}})"),
      {"UNUSABLE 1:20 no time in the entry: found startedDateTime 'now', expected a time such as "
       "2023-03-29T17:37:42.482Z"});
  test::check_items(entries_of(R"({"log":{"entries":[]}})"), {});
}

BOOST_AUTO_TEST_CASE(what_is_no_archive) {
  test::check_items(entries_of("{\"log\":\n {\"entries\": [}"),
                    {"f.har:2:15: found no valid JSON (Invalid value.), expected an HTTP Archive"});
  test::check_items(entries_of("{}"), {"f.har: found no \"entries\" in \"log\", expected an HTTP "
                                       "Archive (HAR 1.2)"});
  test::check_items(entries_of("[[{\"log\":{\"entries\":[]}}]]"),
                    {"f.har: found no \"entries\" in \"log\", expected an HTTP Archive (HAR 1.2)"});
  // Deep nesting costs no stack.
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  BOOST_TEST(entries_of(archive(R"({"method":"GET","url":"/"})", "\"x\":" + deep + ",")).size() ==
             1U);
}

BOOST_AUTO_TEST_CASE(real_archives) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string folder = std::string(data == nullptr ? "" : data) + "/har/mitmproxy_";
  if (!std::filesystem::exists(folder + "chrome.har")) {
    BOOST_TEST_MESSAGE("SKIPPED: no har in $MACAW_TEST_DATA");
    return;
  }
  const auto items = [&](const std::string& name) {
    return test::web_items(WebFormat::kHar, folder + name + ".har");
  };
  test::check_items(items("charles"),
                    {"9:13 GET https://mitmproxy.org/?= [Host: mitmproxy.org] "
                     "[User-Agent: Charles/4.6.3] @2023-03-30T00:37:42.482Z status=200"});
  BOOST_TEST(items("chrome").size() == 3U);
  for (const std::string& item : items("chrome")) {
    BOOST_TEST(item.find(" GET https://") != std::string::npos, item);
  }
  const auto head = items("head-content-length");
  BOOST_TEST_REQUIRE(head.size() == 1U);
  BOOST_TEST(head[0].find(" HEAD https://files.pythonhosted.org/") != std::string::npos);
  BOOST_TEST(head[0].find(" @2023-12-12T16:23:16.067Z status=200") != std::string::npos);
  const auto post = items("postdata");
  BOOST_TEST_REQUIRE(post.size() == 1U);
  BOOST_TEST(post[0].find(R"( {{"metadata":{"pageViewId":1689428126308,)") != std::string::npos);
  // The same with a byte order mark before it.
  BOOST_TEST(items("with-bom") == post, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
