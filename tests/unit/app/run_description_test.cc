// SPDX-License-Identifier: MIT
#include "run_description.h"

#include <boost/test/unit_test.hpp>

namespace macaw::app {

namespace {

PlaySettings settings_of(PlayArguments args) {
  if (args.file.empty()) {
    args.file = "-";
  }
  auto settings = make_play_settings(args);
  BOOST_REQUIRE_MESSAGE(settings.ok(), (settings.ok() ? "" : settings.error().message()));
  return std::move(settings).value();
}

replay::FileSurvey survey_of(uint64_t records) {
  replay::FileSurvey survey;
  survey.records = records;
  survey.sha256 = std::string(64, 'c');
  survey.provenance = replay::Provenance{1, {{"generator", "ml10m"}, {"users", "10"}}};
  survey.authorities = {{"a:80", 1}, {"b:80", 2}};
  return survey;
}

std::string line_of(const PlaySettings& settings, const replay::FileSurvey* survey,
                    const replay::Plan& plan) {
  Invocation invocation;
  invocation.file = "out.txt";
  return start_line(describe_run(settings, invocation, survey, plan), settings, survey, plan);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(run_description_test)

BOOST_AUTO_TEST_CASE(a_run_that_starts_the_file_again_says_how_often) {
  PlayArguments args;
  args.rate = "100";
  args.duration = "30s";
  const auto survey = survey_of(2000);
  const replay::Plan plan{.requests = 3000, .span = from_seconds(30), .mean_rps = 100, .passes = 2};
  const std::string line = line_of(settings_of(args), &survey, plan);
  BOOST_TEST(contains(line, "out.txt (cccccccccccc, 2,000 records for 2 hosts)"), line);
  BOOST_TEST(contains(line, "3,000 requests in 30 s, plays the file 1.5 times"), line);
  args.only = "/js/";
  const std::string some = line_of(settings_of(args), &survey, plan);
  BOOST_TEST(contains(some, "starts the file 2 times"), some);
}

BOOST_AUTO_TEST_CASE(a_run_without_an_end_says_so) {
  PlayArguments args;
  args.file = "/no/such/file";  // taken for a regular one until it is opened
  args.rate = "max";
  args.loop = true;
  const auto survey = survey_of(10);
  const std::string line =
      line_of(settings_of(args), &survey, {.requests = 0, .span = {}, .mean_rps = 0, .passes = 0});
  BOOST_TEST(contains(line, "max, until stopped, starting the file again at its end"), line);
}

BOOST_AUTO_TEST_CASE(stdin_is_played_to_its_end) {
  PlayArguments args;
  args.rate = "5";
  args.arrivals = "poisson";
  args.threads = "2";
  args.seed = "9";
  const std::string line =
      line_of(settings_of(args), nullptr, {.requests = 0, .span = {}, .mean_rps = 5, .passes = 1});
  BOOST_TEST(contains(line,
                      ", poisson arrivals, to the end of the input; at most 256 "
                      "connections on 2 threads, seed 9"),
             line);
}

BOOST_AUTO_TEST_CASE(the_row_holds_what_was_asked_for) {
  PlayArguments args;
  args.rate = "100";
  args.requests = "50";
  args.duration = "1h";
  args.target = "host";
  args.rows = "sample:10";
  args.label = "l";
  Invocation invocation;
  invocation.argv = {"replay", "out.txt"};
  invocation.file = "out.txt";
  const auto survey = survey_of(10);
  const replay::Plan plan{
      .requests = 50, .span = std::chrono::milliseconds(500), .mean_rps = 100, .passes = 5};
  const store::RunStart start = describe_run(settings_of(args), invocation, &survey, plan);
  BOOST_TEST(start.file_provenance == "macaw/1;generator=ml10m;users=10");
  BOOST_TEST(start.file_sha256 == survey.sha256);
  BOOST_TEST(start.target == "host:80");
  BOOST_TEST(start.planned == 50U);
  // The number of requests ends it, long before the hour.
  BOOST_TEST((start.planned_duration == Nanos::zero()));
  BOOST_TEST(start.arrivals == "constant");
  BOOST_TEST(start.rows.describe() == "sample:10");
  BOOST_TEST(start.lag_is_judged);
  BOOST_TEST(start.uuid.size() == 36U);
  BOOST_TEST(start.uuid[14] == '4');
}

BOOST_AUTO_TEST_CASE(trouble_names_where_the_host_came_from) {
  PlayArguments args;
  args.rate = "5";
  const replay::TargetTrouble trouble{
      .host_port = "h:80", .line = 7, .reason = "cannot resolve the host name 'h': No such name"};
  BOOST_TEST(describe_trouble(trouble, settings_of(args), "out.txt", /*resolving=*/true)
                 .starts_with("h:80 (out.txt:7) does not resolve: No such name; use --target "));
  BOOST_TEST(describe_trouble({"h:80", 0, "refused"}, settings_of(args), "-", /*resolving=*/false)
                 .starts_with("h:80 (--connect-to) cannot be reached: refused; "));
  args.target = "h";
  BOOST_TEST(describe_trouble({"h:80", 0, "refused"}, settings_of(args), "-", /*resolving=*/false)
                 .starts_with("h:80 (--target) cannot be reached: refused; "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::app
