// SPDX-License-Identifier: MIT
//
// `replay report` as a person meets it: where the formats go, what is refused, and the exit codes.
// What is in them: tests/unit/report/formats_test.cc, report_readers.py.
#include <boost/test/data/test_case.hpp>
#include <csignal>
#include <filesystem>
#include <ostream>

#include "replay_fixture.h"

namespace macaw::test {

BOOST_AUTO_TEST_SUITE(report_test)

namespace {

/// 40 requests against the stub, some of them 503.
void play_forty(const ReplayFolder& folder, const std::vector<std::string>& more = {}) {
  folder.dir().write("out.txt", url_list(40));
  std::vector<std::string> args = {"out.txt", "--rps",         "max",    "--target",
                                   "stub",    "--stub-errors", "503=20%"};
  args.insert(args.end(), more.begin(), more.end());
  const ProcessResult result = folder.play(args);
  BOOST_TEST_REQUIRE(result.code == 0, result.err);
}

struct ReportMistake {
  std::vector<std::string> args;
  std::string says;
};

std::ostream& operator<<(std::ostream& out, const ReportMistake& mistake) {
  return out << mistake.says;
}

const std::vector<ReportMistake> kReportMistakes = {
    {{"--format", "xlsx"}, "--format: found 'xlsx', expected one of text, json, csv"},
    {{"--format", ""}, "--format: found ''"},
    {{"--format", "csv", "--table", "minutes"}, "--table: found 'minutes', expected requests"},
    {{"--table", "seconds"}, "--table goes with --format csv, not text"},
    {{"--format", "ghz", "--clock", "wall"}, "--clock: found 'wall'"},
    {{"--format", "json", "--clock", "service"}, "json shows both clocks"},
    {{"--format", "locust-exceptions", "--clock", "service"}, "holds no times"},
    {{"--format", "vegeta", "--rounding", "locust"}, "--rounding goes with Locust's"},
    {{"--format", "locust-stats", "--rounding", "up"}, "--rounding: found 'up'"},
    {{"--format", "locust"}, "give their prefix with -o"},
    {{"--format", "locust", "-o", "-"}, "give their prefix with -o"},
    {{"--fail-if", "p99>50"}, "--fail-if: "},
    {{"--format", "html", "--clock", "service"}, "do not go with --format html"},
    {{"--format", "html", "--run", "7"}, "7"},
    {{"--run", "7"}, "7"},
    {{"--run", "0"}, "--run: found '0'"},
    {{"--format", "csv", "-o", "absent/out.csv"}, "absent/out.csv"},
    {{"--format", "csv", "-o", "."}, "found a directory"},
    {{"--format", "locust", "-o", "absent/out"}, "absent/out_stats.csv"},
};

}  // namespace

BOOST_AUTO_TEST_CASE(every_format_goes_to_stdout_or_to_a_file) {
  const ReplayFolder folder;
  play_forty(folder);
  for (const std::string format :
       {"text", "json", "csv", "junit", "hgrm", "vegeta", "vegeta-json", "vegeta-results",
        "vegeta-csv", "ghz", "locust-stats", "locust-history", "locust-failures",
        "locust-exceptions", "locust-distribution"}) {
    const ProcessResult out = folder.replay({"report", "macaw.sqlite", "--format", format});
    BOOST_TEST(out.code == 0, format + ": " + out.err);
    BOOST_TEST(!out.out.empty(), format);
    BOOST_TEST(out.err == "", format);
    const ProcessResult file =
        folder.replay({"report", "macaw.sqlite", "--format", format, "-o", "file"});
    BOOST_TEST(file.code == 0, format + ": " + file.err);
    BOOST_TEST(file.out == "", format);
    BOOST_TEST(folder.dir().read("file") == out.out, format);
  }
}

BOOST_AUTO_TEST_CASE(locust_is_five_files) {
  const ReplayFolder folder;
  play_forty(folder);
  const ProcessResult result = folder.replay(
      {"report", "macaw.sqlite", "--format", "locust", "-o", "run", "--rounding", "locust"});
  BOOST_TEST_REQUIRE(result.code == 0, result.err);
  BOOST_TEST(result.out == "");
  const std::vector<std::pair<std::string, std::string>> parts = {
      {"run_stats.csv", "locust-stats"},
      {"run_stats_history.csv", "locust-history"},
      {"run_distribution.csv", "locust-distribution"}};
  for (const auto& [file, format] : parts) {
    const ProcessResult part =
        folder.replay({"report", "macaw.sqlite", "--format", format, "--rounding", "locust"});
    BOOST_TEST(folder.dir().read(file) == part.out, file);
  }
  BOOST_TEST(folder.dir().read("run_exceptions.csv") == "Count,Message,Traceback,Nodes\r\n");
  BOOST_TEST(contains(folder.dir().read("run_failures.csv"), "HTTP 503"));
}

BOOST_DATA_TEST_CASE(mistakes_are_one_line_and_leave_nothing, kReportMistakes, mistake) {
  const ReplayFolder folder;
  play_forty(folder);
  std::vector<std::string> args = {"report", "macaw.sqlite"};
  args.insert(args.end(), mistake.args.begin(), mistake.args.end());
  const ProcessResult result = folder.replay(args);
  BOOST_TEST(result.code == 1, result.out);
  BOOST_TEST(result.out == "");
  BOOST_TEST_REQUIRE(lines_of(result.err).size() == 1U, result.err);
  BOOST_TEST(contains(result.err, mistake.says), result.err);
  for (const std::string& name : folder.dir().names()) {
    BOOST_TEST((name == "out.txt" || name.starts_with("macaw.sqlite")), name);
  }
}

BOOST_AUTO_TEST_CASE(conditions_are_judged_after_the_report_is_written) {
  const ReplayFolder folder;
  play_forty(folder);
  const ProcessResult kept =
      folder.replay({"report", "macaw.sqlite", "--format", "junit", "--fail-if", "errors>90%"});
  BOOST_TEST(kept.code == 0, kept.err);
  BOOST_TEST(contains(kept.out, "tests=\"2\" failures=\"0\" errors=\"0\""), kept.out);
  const ProcessResult broken =
      folder.replay({"report", "macaw.sqlite", "--format", "junit", "-o", "junit.xml", "--fail-if",
                     "errors>90%", "--fail-if", "errors>0"});
  BOOST_TEST(broken.code == 3, broken.err);
  BOOST_TEST(lines_of(broken.err).size() == 1U, broken.err);
  BOOST_TEST(contains(broken.err, "--fail-if errors>0: errors are "), broken.err);
  BOOST_TEST(contains(folder.dir().read("junit.xml"), "tests=\"3\" failures=\"1\""));
  // With every format, and the sentence is the one of the run itself.
  const ProcessResult text = folder.replay({"report", "macaw.sqlite", "--fail-if", "errors>0"});
  BOOST_TEST(text.code == 3);
  BOOST_TEST(text.err == broken.err);
  const ProcessResult nowhere =
      folder.replay({"report", "macaw.sqlite", "--format", "junit", "--fail-if", "/none:max>1s"});
  BOOST_TEST(nowhere.code == 1, nowhere.err);
  BOOST_TEST(contains(nowhere.out, "errors=\"1\""), nowhere.out);
}

BOOST_AUTO_TEST_CASE(an_invalid_run_can_be_written_and_not_be_judged) {
  const ReplayFolder folder;
  play_forty(folder);
  Sql(folder.db()).rows("update runs set verdict = 'INVALID', verdict_reason = '3 rows lost'");
  for (const std::string format : {"text", "csv", "vegeta", "ghz", "locust-stats", "junit"}) {
    const ProcessResult plain = folder.replay({"report", "macaw.sqlite", "--format", format});
    BOOST_TEST(plain.code == 0, format + ": " + plain.err);
    const ProcessResult judged =
        folder.replay({"report", "macaw.sqlite", "--format", format, "--fail-if", "errors>0"});
    BOOST_TEST(judged.code == 4, format + ": " + judged.err);
    BOOST_TEST((judged.out == plain.out || format == "junit"), format);
    BOOST_TEST(contains(judged.err, "run 1 is INVALID: 3 rows lost"), judged.err);
  }
}

BOOST_AUTO_TEST_CASE(a_run_without_requests_can_be_written) {
  const ReplayFolder folder;
  play_forty(folder);
  Sql sql(folder.db());
  for (const char* table :
       {"samples", "endpoint_totals", "intervals", "endpoints", "health", "events"}) {
    sql.rows(std::string("delete from ") + table);
  }
  sql.rows("update runs set scheduled = 0, sent = 0, elapsed_s = 0, sending_s = 0");
  for (const std::string format : {"text", "json", "csv", "junit", "hgrm", "vegeta", "vegeta-json",
                                   "vegeta-results", "ghz", "locust-stats", "locust-history"}) {
    const ProcessResult result = folder.replay({"report", "macaw.sqlite", "--format", format});
    BOOST_TEST(result.code == 0, format + ": " + result.err);
  }
  // A gate must not pass on an empty run.
  BOOST_TEST(folder.replay({"report", "macaw.sqlite", "--fail-if", "p99>1h"}).code == 3);
}

BOOST_AUTO_TEST_CASE(a_run_that_kept_only_some_rows) {
  const ReplayFolder folder;
  play_forty(folder, {"--rows", "errors"});
  const ProcessResult refused = folder.replay({"report", "macaw.sqlite", "--format", "vegeta"});
  BOOST_TEST(refused.code == 1);
  BOOST_TEST(contains(refused.err, "run 1 was played with --rows errors"), refused.err);
  BOOST_TEST(folder.replay({"report", "macaw.sqlite", "--format", "hgrm"}).code == 0);
  const ProcessResult rows = folder.replay({"report", "macaw.sqlite", "--format", "csv"});
  const uint64_t errors = Sql(folder.db()).count("select count(*) from samples");
  BOOST_TEST(lines_of(rows.out).size() == errors + 1, rows.out);
}

BOOST_AUTO_TEST_CASE(a_run_that_is_still_being_played) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  Process process("replay", folder.options({"out.txt", "--rps", "100", "-d", "1h", "--target",
                                            "stub", "--no-ui"}));
  BOOST_TEST_REQUIRE(process.wait_for_err("2 s of 1 h"), process.err());
  for (const std::string format : {"csv", "vegeta-json", "ghz", "locust-history", "junit"}) {
    const ProcessResult result = folder.replay({"report", "macaw.sqlite", "--format", format});
    BOOST_TEST(result.code == 0, format + ": " + result.err);
    BOOST_TEST(result.out.size() > 100U, format);
  }
  const ProcessResult judged = folder.replay({"report", "macaw.sqlite", "--fail-if", "errors>50%"});
  BOOST_TEST(judged.code == 1);
  BOOST_TEST(contains(judged.err, "still being played"), judged.err);
  process.signal(SIGINT);
  BOOST_TEST(process.wait().has_value());
}

BOOST_AUTO_TEST_CASE(help_lists_the_formats) {
  const ReplayFolder folder;
  const ProcessResult help = folder.replay({"report", "--help"});
  BOOST_TEST(help.code == 0);
  for (const std::string format : {"vegeta-results", "locust-distribution", "hgrm", "junit"}) {
    BOOST_TEST(contains(help.out, format), help.out);
  }
}

BOOST_AUTO_TEST_CASE(a_run_as_one_html_file) {
  const ReplayFolder folder;
  play_forty(folder, {"--label", "forty"});
  const ProcessResult result = run_process(
      "replay", folder.options({"report", "macaw.sqlite", "--format", "html", "-o", "run.html"}));
  BOOST_TEST_REQUIRE(result.code == 0, result.err);
  BOOST_TEST(result.out.empty());
  const std::string html = folder.dir().read("run.html");
  BOOST_TEST(html.starts_with("<!doctype html>"));
  BOOST_TEST(contains(html, "\"label\":\"forty\""));
  BOOST_TEST(contains(html, "uPlot"));
  BOOST_TEST(run_process("replay", folder.options({"report", "macaw.sqlite", "--format", "html",
                                                   "--fail-if", "errors>0%"}))
                 .code == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
