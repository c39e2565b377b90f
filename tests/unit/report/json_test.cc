// SPDX-License-Identifier: MIT
#include <rapidjson/document.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "report_runs.h"
#include "support/golden.h"

namespace macaw::report {

BOOST_AUTO_TEST_SUITE(json_test)

BOOST_AUTO_TEST_CASE(golden) {
  test::check_golden("unit/report/golden/failing.json", format_json(failing_run()));
  test::check_golden("unit/report/golden/killed.json", format_json(killed_run()));
}

BOOST_AUTO_TEST_CASE(numbers_equal_the_aggregates) {
  const RunSummary summary = failing_run();
  rapidjson::Document json;
  json.Parse(format_json(summary));
  BOOST_REQUIRE(!json.HasParseError());
  BOOST_TEST(json["counts"]["outcomes"]["timeout"].GetUint64() == 10U);
  BOOST_TEST(json["counts"]["unsent_reasons"]["interrupted"].GetUint64() == 7U);
  BOOST_TEST(json["counts"]["holds"].GetBool());
  const auto& response = json["endpoints"][0]["response_time"];
  const stats::Distribution& stored = summary.totals[0].totals.response;
  BOOST_TEST(response["p50_ms"].GetDouble() == stored.quantile(0.5).millis());
  BOOST_TEST(response["successes"]["p999_ms"].GetDouble() ==
             stored.success_quantile(0.999).millis());
  BOOST_TEST(response["p999_ms"].IsNull());
  BOOST_TEST(response["max_ms"].IsNull());
  BOOST_TEST(response["failures"].GetUint64() == 37U);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_do_not_break_the_json) {
  RunSummary summary = killed_run();
  summary.run.start.file = "a\xFF\xC3(\xE2\x82\xAC\xED\xA0\x80\"\n";
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag>(format_json(summary));
  BOOST_REQUIRE(!json.HasParseError());
  BOOST_TEST(json["plan"]["file"].GetString() == "a\uFFFD\uFFFD(\u20AC\uFFFD\uFFFD\uFFFD\"\n");
}

BOOST_AUTO_TEST_CASE(list_of_runs) {
  test::check_golden("unit/report/golden/runs.json",
                     format_run_list_json({failing_run().run, tiny_run().run}));
  rapidjson::Document json;
  json.Parse(format_run_list_json({}));
  BOOST_TEST(json["runs"].Empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
