// SPDX-License-Identifier: MIT
//
// What can be done with a run database afterwards, and while somebody writes it.
#include <csignal>

#include "replay_fixture.h"

namespace macaw::test {

namespace {

/// A folder with one finished run of 20 requests.
void play_once(const ReplayFolder& folder) {
  folder.dir().write("out.txt", url_list(20));
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "max", "--target", "stub", "--label", "first"});
  BOOST_TEST_REQUIRE(result.code == 0, result.err);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(database_test)

BOOST_AUTO_TEST_CASE(runs_and_report_show_what_the_console_showed) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(20));
  std::vector<std::string> summaries;
  for (int k = 0; k < 2; ++k) {
    const ProcessResult result = folder.play({"out.txt", "--rps", "max", "--target", "stub"});
    BOOST_TEST_REQUIRE(result.code == 0, result.err);
    summaries.push_back(result.out);
  }
  BOOST_TEST(folder.replay({"report", "macaw.sqlite", "--run", "1"}).out == summaries[0]);
  BOOST_TEST(folder.replay({"report", "macaw.sqlite"}).out == summaries[1]);
  const ProcessResult file =
      folder.replay({"report", "macaw.sqlite", "--run", "1", "-o", "report.txt"});
  BOOST_TEST(file.code == 0);
  BOOST_TEST(file.out == "");
  BOOST_TEST(folder.dir().read("report.txt") == summaries[0]);
  const ProcessResult runs = folder.replay({"runs", "macaw.sqlite"});
  BOOST_TEST(runs.code == 0);
  BOOST_TEST(lines_of(runs.out).size() == 3U, runs.out);
  const ProcessResult none = folder.replay({"report", "macaw.sqlite", "--run", "3"});
  BOOST_TEST(none.code == 1);
  BOOST_TEST(lines_of(none.err).size() == 1U, none.err);
}

BOOST_AUTO_TEST_CASE(a_run_is_named_afterwards) {
  const ReplayFolder folder;
  play_once(folder);
  play_once(folder);
  const std::string labels = "select group_concat(label, ', ') from (select label from runs)";
  BOOST_TEST(folder.replay({"runs", "macaw.sqlite", "--run", "1", "--label", "before"}).code == 0);
  const ProcessResult named = folder.replay({"runs", "macaw.sqlite", "--label", "it's after"});
  BOOST_TEST(named.code == 0, named.err);
  BOOST_TEST(contains(named.out, "it's after"), named.out);
  BOOST_TEST(Sql(folder.db()).one(labels) == "before, it's after");
  const ProcessResult none = folder.replay({"runs", "macaw.sqlite", "--run", "9", "--label", "x"});
  BOOST_TEST(none.code == 1);
  BOOST_TEST(contains(none.err, "run 9"), none.err);
  BOOST_TEST(folder.replay({"runs", "absent.sqlite", "--label", "x"}).code == 1);
  BOOST_TEST(folder.replay({"runs", "macaw.sqlite", "--run", "1"}).code == 1);
  BOOST_TEST(Sql(folder.db()).one(labels) == "before, it's after");
}

BOOST_AUTO_TEST_CASE(verify_finds_what_was_changed) {
  const ReplayFolder folder;
  play_once(folder);
  const ProcessResult right = folder.replay({"verify", "macaw.sqlite"});
  BOOST_TEST(right.code == 0);
  BOOST_TEST(contains(right.out, "run 1: 20 rows"), right.out);
  Sql(folder.db()).rows("update samples set rest_ns = rest_ns + 50000000 where id % 20 = 7");
  const ProcessResult wrong = folder.replay({"verify", "macaw.sqlite"});
  BOOST_TEST(wrong.code == 4, wrong.out + wrong.err);
  BOOST_TEST(lines_of(wrong.out).size() > 1U, wrong.out);
}

BOOST_AUTO_TEST_CASE(again_plays_the_same_from_anywhere) {
  const ReplayFolder folder;
  play_once(folder);
  const TempDir elsewhere;
  ProcessOptions options;
  options.args = {"again", folder.db(), "1", "--label", "second", "--no-ui"};
  options.cwd = elsewhere.path();
  const ProcessResult again = run_process("replay", options);
  BOOST_TEST(again.code == 0, again.err);
  BOOST_TEST(elsewhere.names().empty());
  Sql sql(folder.db());
  BOOST_TEST(sql.rows("select label, file, file_sha256, profile, sent from runs where run = 1") !=
                 sql.rows("select label, file, file_sha256, profile, sent from runs where run = 2"),
             boost::test_tools::per_element());
  BOOST_TEST(sql.count("select count(*) from (select distinct file, file_sha256, profile, target, "
                       "sent, working_folder from runs)") == 1U);
  BOOST_TEST(sql.one("select label from runs where run = 2") == "second");
  // A run that was played again can be played again.
  const ProcessResult third = folder.replay({"again", "macaw.sqlite", "2", "-n", "5", "-q"});
  BOOST_TEST(third.code == 0, third.err);
  BOOST_TEST(sql.one("select sent, label from runs where run = 3") == "5|second");
}

BOOST_AUTO_TEST_CASE(again_refuses_another_file_and_stdin) {
  const ReplayFolder folder;
  play_once(folder);
  BOOST_TEST(folder.play({"-", "--rps", "max", "--target", "stub"}, url_list(4)).code == 0);
  folder.dir().write("out.txt", url_list(22));
  for (const char* run : {"1", "2", "3"}) {
    const ProcessResult result = folder.replay({"again", "macaw.sqlite", run});
    BOOST_TEST(result.code == 1, run);
    BOOST_TEST(lines_of(result.err).size() == 1U, result.err);
  }
  const std::string changed = folder.replay({"again", "macaw.sqlite", "1"}).err;
  BOOST_TEST(contains(changed, "out.txt has changed"), changed);
  BOOST_TEST(Sql(folder.db()).count("select count(*) from runs") == 2U);
}

BOOST_AUTO_TEST_CASE(a_database_that_is_being_written_is_refused_and_can_be_read) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  Process process("replay", folder.options({"out.txt", "--rps", "100", "-d", "1h", "--target",
                                            "stub", "--no-ui", "--stub-latency", "20ms"}));
  BOOST_TEST_REQUIRE(process.wait_for_err("1 s of 1 h"), process.err());
  const ProcessResult second = folder.play({"out.txt", "--rps", "max", "--target", "stub"});
  BOOST_TEST(second.code == 1, second.out + second.err);
  BOOST_TEST_REQUIRE(lines_of(second.err).size() == 1U, second.err);
  BOOST_TEST(contains(second.err, "macaw.sqlite"), second.err);
  BOOST_TEST(contains(second.err, std::to_string(process.pid())), second.err);
  const ProcessResult report = folder.replay({"report", "macaw.sqlite"});
  BOOST_TEST(report.code == 0, report.err);
  BOOST_TEST(contains(report.out, "still being played"), report.out);
  process.signal(SIGINT);
  BOOST_TEST(process.wait().has_value());
  Sql sql(folder.db());
  BOOST_TEST(sql.count("select count(*) from runs") == 1U);
}

BOOST_AUTO_TEST_CASE(a_page_that_is_open_sees_how_the_run_ended) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  Process process("replay", folder.options({"out.txt", "--rps", "100", "-d", "2s", "--target",
                                            "stub", "--ui-port", "0"}));
  BOOST_TEST_REQUIRE(process.wait_for_err("/#token="), process.err());
  const std::string err = process.err();
  const size_t begin = err.find("http://", err.find("live at "));
  const std::string root = err.substr(begin, err.find("/#token=", begin) - begin);
  // As the page does, until nobody answers any more.
  const ProcessResult visitor = run_process(
      "bash", folder.options({"-c", "while curl -sf \"$0\"/api/run; do sleep 1; done", root}));
  const auto status = process.wait();
  BOOST_TEST_REQUIRE(status.has_value());
  const auto answers = lines_of(visitor.out);
  BOOST_TEST_REQUIRE(answers.size() >= 2U, visitor.out);
  BOOST_TEST(contains(answers.front(), "\"state\":\"running\""), answers.front());
  BOOST_TEST(contains(answers.back(), "\"state\":\"finished\""), answers.back());
}

BOOST_AUTO_TEST_CASE(serve_shows_a_run_until_it_is_stopped) {
  const ReplayFolder folder;
  play_once(folder);
  Process process("replay", folder.options({"serve", "macaw.sqlite", "--ui-port", "0"}));
  BOOST_TEST_REQUIRE(process.wait_for_out("\n"), process.err());
  const std::string line = lines_of(process.out()).front();
  const std::string url = line.substr(line.find("http://"), line.find(" (") - line.find("http://"));
  BOOST_TEST(contains(url, "/graph/?g=metric:client/request_latency_ms"), line);
  BOOST_TEST(end_with(process, SIGTERM) == 0);
  BOOST_TEST(process.err() == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
