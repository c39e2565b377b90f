// SPDX-License-Identifier: MIT
//
// Iago's series against what the store holds.
#include <boost/test/data/test_case.hpp>

#include "series.h"
#include "support/golden.h"
#include "ui_fixture.h"

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(graph_data_test)

namespace {

constexpr const char* kResponse = "metric:client/request_latency_ms";

struct WithRuns : UiFixture {
  WithRuns() { add_runs(); }

  /// The one series of a /graph_data answer.
  rapidjson::Document series(const std::string& target) {
    rapidjson::Document document = json("/graph_data/" + target);
    BOOST_REQUIRE(document.MemberCount() == 1);
    rapidjson::Document rows;
    rows.CopyFrom(document.MemberBegin()->value, rows.GetAllocator());
    return rows;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(keys, WithRuns) {
  test::check_golden("unit/ui/golden/graph_data.json", body("/graph_data"));
}

BOOST_FIXTURE_TEST_CASE(shape, WithRuns) {
  test::check_golden("unit/ui/golden/response_time.json",
                     body("/graph_data/metric:client/request_latency_ms?from=44&to=54"));
  test::check_golden(
      "unit/ui/golden/endpoint.json",
      body("/graph_data/metric:client/service_latency_ms/js/action/new?p=5,1&from=58"));
  test::check_golden("unit/ui/golden/failures.json",
                     body("/graph_data/counter:client/failures?from=49&to=54&p=nonsense"));
}

BOOST_FIXTURE_TEST_CASE(all_columns_are_the_stored_quantiles, WithRuns) {
  const auto rows = series(kResponse);
  auto reader = store::RunReader::open(database);
  const auto stored = (*reader)->intervals(2, 1, 0, 0, 1000);
  size_t row = 0;
  for (const store::IntervalRow& interval : *stored) {
    const stats::Distribution& response = interval.aggregate.response;
    if (response.count() == 0) {
      continue;
    }
    const auto& found = rows[static_cast<rapidjson::SizeType>(row++)];
    BOOST_REQUIRE(found.Size() == 9U);
    BOOST_TEST(found[0].GetInt64() == 1'795'228'201 + static_cast<int64_t>(interval.key.start_s));
    for (rapidjson::SizeType k = 0; k < 8; ++k) {
      const stats::Quantile expected = response.quantile(kColumnQuantiles.at(k));
      if (expected.failed) {
        BOOST_TEST(found[k + 1].IsNull());
      } else {
        BOOST_TEST(found[k + 1].GetDouble() == expected.millis());
      }
    }
  }
  BOOST_TEST(row == rows.Size());
}

BOOST_FIXTURE_TEST_CASE(one_second_per_point_and_gaps_are_missing, WithRuns) {
  const auto rows = series(std::string(kResponse) + "?p=1");
  BOOST_TEST(rows.Size() == 55U);
  BOOST_TEST(rows[19][0].GetInt64() == 1'795'228'220);
  BOOST_TEST(rows[20][0].GetInt64() == 1'795'228'226);
}

BOOST_FIXTURE_TEST_CASE(beyond_the_timeout_is_null, WithRuns) {
  // 60 % of second 52 timed out: p25 is an answer, p50 is not.
  const auto rows = series(std::string(kResponse) + "?p=0,1&from=52&to=53");
  BOOST_REQUIRE(rows.Size() == 1U);
  BOOST_TEST(rows[0][1].IsNumber());
  BOOST_TEST(rows[0][2].IsNull());
}

BOOST_FIXTURE_TEST_CASE(counters_add_up_to_the_run, WithRuns) {
  const auto sum = [this](const std::string& target) {
    int64_t total = 0;
    const rapidjson::Document rows = series(target);
    for (const auto& row : rows.GetArray()) {
      total += row[1].GetInt64();
    }
    return total;
  };
  for (const char* resolution : {"?resolution=1", "?resolution=10", "?resolution=60"}) {
    const std::string coarse(resolution);
    BOOST_TEST(sum("counter:client/requests" + coarse) == 5500);
    BOOST_TEST(sum("counter:requests_sent" + coarse) == 5500);
    BOOST_TEST(sum("counter:client/success" + coarse) == 5411);
    BOOST_TEST(sum("counter:client/failures" + coarse) == 89);
    BOOST_TEST(sum("counter:client/failures/timeout" + coarse) == 69);
    BOOST_TEST(sum("counter:client/failures/http_error" + coarse) == 20);
    BOOST_TEST(sum("counter:client/failures/refused" + coarse) == 0);
    BOOST_TEST(sum("counter:client/sent_bytes" + coarse) == 5500 * 187);
  }
  BOOST_TEST(
      sum("counter:client/failures?endpoint=1") + sum("counter:client/failures?endpoint=2") == 89);
  // A part of a run counts only itself.
  BOOST_TEST(sum("counter:requests_sent?from=30&to=40") == 1000);
}

BOOST_FIXTURE_TEST_CASE(gauges, WithRuns) {
  const auto pending = series("gauge:client/pending?resolution=10");
  BOOST_TEST(pending.Size() == 6U);
  BOOST_TEST(pending[2][1].GetInt64() == 1);
  BOOST_TEST(pending[3][1].GetInt64() == 100);
  BOOST_TEST(series("gauge:lag_p99_ms?from=5&to=6")[0][1].GetDouble() == 0.054);
}

BOOST_FIXTURE_TEST_CASE(an_earlier_run, WithRuns) {
  const auto rows = series(std::string(kResponse) + "?run=1&p=1");
  BOOST_TEST(rows.Size() == 30U);
  BOOST_TEST(rows[0][0].GetInt64() == 1'795'228'201 - 3600);
}

BOOST_FIXTURE_TEST_CASE(before_there_is_a_run, UiFixture) {
  BOOST_TEST(body("/graph_data/metric:client/request_latency_ms") ==
             "{\"metric:client/request_latency_ms\":[]}\n");
  BOOST_TEST(body("/graph_data/gauge:client/pending") == "{\"gauge:client/pending\":[]}\n");
  BOOST_TEST(json("/graph_data")["keys"].Size() > 10U);
  BOOST_TEST(json("/stats.json")["counters"]["client/requests"].GetUint64() == 0U);
  // The database comes into being while the UI is there.
  test::MadeRun made(options());
  BOOST_TEST(body("/graph_data/metric:client/request_latency_ms") ==
             "{\"metric:client/request_latency_ms\":[]}\n");
  made.add_second();
  BOOST_TEST(json("/graph_data/metric:client/request_latency_ms").MemberBegin()->value.Size() ==
             1U);
}

BOOST_FIXTURE_TEST_CASE(a_replaced_database_is_opened_anew, UiFixture) {
  add_runs();
  BOOST_TEST(json("/api/runs")["runs"].Size() == 2U);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(database + suffix);
  }
  test::MadeRun(options()).finish();
  BOOST_TEST(json("/api/runs")["runs"].Size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(not_a_database, UiFixture) {
  std::ofstream(database) << "this is a text, and not a short one; it says nothing to SQLite";
  const auto runs = json("/api/runs");
  BOOST_TEST(runs["runs"].Empty());
  BOOST_TEST(std::string(runs["waiting_for"].GetString()).starts_with(database));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
