// SPDX-License-Identifier: MIT
#include "support/golden.h"
#include "ui_fixture.h"

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(api_test)

BOOST_FIXTURE_TEST_CASE(golden, UiFixture) {
  add_runs();
  test::check_golden("unit/ui/golden/api_run.json", body("/api/run"));
  test::check_golden("unit/ui/golden/api_series.json", body("/api/series?from=49&to=54"));
  test::check_golden("unit/ui/golden/api_series_gauge.json",
                     body("/api/series?g=gauge:client/pending&resolution=10&run=1"));
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
  BOOST_TEST(series["due"]["requests"][1].GetDouble() == 100.0);
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
  BOOST_TEST(whole["series"]["t"].Size() == 410U);
  const auto part = json("/api/series?from=105&to=200");
  BOOST_TEST(part["resolution"].GetUint() == 1U);
  BOOST_TEST(part["series"]["t"].Size() == 95U);
  const auto forced = json("/api/series?from=105&to=200&resolution=60");
  BOOST_TEST(forced["from"].GetUint64() == 60U);
  BOOST_TEST(forced["series"]["t"].Size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
