// SPDX-License-Identifier: MIT
#include "support/golden.h"
#include "ui_fixture.h"

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(stats_tree_test)

BOOST_FIXTURE_TEST_CASE(golden, UiFixture) {
  add_runs();
  test::check_golden("unit/ui/golden/stats.json", body("/stats.json?run=1"));
  test::check_golden("unit/ui/golden/stats.txt", body("/stats.txt"));
  BOOST_TEST(body("/stats") == body("/stats.json"));
}

BOOST_FIXTURE_TEST_CASE(equal_to_the_stored_totals, UiFixture) {
  add_runs();
  const auto stats = json("/stats.json");
  auto reader = store::RunReader::open(database);
  const auto totals = (*reader)->totals(2);
  const stats::Distribution& response = totals->front().totals.response;
  const auto& metric = stats["metrics"]["client/request_latency_ms"];
  BOOST_TEST(metric["count"].GetUint64() == response.count());
  BOOST_TEST(metric["p50"].GetDouble() == response.quantile(0.5).millis());
  BOOST_TEST(metric["average"].GetDouble() == response.successes.mean_ns() / 1e6);
  BOOST_TEST(metric["p999"].IsNull());
  BOOST_TEST(metric["maximum"].IsNull());
}

BOOST_FIXTURE_TEST_CASE(the_last_minute, UiFixture) {
  test::MadeRunOptions made = options();
  made.planned_s = 130;
  made.trouble = false;
  test::MadeRun(made).finish();
  const auto stats = json("/stats.json?period=60");
  BOOST_TEST(stats["counters"]["client/requests"].GetUint64() == 6000U);
  BOOST_TEST(stats["counters"]["requests_sent"].GetUint64() == 6000U);
  BOOST_TEST(stats["metrics"]["client/request_latency_ms/js/action/new"]["count"].GetUint64() ==
             3000U);
  BOOST_TEST(json("/stats.json?period=100")["counters"]["client/requests"].GetUint64() == 10000U);
}

BOOST_FIXTURE_TEST_CASE(an_empty_metric_has_only_its_count, UiFixture) {
  const auto stats = json("/stats.json");
  const auto& metric = stats["metrics"]["client/request_latency_ms"];
  BOOST_TEST(metric.MemberCount() == 1U);
  BOOST_TEST(metric["count"].GetUint64() == 0U);
}

BOOST_FIXTURE_TEST_CASE(callbacks, UiFixture) {
  const std::string plain = body("/stats.json");
  const std::string json = plain.substr(0, plain.size() - 1);
  BOOST_TEST(body("/stats.json?callback=my.f_1") == "my.f_1(" + json + ")\n");
  BOOST_TEST(body("/stats.json?callback=true") == "ostrichCallback(" + json + ")\n");
  BOOST_TEST(body("/stats.json?callback=") == "ostrichCallback(" + json + ")\n");
  BOOST_TEST(get("/stats.json?callback=f").content_type == "text/javascript; charset=utf-8");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
