// SPDX-License-Identifier: MIT
//
// What is known about a run before it starts.

#include "replay/engine/plan.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "macaw/base/units.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::Nanos;
using macaw::replay::FileSurvey;
using macaw::replay::make_plan;
using macaw::replay::Plan;
using macaw::replay::RateProfile;
using macaw::replay::RunClock;
using macaw::replay::RunOptions;
using macaw::replay::Timing;

namespace {

RunOptions at_rate(const std::string& rate) {
  RunOptions options;
  options.selection.file = "file.txt";
  options.timing.profile = RateProfile::constant(*macaw::parse_rate(rate));
  return options;
}

FileSurvey survey_of(uint64_t records) {
  FileSurvey survey;
  survey.records = records;
  return survey;
}

Plan plan_of(const RunOptions& options, const FileSurvey* survey) {
  const RunClock clock(options.timing.speed);
  auto plan = make_plan(options, survey, clock);
  BOOST_REQUIRE(plan.ok());
  return *plan;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plan_test)

BOOST_AUTO_TEST_CASE(a_file_is_played_once) {
  const FileSurvey survey = survey_of(100'000);
  const Plan plan = plan_of(at_rate("100"), &survey);
  BOOST_TEST(plan.requests == 100'000U);
  BOOST_TEST((plan.span == 1000s));
  BOOST_TEST(plan.mean_rps == 100.0);
  BOOST_TEST(plan.passes == 1U);
}

BOOST_AUTO_TEST_CASE(a_duration_counts_the_requests_before_it) {
  const FileSurvey survey = survey_of(100'000);
  RunOptions options = at_rate("100");
  options.selection.duration = 60s;
  const Plan plan = plan_of(options, &survey);
  BOOST_TEST(plan.requests == 6000U);
  BOOST_TEST((plan.span == 60s));
  BOOST_TEST(plan.passes == 1U);
}

BOOST_AUTO_TEST_CASE(limits_beyond_the_end_start_the_file_again) {
  const FileSurvey survey = survey_of(1000);
  RunOptions options = at_rate("100");
  options.selection.requests = 2500;
  BOOST_TEST(plan_of(options, &survey).passes == 3U);
  options.selection.requests = 2000;
  BOOST_TEST(plan_of(options, &survey).passes == 2U);
  options.selection.requests.reset();
  options.selection.duration = 25s;
  const Plan plan = plan_of(options, &survey);
  BOOST_TEST(plan.requests == 2500U);
  BOOST_TEST(plan.passes == 3U);
}

BOOST_AUTO_TEST_CASE(the_tighter_limit_wins) {
  const FileSurvey survey = survey_of(1000);
  RunOptions options = at_rate("100");
  options.selection.requests = 50;
  options.selection.duration = 10s;
  BOOST_TEST(plan_of(options, &survey).requests == 50U);
  options.selection.requests = 5000;
  BOOST_TEST(plan_of(options, &survey).requests == 1000U);
}

BOOST_AUTO_TEST_CASE(an_endless_loop_has_no_number) {
  const FileSurvey survey = survey_of(1000);
  RunOptions options = at_rate("100");
  options.selection.loop = true;
  const Plan plan = plan_of(options, &survey);
  BOOST_TEST(plan.requests == 0U);
  BOOST_TEST(plan.passes == 0U);
  BOOST_TEST((plan.span == Nanos(0)));
  BOOST_TEST(plan.mean_rps == 100.0);
}

BOOST_AUTO_TEST_CASE(skipped_records_are_missing_from_the_first_pass) {
  const FileSurvey survey = survey_of(1000);
  RunOptions options = at_rate("100");
  options.selection.skip = 300;
  BOOST_TEST(plan_of(options, &survey).requests == 700U);
  options.selection.requests = 701;
  BOOST_TEST(plan_of(options, &survey).passes == 2U);
}

BOOST_AUTO_TEST_CASE(stdin_has_an_unknown_length) {
  RunOptions options = at_rate("100");
  options.selection.file = "-";
  options.selection.requests = 1000;
  const Plan plan = plan_of(options, nullptr);
  BOOST_TEST(plan.requests == 0U);
  BOOST_TEST(plan.passes == 1U);
}

BOOST_AUTO_TEST_CASE(recorded_times_give_the_span) {
  FileSurvey survey = survey_of(11);
  survey.first_time = 100s;
  survey.last_time = 110s;
  RunOptions options;
  options.selection.file = "file.jsonl";
  options.timing.source = Timing::Source::kRecorded;
  options.timing.speed = {.nominal = 2, .run = 1};
  const Plan plan = plan_of(options, &survey);
  BOOST_TEST(plan.requests == 11U);
  BOOST_TEST((plan.span == 5s));
}

BOOST_AUTO_TEST_CASE(saturation_has_no_rate) {
  const FileSurvey survey = survey_of(500);
  RunOptions options;
  options.selection.file = "file.txt";
  options.timing.source = Timing::Source::kSaturate;
  BOOST_TEST(plan_of(options, &survey).requests == 500U);
  options.selection.duration = 10s;
  BOOST_TEST(plan_of(options, &survey).requests == 0U);
  BOOST_TEST(plan_of(options, &survey).mean_rps == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()
