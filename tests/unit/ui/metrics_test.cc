// SPDX-License-Identifier: MIT
//
// `/metrics` is Prometheus' text, its numbers are the stored ones, and the Grafana dashboard asks
// for nothing else.
#include "metrics.h"

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "macaw/store/run_reader.h"
#include "ui_fixture.h"

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(metrics_test)

namespace {

/// "name{labels}" -> value, of a text in which every line is as the format wants it.
std::map<std::string, std::string> parse_text(const std::string& text) {
  static const std::regex comment("# (HELP|TYPE) (macaw_[a-z0-9_]+) (.+)");
  static const std::regex sample(
      R"re((macaw_[a-z0-9_]+)(\{([a-z]+="([^"\\\n]|\\\\|\\"|\\n)*",?)+\})? ([-+.0-9eEInf]+))re");
  std::map<std::string, std::string> samples;
  std::string type;
  std::string family;
  std::istringstream lines(text);
  BOOST_REQUIRE(text.ends_with('\n'));
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, comment)) {
      family = match[2];
      type = match[1] == "TYPE" ? match[3].str() : "";
      continue;
    }
    BOOST_REQUIRE_MESSAGE(std::regex_match(line, match, sample), line);
    std::string name = match[1];
    if (type == "histogram") {
      name = std::regex_replace(name, std::regex("_(bucket|sum|count)$"), "");
    }
    BOOST_REQUIRE_MESSAGE(name == family && !type.empty(), line);
    BOOST_REQUIRE_MESSAGE(type != "counter" || name.ends_with("_total"), line);
    const size_t blank = line.rfind(' ');
    BOOST_REQUIRE_MESSAGE(samples.emplace(line.substr(0, blank), line.substr(blank + 1)).second,
                          line << " comes twice");
  }
  return samples;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(before_there_is_a_run, UiFixture) {
  const server::Response response = get("/metrics");
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.content_type == "text/plain; version=0.0.4; charset=utf-8");
  BOOST_TEST(response.body ==
             "# HELP macaw_run_playing 1 while the run is being played.\n"
             "# TYPE macaw_run_playing gauge\n"
             "macaw_run_playing 0\n");
  BOOST_TEST(get("/metrics?run=5").status == 404);
}

BOOST_FIXTURE_TEST_CASE(numbers_are_the_stored_ones, UiFixture) {
  add_runs();
  const auto samples = parse_text(body("/metrics"));
  auto reader = store::RunReader::open(database);
  BOOST_REQUIRE(reader.ok());
  const auto totals = (*reader)->totals(2);
  BOOST_REQUIRE(totals.ok());
  BOOST_REQUIRE(totals->size() == 3U);
  uint64_t requests = 0;
  for (const store::EndpointTotals& row : *totals) {
    if (row.endpoint.endpoint == 0) {
      continue;
    }
    const std::string of =
        fmt::format("method=\"{}\",endpoint=\"{}\"", row.endpoint.method, row.endpoint.path);
    for (size_t k = 1; k < stats::kOutcomes; ++k) {
      const auto found = samples.find(fmt::format("macaw_requests_total{{{},outcome=\"{}\"}}", of,
                                                  stats::outcome_name(stats::Outcome(k))));
      const uint64_t count = row.totals.outcomes.at(k);
      BOOST_TEST((found == samples.end() ? "0" : found->second) == std::to_string(count));
      requests += count;
    }
    BOOST_TEST(samples.at("macaw_received_bytes_total{" + of + "}") ==
               std::to_string(row.totals.bytes_in));
    // Each border counts exactly what is at or below it; errors are beyond all of them.
    uint64_t below = 0;
    for (const uint64_t border : bucket_borders_ns()) {
      uint64_t count = 0;
      row.totals.response.successes.for_each_bucket(
          [&](uint64_t /*lowest*/, uint64_t highest, uint64_t in_it) {
            count += highest <= border ? in_it : 0;
          });
      const std::string le = fmt::format("{:.15g}", static_cast<double>(border) / 1e9);
      const auto found =
          samples.find(fmt::format("macaw_response_time_seconds_bucket{{{},le=\"{}\"}}", of, le));
      BOOST_REQUIRE_MESSAGE(found != samples.end(), le);
      BOOST_TEST(found->second == std::to_string(count));
      BOOST_TEST(count >= below);
      below = count;
    }
    const std::string all =
        samples.at(fmt::format("macaw_response_time_seconds_bucket{{{},le=\"+Inf\"}}", of));
    BOOST_TEST(all == std::to_string(row.totals.requests()));
    BOOST_TEST(all == samples.at("macaw_response_time_seconds_count{" + of + "}"));
    BOOST_TEST(below == row.totals.outcomes.at(1));  // the made run has no answer above 100 s
    BOOST_TEST(row.totals.errors() > 0U);
  }
  BOOST_TEST(requests == 5500U);
  BOOST_TEST(samples.at("macaw_sent_requests_total") == "5500");
  BOOST_TEST(samples.at("macaw_run_playing") == "0");
  BOOST_TEST(samples.at("macaw_scheduler_lag_seconds_count") == "5500");
  // An earlier run, when asked for.
  BOOST_TEST(body("/metrics?run=1").find("label=\"before the cache\"") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(connections_and_streams_are_told_where_there_are_some, UiFixture) {
  test::MadeRun(options()).finish();
  BOOST_TEST(body("/metrics").find("macaw_connections_opened_total") == std::string::npos);
  BOOST_TEST(body("/metrics").find("macaw_stream_") == std::string::npos);
  test::MadeRunOptions calls = options();
  calls.calls = true;
  test::MadeRun(calls).finish();
  const auto samples = parse_text(body("/metrics"));
  const std::string kind = "protocol=\"HTTP/2\",tls=\"TLS 1.3\",resumed=";
  BOOST_TEST(samples.at("macaw_connections_opened_total{" + kind + "\"0\"}") == "4");
  BOOST_TEST(samples.at("macaw_connections_opened_total{" + kind + "\"1\"}") == "400");
  BOOST_TEST(samples.at("macaw_connect_time_seconds_count{" + kind + "\"1\"}") == "400");
  BOOST_TEST(samples.at("macaw_tls_handshake_time_seconds_count{" + kind + "\"0\"}") == "4");
  auto reader = store::RunReader::open(database);
  BOOST_REQUIRE(reader.ok());
  const auto streams = (*reader)->streams(2);
  BOOST_REQUIRE(streams.ok());
  const stats::StreamTotals& stored = streams->at(1);
  BOOST_TEST(stored.streams > 2'000U);
  const std::string of = "{method=\"GET\",endpoint=\"/js/recommendations\"}";
  BOOST_TEST(samples.at("macaw_stream_messages_total" + of) == std::to_string(stored.messages));
  for (const char* name : {"first_message", "longest_gap"}) {
    BOOST_TEST(samples.at(fmt::format("macaw_stream_{}_seconds_count{}", name, of)) ==
               std::to_string(stored.streams));
  }
  // Only that endpoint has some, and all together are no endpoint.
  BOOST_TEST(std::count_if(samples.begin(), samples.end(), [](const auto& entry) {
               return entry.first.starts_with("macaw_stream_messages_total");
             }) == 1);
}

BOOST_AUTO_TEST_CASE(a_second_that_still_runs_is_no_news) {
  const auto row = [](uint64_t second, uint32_t worker, uint64_t scheduled) {
    store::HealthRow made;
    made.second = second;
    made.worker = worker;
    made.scheduled = scheduled;
    return made;
  };
  const auto newest = newest_health({row(3, 0, 30), row(3, 1, 31), row(4, 0, 40), row(4, 1, 0)});
  BOOST_REQUIRE(newest.size() == 2U);
  BOOST_TEST(newest[0].second == 4U);
  BOOST_TEST(newest[1].second == 3U);
}

BOOST_AUTO_TEST_CASE(borders_are_close_to_round_numbers) {
  const std::vector<uint64_t>& borders = bucket_borders_ns();
  BOOST_REQUIRE(borders.size() == 19U);
  double round = 1e-4;
  const double steps[] = {2, 2.5, 2};
  for (size_t k = 0; k < borders.size(); ++k) {
    const double border = static_cast<double>(borders[k]) / 1e9;
    BOOST_TEST(border >= round * 0.999999);
    BOOST_TEST(border <= round * 1.008);
    round *= steps[k % 3];
  }
}

BOOST_AUTO_TEST_CASE(any_path_is_utf_8_and_quoted) {
  MetricFamily family{.name = "macaw_x", .help = "x", .type = MetricType::kGauge};
  const auto line_of = [&family](const std::string& path) {
    family.metrics = {{.labels = {{"endpoint", path}}, .value = 1}};
    const std::string text = metrics_text({family});
    return text.substr(text.find("\nmacaw_x") + 1);
  };
  BOOST_TEST(line_of("/a\"b\\c\nd") == "macaw_x{endpoint=\"/a\\\"b\\\\c\\nd\"} 1\n");
  BOOST_TEST(line_of("/\xc3\xa9\xe2\x82\xac\xf0\x9f\xa6\x9c") ==
             "macaw_x{endpoint=\"/\xc3\xa9\xe2\x82\xac\xf0\x9f\xa6\x9c\"} 1\n");
  for (const std::string bad : {"\xff", "\xc3", "\xc0", "\xed\xa0", "\xf5", "\x80"}) {
    std::string expected = "macaw_x{endpoint=\"";
    for (size_t k = 0; k < bad.size(); ++k) {
      expected += "\xef\xbf\xbd";
    }
    BOOST_TEST(line_of(bad) == expected + "\"} 1\n");
  }
}

BOOST_FIXTURE_TEST_CASE(grafana_asks_for_what_is_there, UiFixture) {
  add_runs();
  std::set<std::string> there;
  for (const auto& [name, value] : parse_text(body("/metrics"))) {
    there.insert(name.substr(0, name.find('{')));
  }
  std::ifstream file(MACAW_GRAFANA_FILE);
  std::stringstream text;
  text << file.rdbuf();
  rapidjson::Document dashboard;
  dashboard.Parse(text.str().c_str());
  BOOST_REQUIRE(!dashboard.HasParseError() && dashboard.IsObject());
  std::set<std::string> asked;
  std::set<std::string> titles;
  std::set<int64_t> ids;
  static const std::regex metric("macaw_[a-z0-9_]+");
  for (const auto& panel : dashboard["panels"].GetArray()) {
    titles.insert(panel["title"].GetString());
    BOOST_TEST(ids.insert(panel["id"].GetInt64()).second);
    for (const auto& target : panel["targets"].GetArray()) {
      const std::string query = target["expr"].GetString();
      size_t found = 0;
      for (std::sregex_iterator at(query.begin(), query.end(), metric), end; at != end; ++at) {
        asked.insert(at->str());
        ++found;
      }
      BOOST_TEST(found > 0U, query);
      BOOST_TEST(std::count(query.begin(), query.end(), '(') ==
                     std::count(query.begin(), query.end(), ')'),
                 query);
    }
  }
  BOOST_TEST(titles.size() >= 6U);
  BOOST_TEST(asked.size() >= 8U);
  for (const std::string& name : asked) {
    // Which is missing where a run has no target.
    BOOST_TEST(there.contains(name), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
