// SPDX-License-Identifier: MIT
#include "support/golden.h"
#include "ui_fixture.h"

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(api_test)

BOOST_FIXTURE_TEST_CASE(golden, UiFixture) {
  add_runs();
  test::check_golden("unit/ui/golden/api_run.json", body("/api/run"));
  test::check_golden("unit/ui/golden/api_series.json", body("/api/series?from=49&to=54"));
  test::check_golden("unit/ui/golden/api_series_coarse.json",
                     body("/api/series?resolution=10&run=1&endpoint=2"));
  test::check_golden("unit/ui/golden/api_summary.json", body("/api/summary"));
}

BOOST_FIXTURE_TEST_CASE(while_there_is_no_run, UiFixture) {
  const std::string expected =
      "{\"run\":null,\"waiting_for\":\"" + database + " does not exist yet\"}\n";
  BOOST_TEST(body("/api/run") == expected);
  BOOST_TEST(body("/api/series") == expected);
  BOOST_TEST(json("/api/runs")["waiting_for"].GetString() == database + " does not exist yet");
}

BOOST_FIXTURE_TEST_CASE(while_a_run_plays, UiFixture) {
  test::MadeRun made(options());
  for (int k = 0; k < 5; ++k) {
    made.add_second();
  }
  auto series = json("/api/series");
  BOOST_TEST(series["state"].GetString() == "running");
  BOOST_TEST(series["verdict"].IsNull());
  BOOST_TEST(series["end"].GetUint64() == 5U);
  BOOST_TEST(series["traffic"]["t"].Size() == 5U);
  made.add_second();
  series = json("/api/series?from=4");
  BOOST_TEST(series["traffic"]["t"].Size() == 2U);
  BOOST_TEST(series["traffic"]["completed"][1].GetUint64() == 100U);
  BOOST_TEST(series["health"]["due"][1].GetDouble() == 100.0);
  made.finish();
  series = json("/api/series");
  BOOST_TEST(series["state"].GetString() == "finished");
  BOOST_TEST(series["verdict"].GetString() == "VALID");
}

BOOST_FIXTURE_TEST_CASE(outcomes_only_where_they_occur, UiFixture) {
  add_runs();
  const auto quiet = json("/api/series?from=0&to=10");
  BOOST_TEST(quiet["traffic"]["outcomes"].ObjectEmpty());
  const auto loud = json("/api/series?from=50&to=53");
  BOOST_TEST(loud["traffic"]["outcomes"].MemberCount() == 2U);
  BOOST_TEST(loud["traffic"]["outcomes"]["timeout"][2].GetUint64() == 60U);
  BOOST_TEST(loud["traffic"]["errors"][0].GetUint64() == 20U);
}

BOOST_FIXTURE_TEST_CASE(a_long_span_gets_a_coarser_resolution, UiFixture) {
  test::MadeRunOptions made = options();
  made.planned_s = 4100;
  made.period_ms = 1000;
  made.trouble = false;
  test::MadeRun(made).finish();
  const auto whole = json("/api/series");
  BOOST_TEST(whole["resolution"].GetUint() == 10U);
  BOOST_TEST(whole["response"]["t"].Size() == 410U);
  const auto part = json("/api/series?from=105&to=200");
  BOOST_TEST(part["resolution"].GetUint() == 1U);
  BOOST_TEST(part["response"]["t"].Size() == 95U);
  const auto forced = json("/api/series?from=105&to=200&resolution=60");
  BOOST_TEST(forced["from"].GetUint64() == 60U);
  BOOST_TEST(forced["response"]["t"].Size() == 3U);
}

BOOST_FIXTURE_TEST_CASE(parts_add_up_to_the_mean_response_time, UiFixture) {
  add_runs();
  const auto reader = store::RunReader::open(database);
  BOOST_REQUIRE(reader.ok());
  for (const uint16_t endpoint : {uint16_t{0}, uint16_t{2}}) {
    const auto parts = json(fmt::format("/api/parts?endpoint={}", endpoint));
    const auto rows = (*reader)->intervals(2, 1, endpoint, 0, 60);
    BOOST_REQUIRE(rows.ok());
    BOOST_TEST_REQUIRE(parts["t"].Size() == rows->size());
    for (rapidjson::SizeType k = 0; k < rows->size(); ++k) {
      const stats::Histogram& successes = (*rows)[k].aggregate.response.successes;
      double sum = 0;
      for (const char* part : {"lag_ms", "connection_wait_ms", "first_byte_ms", "body_ms"}) {
        sum += parts[part][k].GetDouble();
      }
      BOOST_TEST(parts["t"][k].GetUint64() == (*rows)[k].key.start_s);
      BOOST_TEST(parts["rows"][k].GetUint64() == successes.count());
      BOOST_TEST(sum == successes.mean_ns() / 1e6, boost::test_tools::tolerance(1e-9));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(parts_of_many_rows_come_from_some_of_them, UiFixture) {
  add_runs();
  const auto reader = store::RunReader::open(database);
  BOOST_REQUIRE(reader.ok());
  const auto all = (*reader)->parts(1, 0, 10, 0, 30, 1000);
  const auto some = (*reader)->parts(1, 0, 10, 0, 30, 50);
  BOOST_REQUIRE(all.ok());
  BOOST_REQUIRE(some.ok());
  BOOST_TEST_REQUIRE(some->size() == 3U);
  for (size_t k = 0; k < 3; ++k) {
    BOOST_TEST((*all)[k].rows == 1000U);
    BOOST_TEST((*some)[k].rows == 50U);
    // Rows alternate between a slow and a fast endpoint: equal steps would meet one of them only.
    BOOST_TEST((*some)[k].first_byte_ms == (*all)[k].first_byte_ms,
               boost::test_tools::tolerance(0.4));
  }
}

BOOST_FIXTURE_TEST_CASE(the_heat_map_counts_everybody_once, UiFixture) {
  add_runs();
  const auto reader = store::RunReader::open(database);
  BOOST_REQUIRE(reader.ok());
  for (const char* clock : {"response", "service"}) {
    const auto heat = json(fmt::format("/api/heat?clock={}", clock));
    const auto rows = (*reader)->intervals(2, 1, 0, 0, 60);
    BOOST_REQUIRE(rows.ok());
    BOOST_TEST_REQUIRE(heat["t"].Size() == rows->size());
    for (rapidjson::SizeType k = 0; k < rows->size(); ++k) {
      const stats::Aggregate& sums = (*rows)[k].aggregate;
      const stats::Histogram& successes =
          (std::string_view(clock) == "response" ? sums.response : sums.service).successes;
      const auto& column = heat["columns"][k];
      uint64_t count = 0;
      for (rapidjson::SizeType n = 1; n < column.Size(); ++n) {
        count += column[n].GetUint64();
      }
      BOOST_TEST(count == successes.count());
      BOOST_TEST(heat["failures"][k].GetUint64() == sums.errors());
      // The first bucket holds the minimum: 8 of them for each power of two.
      const uint64_t bucket = column[0].GetUint64();
      const uint64_t shift = bucket / 8 - 1;
      BOOST_TEST((bucket - 8 * shift) << shift <= successes.min_ns());
      BOOST_TEST((bucket + 1 - 8 * shift) << shift > successes.min_ns());
    }
  }
}

BOOST_FIXTURE_TEST_CASE(the_spectrum_is_that_of_the_totals, UiFixture) {
  add_runs();
  const auto reader = store::RunReader::open(database);
  BOOST_REQUIRE(reader.ok());
  const auto totals = (*reader)->totals(2);
  BOOST_REQUIRE(totals.ok());
  for (const size_t endpoint : {size_t{0}, size_t{1}}) {
    const auto spectrum = json(fmt::format("/api/spectrum?endpoint={}", endpoint));
    const stats::Aggregate& sums = (*totals)[endpoint].totals;
    BOOST_TEST(spectrum["count"].GetUint64() == sums.requests());
    BOOST_TEST(spectrum["x"][0].GetDouble() == 1.0);
    BOOST_TEST(spectrum["response_ms"][0].GetDouble() == sums.response.quantile(0).millis());
    // 10, 100: p90 and p99.
    BOOST_TEST(spectrum["x"][40].GetDouble() == 10.0);
    BOOST_TEST(spectrum["response_ms"][40].GetDouble() == sums.response.quantile(0.9).millis());
    BOOST_TEST(spectrum["service_ms"][40].GetDouble() == sums.service.quantile(0.9).millis());
    BOOST_TEST(spectrum["service_ms"][80].IsNull());  // 89 of 5,500 failed
    const auto last = spectrum["x"].Size() - 1;
    BOOST_TEST(spectrum["x"][last].GetDouble() == static_cast<double>(sums.requests()));
    BOOST_TEST(spectrum["response_ms"][last].IsNull());  // failures are the slowest
  }
  const auto part = json("/api/spectrum?from=0&to=10");
  BOOST_TEST(part["count"].GetUint64() == 1000U);
  BOOST_TEST(part["failures"].GetUint64() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_summary_says_what_the_totals_say, UiFixture) {
  add_runs();
  const auto reader = store::RunReader::open(database);
  BOOST_REQUIRE(reader.ok());
  const auto totals = (*reader)->totals(2);
  BOOST_REQUIRE(totals.ok());
  const auto summary = json("/api/summary");
  const auto& endpoints = summary["endpoints"];
  BOOST_TEST_REQUIRE(endpoints.Size() == totals->size());
  for (rapidjson::SizeType k = 0; k < endpoints.Size(); ++k) {
    const stats::Aggregate& sums = (*totals)[k].totals;
    const auto& row = endpoints[k];
    BOOST_TEST(row["requests"].GetUint64() == sums.requests());
    BOOST_TEST(row["errors"].GetUint64() == sums.errors());
    size_t column = 0;
    for (const double q : stats::kShownQuantiles) {
      for (const auto& [name, distribution] :
           {std::pair{"response_ms", &sums.response}, std::pair{"service_ms", &sums.service}}) {
        const stats::Quantile wanted = distribution->quantile(q);
        const auto& value = row[name][static_cast<rapidjson::SizeType>(column)];
        BOOST_TEST(value.IsNull() == wanted.failed);
        BOOST_TEST((wanted.failed || value.GetDouble() == wanted.millis()));
      }
      ++column;
    }
  }
  std::map<unsigned, uint64_t> counted;
  for (const auto& row : summary["statuses"].GetArray()) {
    counted[row["endpoint"].GetUint()] += row["count"].GetUint64();
  }
  for (const store::EndpointTotals& of : *totals) {
    BOOST_TEST(counted[of.endpoint.endpoint] == of.totals.requests());
  }
}

BOOST_FIXTURE_TEST_CASE(the_summary_tells_of_connections_streams_and_statuses, UiFixture) {
  test::MadeRunOptions calls = options();
  calls.calls = true;
  test::MadeRun(calls).finish();
  const rapidjson::Document summary = json("/api/summary?run=1");
  const auto& connections = summary["connection_kinds"];
  BOOST_REQUIRE(connections.Size() == 2U);
  BOOST_TEST(connections[0]["name"].GetString() == std::string("HTTP/2 over TLS 1.3"));
  BOOST_TEST(connections[0]["opened"].GetUint64() == 4U);
  BOOST_TEST(!connections[0]["resumed"].GetBool());
  BOOST_TEST(connections[1]["resumed"].GetBool());
  BOOST_TEST(connections[1]["connect_ms"][3].GetDouble() == 0.17);
  BOOST_TEST(connections[1]["handshake_ms"][3].GetDouble() == 1.05);
  const auto& streams = summary["streams"];
  BOOST_REQUIRE(streams.Size() == 2U);
  BOOST_TEST(streams[0]["endpoint"].GetUint() == 0U);
  BOOST_TEST(streams[1]["endpoint"].GetUint() == 1U);
  BOOST_TEST(streams[1]["messages"].GetUint64() == 5 * streams[1]["streams"].GetUint64());
  BOOST_TEST(streams[1]["gap_ms"].Size() == 4U);
  std::map<std::string, std::string> texts;
  for (const auto& row : summary["statuses"].GetArray()) {
    texts[row["text"].GetString()] = row["outcome"].GetString();
  }
  const std::map<std::string, std::string> expected = {
      {"OK (0)", "ok"}, {"UNAVAILABLE (14)", "grpc_error"}, {"none", "timeout"}};
  BOOST_TEST((texts == expected));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
