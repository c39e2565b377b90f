// SPDX-License-Identifier: MIT
//
// What Locust's users find: its live JSON, field for field.
#include <cmath>
#include <vector>

#include "macaw/report/formats.h"
#include "macaw/store/run_reader.h"
#include "ui_fixture.h"

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(locust_test)

namespace {

std::vector<std::string> keys_in_order(const rapidjson::Value& object) {
  std::vector<std::string> keys;
  for (const auto& member : object.GetObject()) {
    keys.emplace_back(member.name.GetString());
  }
  return keys;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(before_there_is_a_run, UiFixture) {
  const auto stats = json("/stats/requests");
  BOOST_TEST(stats["state"].GetString() == std::string("missing"));
  BOOST_TEST(stats["stats"].Empty());
  BOOST_TEST(stats["user_count"].GetInt() == 0);
  BOOST_TEST(body("/exceptions") == "{\"exceptions\":[]}\n");
  BOOST_TEST(get("/stats/requests?run=7").status == 404);
  BOOST_TEST(get("/stats/nothing").status == 404);
}

BOOST_FIXTURE_TEST_CASE(the_stored_sums_under_locusts_names, UiFixture) {
  add_runs();
  const auto stats = json("/stats/requests");
  const std::vector<std::string> of_report = {"stats",
                                              "errors",
                                              "current_rps",
                                              "total_rps",
                                              "total_fail_per_sec",
                                              "fail_ratio",
                                              "current_response_time_percentiles",
                                              "workers",
                                              "worker_count",
                                              "state",
                                              "user_count"};
  BOOST_TEST(keys_in_order(stats) == of_report, boost::test_tools::per_element());
  const std::vector<std::string> of_entry = {"method",
                                             "name",
                                             "safe_name",
                                             "num_requests",
                                             "num_failures",
                                             "min_response_time",
                                             "max_response_time",
                                             "avg_response_time",
                                             "median_response_time",
                                             "response_time_percentile_0.95",
                                             "response_time_percentile_0.99",
                                             "current_rps",
                                             "current_fail_per_sec",
                                             "total_rps",
                                             "total_fail_per_sec",
                                             "avg_content_length"};
  BOOST_REQUIRE(stats["stats"].Size() == 3U);
  for (const auto& entry : stats["stats"].GetArray()) {
    BOOST_TEST(keys_in_order(entry) == of_entry, boost::test_tools::per_element());
  }
  BOOST_TEST(stats["stats"][0]["name"].GetString() == std::string("/js/action/new"));
  BOOST_TEST(stats["stats"][1]["name"].GetString() == std::string("/js/recommendations"));
  const auto& all = stats["stats"][2];
  BOOST_TEST(all["name"].GetString() == std::string("Aggregated"));
  BOOST_TEST(all["method"].GetString() == std::string(""));

  auto reader = store::RunReader::open(database);
  BOOST_REQUIRE(reader.ok());
  const auto totals = (*reader)->totals(2);
  BOOST_REQUIRE(totals.ok());
  const stats::Aggregate& total = totals->front().totals;
  BOOST_TEST(all["num_requests"].GetUint64() == total.requests());
  BOOST_TEST(all["num_failures"].GetUint64() == total.errors());
  BOOST_TEST(total.errors() > 0U);
  BOOST_TEST(all["median_response_time"].GetDouble() == total.response.quantile(0.5).millis());
  BOOST_TEST(all["max_response_time"].IsNull());  // a failure is slower than any success
  BOOST_TEST(all["avg_response_time"].GetDouble() == total.response.successes.mean_ns() / 1e6);
  BOOST_TEST(stats["fail_ratio"].GetDouble() ==
             static_cast<double>(total.errors()) / static_cast<double>(total.requests()));
  // The last ten seconds: 100 a second.
  BOOST_TEST(stats["current_rps"].GetDouble() == 100.0);
  BOOST_TEST(all["current_rps"].GetDouble() == 100.0);
  BOOST_TEST(stats["stats"][0]["current_rps"].GetDouble() == 50.0);
  BOOST_TEST(stats["state"].GetString() == std::string("stopped"));
  BOOST_TEST(stats["user_count"].GetInt() == 0);
  BOOST_TEST(stats["worker_count"].GetUint() == stats["workers"].Size());
  uint64_t failures = 0;
  for (const auto& error : stats["errors"].GetArray()) {
    BOOST_TEST(keys_in_order(error) ==
                   (std::vector<std::string>{"method", "name", "error", "occurrences"}),
               boost::test_tools::per_element());
    failures += error["occurrences"].GetUint64();
  }
  BOOST_TEST(failures > 0U);
}

BOOST_FIXTURE_TEST_CASE(the_csvs_are_those_of_report, UiFixture) {
  BOOST_TEST(get("/stats/requests/csv").status == 404);  // before there is a run
  add_runs();
  auto reader = store::RunReader::open(database);
  BOOST_REQUIRE(reader.ok());
  const auto summary = report::read_summary(**reader, 2);
  BOOST_REQUIRE(summary.ok());
  const std::vector<std::pair<std::string, std::string>> files = {
      {"/stats/requests/csv", "locust-stats"},
      {"/stats/requests_full_history/csv", "locust-history"},
      {"/stats/failures/csv", "locust-failures"},
      {"/stats/distribution/csv", "locust-distribution"},
      {"/exceptions/csv", "locust-exceptions"}};
  for (const auto& [path, name] : files) {
    for (const bool rounding : {false, true}) {
      report::FormatOptions options;
      options.locust_rounding = rounding;
      std::string expected;
      const auto format = report::find_format(name);
      BOOST_REQUIRE(format.ok());
      const Status written = (*format)->files.front().write(
          {reader->get(), &*summary, &options}, [&expected](std::string_view bytes) -> Status {
            expected += bytes;
            return {};
          });
      BOOST_REQUIRE(written.ok());
      const server::Response response = get(path + (rounding ? "?rounding=locust" : ""));
      BOOST_TEST(response.status == 200);
      BOOST_TEST(response.content_type == "text/csv; charset=utf-8");
      BOOST_TEST(response.body == expected);
    }
  }
  BOOST_TEST(body("/stats/requests/csv").find("Aggregated,5500,") != std::string::npos);
  BOOST_TEST(body("/stats/requests/csv?run=1").find("Aggregated,3000,") != std::string::npos);
  BOOST_TEST(get("/stats/requests/csv?rounding=x").status == 400);
}

BOOST_FIXTURE_TEST_CASE(while_it_plays, UiFixture) {
  test::MadeRun run(options());
  for (int k = 0; k < 15; ++k) {
    run.add_second();
  }
  const auto stats = json("/stats/requests");
  BOOST_TEST(stats["state"].GetString() == std::string("running"));
  BOOST_TEST(stats["current_rps"].GetDouble() == 100.0);
  // Of the time so far, which is not quite 15 s.
  BOOST_TEST(std::abs(stats["stats"][2]["total_rps"].GetDouble() - 100) < 0.1);
  run.finish();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
