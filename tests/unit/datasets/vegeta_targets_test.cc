// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "support/temp_dir.h"
#include "web_text.h"

namespace macaw {

namespace {

using datasets::WebFormat;
using test::TempDir;

std::string json_line(std::string_view line) {
  datasets::WebRequest request;
  datasets::Finding unusable;
  return datasets::parse_vegeta_json_line(line, request, unusable)
             ? test::web_text(request)
             : "UNUSABLE " + test::finding_text(unusable);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vegeta_targets_test)

BOOST_AUTO_TEST_CASE(targets_headers_bodies_and_comments) {
  const TempDir folder;
  std::filesystem::create_directories(folder / "bodies");
  folder.write("bodies/a.json", "{\"a\":1}\n");
  const std::string path = folder.write("targets",
                                        "# what follows is from the manual\n"
                                        "GET http://goku:9090/path/to/dragon?item=ball\n"
                                        "GET http://user@goku/path\n"
                                        "  X-Account-ID : 8675309\n"
                                        "# in between\n"
                                        "X-Account-ID: 99:1\n"
                                        "\n\n"
                                        "POST http://goku:9090/things\r\n"
                                        "Content-Type: application/json\r\n"
                                        "@bodies/a.json\r\n"
                                        "DELETE http://goku:9090/things/1\n"
                                        "@ bodies/a.json");
  test::check_items(test::web_items(WebFormat::kVegetaHttp, path),
                    {"2:1 GET http://goku:9090/path/to/dragon?item=ball",
                     "3:1 GET http://user@goku/path [X-Account-ID: 8675309] [X-Account-ID: 99:1]",
                     "9:1 POST http://goku:9090/things [Content-Type: application/json] "
                     "{{\"a\":1}\n}",
                     "12:1 DELETE http://goku:9090/things/1 {{\"a\":1}\n}"});
}

BOOST_AUTO_TEST_CASE(what_is_no_target_ends_nothing) {
  const TempDir folder;
  const std::string path = folder.write("targets",
                                        "get http://lower/\n"
                                        "Accept: x\n"
                                        "\n"
                                        "GET http://a/\n"
                                        "  no header\n"
                                        "Empty:\n"
                                        "\n"
                                        "GET http://b/\n"
                                        "@no/such/file\n"
                                        "GET http://c/\n");
  const auto items = test::web_items(WebFormat::kVegetaHttp, path);
  BOOST_TEST_REQUIRE(items.size() == 4U);
  BOOST_TEST(items[0] ==
             "UNUSABLE 1:1 no target: found 'get http://lower/', expected 'METHOD URL'");
  BOOST_TEST(items[1] ==
             "UNUSABLE 5:3 a header that is none: found 'no header', expected 'Name: "
             "value' or '@file'");
  BOOST_TEST(items[2].starts_with("UNUSABLE 9:1 a body file that cannot be read: "));
  BOOST_TEST(items[2].find("no/such/file") != std::string::npos);
  BOOST_TEST(items[3] == "10:1 GET http://c/");
}

BOOST_AUTO_TEST_CASE(json_targets) {
  BOOST_TEST(json_line(R"({"method":"POST","url":"http://a/","body":"aGVsbG8=",)"
                       R"("header":{"A":["1","2"],"B":[]}})") ==
             "0:1 POST http://a/ [A: 1] [A: 2] {hello}");
  BOOST_TEST(json_line(R"({"method":"GET","url":"/","body":null,"header":null,"x-macaw":{},)"
                       R"("t":1,"name":"n"})") ==
             "0:1 GET / !0:1 key 't' left out, vegeta does not know it !0:1 key 'name' left out, "
             "vegeta does not know it");
  BOOST_TEST(json_line("{\"method\":\"GET\"") ==
             "UNUSABLE 0:16 no JSON: Missing a comma or '}' after "
             "an object member.");
  BOOST_TEST(json_line("[]") ==
             "UNUSABLE 0:1 no JSON object: expected {\"method\":...,\"url\":...}");
  BOOST_TEST(json_line(R"({"url":"/"})") == "UNUSABLE 0:1 no method or no url: vegeta wants both");
  for (const char* wrong :
       {R"({"method":1,"url":"/"})", R"({"method":"GET","url":null})",
        R"({"method":"GET","url":"/","body":"*"})", R"({"method":"GET","url":"/","body":{}})",
        R"({"method":"GET","url":"/","header":{"A":"1"}})",
        R"({"method":"GET","url":"/","header":{"A":[1]}})",
        R"({"method":"GET","url":"/","header":[]})"}) {
    BOOST_TEST(json_line(wrong).starts_with("UNUSABLE 0:1 a key of a wrong type: found '"), wrong);
  }
}

BOOST_AUTO_TEST_CASE(json_files_have_places) {
  const TempDir folder;
  const std::string path =
      folder.write("targets", "\n{\"method\":\"GET\",\"url\":\"/\",\"k\":1}\n \n{\nx\n");
  test::check_items(test::web_items(WebFormat::kVegetaJson, path),
                    {"2:1 GET / !2:1 key 'k' left out, vegeta does not know it",
                     "UNUSABLE 4:2 no JSON: Missing a name for object member.",
                     "UNUSABLE 5:1 no JSON: Invalid value."});
}

BOOST_AUTO_TEST_CASE(real_targets) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string path =
      std::string(data == nullptr ? "" : data) + "/vegeta/tx-http-slam_targets.txt";
  if (!std::filesystem::exists(path)) {
    BOOST_TEST_MESSAGE("SKIPPED: no vegeta in $MACAW_TEST_DATA");
    return;
  }
  const auto items = test::web_items(WebFormat::kVegetaHttp, path);
  BOOST_TEST_REQUIRE(items.size() == 4U);
  // One of the four bodies is there.
  BOOST_TEST(
      items[0].starts_with("1:1 POST http://localhost:8080/ [Content-Type: application/json] {"));
  for (size_t k = 1; k < items.size(); ++k) {
    BOOST_TEST(items[k].starts_with(
        fmt::format("UNUSABLE {}:1 a body file that cannot be read: ", 4 * k + 3)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
