// SPDX-License-Identifier: MIT
#include "macaw/generators/import.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../../../generators/time_line.h"
#include "macaw/replay/file/writer.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using datasets::WebFormat;
using generators::Import;
using generators::ImportSettings;
using test::TempDir;

/// "0.5 GET /a [Name: value] {body} user".
std::string record_text(const replay::Record& record) {
  std::string text =
      record.time ? fmt::format("{} ", static_cast<double>(record.time->count()) / 1e9) : "";
  text += record.method + " " + record.url;
  for (const auto& [name, value] : record.headers) {
    text += fmt::format(" [{}: {}]", name, value);
  }
  text += record.body.empty() ? "" : " {" + record.body + "}";
  return text + (record.user.empty() ? "" : " " + record.user);
}

/// What came out, and how it was told.
struct Imported {
  std::vector<std::string> records;
  std::vector<std::string> unusable;
  std::vector<std::string> left_out;
  std::vector<std::string> remarks;
  uint64_t backward = 0;
  Nanos furthest_back{0};
};

/// "2x reason at 3:1: detail" a row.
std::vector<std::string> tally_text(const generators::Tally& tally) {
  std::vector<std::string> rows;
  for (const auto& row : tally.rows()) {
    rows.push_back(fmt::format("{}x {} at {}:{}{}{}", row.count, row.reason, row.line, row.column,
                               row.detail.empty() ? "" : ": ", row.detail));
  }
  return rows;
}

Imported import_file(const std::string& path, const ImportSettings& settings) {
  auto reader = datasets::open_web_requests(settings.source, path);
  BOOST_REQUIRE_MESSAGE(reader.ok(), (reader.ok() ? "" : reader.error().message()));
  Imported imported;
  Import importing(settings);
  replay::RecordCheck check(settings.format);
  const Status status = importing.run(**reader,
                                      [&](const replay::Record& record) {
                                        BOOST_TEST(!check(record).has_value());
                                        imported.records.push_back(record_text(record));
                                        return Status();
                                      },
                                      {});
  BOOST_REQUIRE_MESSAGE(status.ok(), (status.ok() ? "" : status.error().message()));
  imported.unusable = tally_text(importing.report().unusable);
  imported.left_out = tally_text(importing.report().left_out);
  imported.remarks = tally_text(importing.report().remarks);
  imported.backward = importing.report().backward;
  imported.furthest_back = importing.report().furthest_back;
  BOOST_TEST(importing.report().written == imported.records.size());
  BOOST_TEST(importing.report().found == importing.report().written +
                                             importing.report().unusable.total() +
                                             importing.report().left_out.total());
  return imported;
}

Imported import_text(const std::string& text, const ImportSettings& settings) {
  const TempDir folder;
  return import_file(folder.write("in", text), settings);
}

std::string logged(std::string_view second, std::string_view request, int status = 200,
                   std::string_view client = "h") {
  return fmt::format("{} - - [17/May/2015:10:05:{} +0000] \"{} HTTP/1.1\" {} 1 \"-\" \"Agent\"\n",
                     client, second, request, status);
}

void check_list(const std::vector<std::string>& found, const std::vector<std::string>& expected) {
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(import_test)

BOOST_AUTO_TEST_CASE(a_log_out_of_order_is_sorted) {
  const std::string log = logged("05", "GET /c") + logged("03", "GET /a") + logged("05", "GET /d") +
                          logged("04", "GET /b");
  const auto imported = import_text(log, {});
  check_list(imported.records, {"0 GET /a", "1 GET /b", "2 GET /c", "2 GET /d"});
  BOOST_TEST(imported.backward == 2U);
  BOOST_TEST(imported.furthest_back.count() == 2'000'000'000);
  check_list(imported.unusable, {});
  check_list(imported.remarks, {});
}

BOOST_AUTO_TEST_CASE(a_window_bounds_what_is_held) {
  ImportSettings settings;
  settings.window = std::chrono::seconds(1);
  const std::string log = logged("03", "GET /b") + logged("02", "GET /a") + logged("05", "GET /d") +
                          logged("04", "GET /c") + logged("01", "GET /late");
  const auto imported = import_text(log, settings);
  check_list(imported.records, {"0 GET /a", "1 GET /b", "2 GET /c", "3 GET /d"});
  check_list(imported.unusable, {"1x a request that stands further back than --window at 5:1"});
}

BOOST_AUTO_TEST_CASE(spread_gaps_limit_and_no_times) {
  const std::string log = logged("03", "GET /1") + logged("03", "GET /2") + logged("03", "GET /3") +
                          logged("03", "GET /4") + logged("04", "GET /5") + logged("59", "GET /6") +
                          logged("59", "GET /7");
  ImportSettings settings;
  settings.spread = true;
  settings.gap_max = std::chrono::seconds(10);
  check_list(import_text(log, settings).records,
             {"0 GET /1", "0.25 GET /2", "0.5 GET /3", "0.75 GET /4", "1 GET /5", "11 GET /6",
              "11.5 GET /7"});
  settings.gap_max = std::chrono::milliseconds(400);
  settings.records_max = 5;
  const auto limited = import_text(log, settings);
  check_list(limited.records, {"0 GET /1", "0.1 GET /2", "0.2 GET /3", "0.3 GET /4", "0.4 GET /5"});
  check_list(limited.left_out, {"2x by --limit at 6:0"});
  settings.times = false;
  check_list(import_text(log, settings).records,
             {"GET /1", "GET /2", "GET /3", "GET /4", "GET /5"});
}

BOOST_AUTO_TEST_CASE(a_second_with_a_finer_time_behind_it_is_spread_up_to_that) {
  std::vector<std::string> times;
  generators::TimeLineSettings settings;
  settings.spread = true;
  generators::TimeLine line(settings, [&](replay::Record& record) {
    times.push_back(std::to_string(record.time->count() / 1'000'000));
    return Status();
  });
  for (const int64_t milliseconds : {1000, 1000, 1500, 2000}) {
    BOOST_TEST(*line.add(WallTime(std::chrono::milliseconds(milliseconds)), replay::Record()));
  }
  BOOST_TEST(line.finish().ok());
  check_list(times, {"0", "250", "500", "1000"});
}

BOOST_AUTO_TEST_CASE(filters_say_what_they_left_out) {
  const std::string log = logged("01", "GET /api/a?x=/img/", 200) +
                          logged("02", "POST /api/b", 201) + logged("03", "GET /img/c.png", 200) +
                          logged("04", "GET /api/d", 500) + logged("05", "GET /api/secret/e", 204);
  ImportSettings settings;
  settings.methods = {"GET", "HEAD"};
  settings.statuses = *generators::StatusSet::parse("2xx,304");
  settings.paths = {"/api/*"};
  settings.not_paths = {"*/secret/*"};
  const auto imported = import_text(log, settings);
  check_list(imported.records, {"0 GET /api/a?x=/img/"});
  check_list(imported.left_out, {"1x by --method at 2:1", "1x by --path at 3:1",
                                 "1x by --status at 4:1", "1x by --not-path at 5:1"});
  ImportSettings hosts;
  hosts.source = WebFormat::kCurl;
  hosts.hosts = {"A.example", "b.example:81"};
  check_list(import_text("curl http://a.example/1\ncurl a.example:80/2\ncurl b.example/3\n"
                         "curl b.example:81/4\ncurl http://[::1]:81/",
                         hosts)
                 .records,
             {"GET http://a.example/1", "GET http://a.example:80/2", "GET http://b.example:81/4"});
}

BOOST_AUTO_TEST_CASE(statuses_and_patterns) {
  const auto set = generators::StatusSet::parse("200,3xx,400-404,0");
  BOOST_REQUIRE(set.ok());
  const std::map<uint32_t, bool> expected = {{200, true}, {201, false}, {299, false},
                                             {300, true}, {399, true},  {400, true},
                                             {404, true}, {405, false}, {0, true}};
  for (const auto& [status, contained] : expected) {
    BOOST_TEST(set->contains(status) == contained, status);
  }
  BOOST_TEST(!set->contains(std::nullopt));
  BOOST_TEST(generators::StatusSet().contains(std::nullopt));
  for (const char* bad : {"", "x", "axx", "200,", "300-200", "1000", "2x"}) {
    BOOST_TEST(!generators::StatusSet::parse(bad).ok(), bad);
  }
  using generators::matches_pattern;
  BOOST_TEST(matches_pattern("/a/b", "/a/b"));
  BOOST_TEST(matches_pattern("/a/b.png", "*.png"));
  BOOST_TEST(matches_pattern("/aXbXc", "/a*b*c"));
  BOOST_TEST(matches_pattern("", "*"));
  BOOST_TEST(!matches_pattern("/a/b", "/a"));
  BOOST_TEST(!matches_pattern("/a", "/a/*"));
  BOOST_TEST(!matches_pattern("/ab", "/a*bb"));
  // No exponential walk.
  BOOST_TEST(!matches_pattern(std::string(10'000, 'a'), "*a*a*a*a*a*a*a*a*a*b"));
}

BOOST_AUTO_TEST_CASE(users_headers_and_hosts_of_logs) {
  const std::string log =
      R"(1.2.3.4 - ann [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 1 "http://r/" "Ag")"
      "\n"
      R"(5.6.7.8 - - [17/May/2015:10:05:04 +0000] "GET http://p.example/b HTTP/1.1" 200 1)";
  ImportSettings settings;
  settings.host = "10.0.0.1:8080";
  settings.user = generators::UserKey::kLogin;
  settings.log_headers = true;
  check_list(import_text(log, settings).records,
             {"0 GET http://10.0.0.1:8080/a [Referer: http://r/] [User-Agent: Ag] ann",
              "1 GET http://p.example/b 5.6.7.8"});
  settings.user = generators::UserKey::kClient;
  settings.log_headers = false;
  settings.host = "";
  check_list(import_text(log, settings).records,
             {"0 GET /a 1.2.3.4", "1 GET http://p.example/b 5.6.7.8"});
}

BOOST_AUTO_TEST_CASE(what_no_replay_file_can_hold_is_named) {
  const std::string log = logged("01", "GET /a b") + logged("02", "OPTIONS *") +
                          logged("03", R"(GET /\xff)") + logged("04", "POST /form") +
                          logged("05", "CONNECT a.example:443");
  const auto imported = import_text(log, {});
  check_list(imported.records, {"0 POST /form"});
  check_list(imported.unusable,
             {"2x a request that no replay file can hold at 1:1: found a blank (' '), expected a "
              "URL without any (at byte 3 of the URL)",
              "2x a target that is no http URL and no path at 2:1: found '*'"});
  check_list(imported.remarks, {"1x POST without its body, which a log does not hold at 4:1"});
}

BOOST_AUTO_TEST_CASE(archives_lose_what_belongs_to_a_connection) {
  const std::string archive =
      R"({"log":{"entries":[{"startedDateTime":"2023-03-30T00:00:01.5Z","request":)"
      R"({"method":"POST",)"
      R"("url":"https://a.example/p","postData":{"mimeType":"a/b","text":"x"},"headers":[)"
      R"({"name":":authority","value":"a.example"},{"name":"connection","value":"close"},)"
      R"({"name":"Content-Length","value":"1"},{"name":"Cookie","value":"c=1"},)"
      R"({"name":"authorization","value":"s"},{"name":"Accept","value":"*/*"}]}},)"
      "\n"
      R"({"startedDateTime":"2023-03-30T00:00:01Z","request":{"method":"GET",)"
      R"("url":"http://b.example:81/q","headers":[{"name":"Host","value":"B.example:81"}]}},)"
      R"({"_fromCache":"memory","startedDateTime":"2023-03-30T00:00:01Z","request":)"
      R"({"method":"GET","url":"http://b.example/"}},)"
      R"({"startedDateTime":"2023-03-30T00:00:01Z","request":{"method":"GET","url":"data:,x"}}]}})";
  ImportSettings settings;
  settings.source = WebFormat::kHar;
  const auto imported = import_text(archive, settings);
  check_list(imported.records,
             {"0 GET http://b.example:81/q",
              "0.5 POST /p [Host: a.example] [authorization: s] [Accept: */*] [Content-Type: a/b] "
              "{x}"});
  check_list(imported.unusable,
             {"1x a target that is no http URL and no path at 2:270: found 'data:,x'"});
  check_list(imported.left_out,
             {"1x as answered from the browser's cache (--with-cached takes them) at 2:152"});
  check_list(imported.remarks,
             {"1x an https URL became its path, played by --target (--host names one here) at 1:20",
              "1x cookies left out (--cookies keeps them) at 1:20",
              "1x the file now holds a secret: header authorization at 1:20"});
  settings.cookies = true;
  settings.with_cached = true;
  settings.host = "127.0.0.1:8080";
  check_list(import_text(archive, settings).records,
             {"0 GET http://b.example:81/q", "0 GET http://b.example/",
              "0.5 POST http://127.0.0.1:8080/p [Cookie: c=1] [authorization: s] [Accept: */*] "
              "[Content-Type: a/b] {x}"});
}

BOOST_AUTO_TEST_CASE(a_url_list_takes_plain_gets_only) {
  ImportSettings settings;
  settings.format = replay::Format::kUrlList;
  const auto imported = import_text(
      logged("02", "GET /b") + logged("01", "GET /a") + logged("03", "HEAD /c"), settings);
  check_list(imported.records, {"GET /a", "GET /b"});
  check_list(imported.unusable, {"1x method HEAD, a URL list holds GETs only at 3:1"});
  settings.source = WebFormat::kCurl;
  const auto curl = import_text("curl http://a/ -H 'A: b'\ncurl http://a/ -XGET -d x", settings);
  check_list(curl.records, {"GET http://a/"});
  check_list(curl.unusable, {"1x a body, which a URL list cannot hold at 2:1"});
  check_list(curl.remarks, {"1x headers left out, a URL list has none at 1:1"});
}

BOOST_AUTO_TEST_CASE(reasons_are_bounded) {
  generators::Tally tally;
  for (int k = 0; k < 200; ++k) {
    tally.add(fmt::format("reason {}", k), 1, 1);
  }
  BOOST_TEST(tally.total() == 200U);
  BOOST_TEST(tally.rows().size() == 51U);
  BOOST_TEST(tally.rows().back().reason == "other reasons");
  BOOST_TEST(tally.rows().back().count == 150U);
}

BOOST_AUTO_TEST_CASE(a_real_log_in_the_order_of_time) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string path =
      std::string(data == nullptr ? "" : data) + "/weblogs/elastic_apache_combined_10k.log";
  if (!std::filesystem::exists(path)) {
    BOOST_TEST_MESSAGE("SKIPPED: no weblogs in $MACAW_TEST_DATA");
    return;
  }
  const auto imported = import_file(path, {});
  BOOST_TEST(imported.records.size() == 10'000U);
  BOOST_TEST(imported.furthest_back < Nanos(std::chrono::minutes(1)));
  // Three days and some hours, of which only a minute of each hour is logged.
  BOOST_TEST(imported.records.back().starts_with("298"), imported.records.back());
  // Sorted within two minutes it is the same, in bounded memory.
  ImportSettings windowed;
  windowed.window = std::chrono::minutes(2);
  BOOST_TEST((import_file(path, windowed).records == imported.records));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
