// SPDX-License-Identifier: MIT
//
// `replay control` and a run that plays: what it changes, what is stored of it, and whom the run
// does not listen to.
#include <sys/stat.h>

#include <csignal>
#include <memory>

#include "replay_fixture.h"

namespace macaw::test {

namespace {

/// A run of an hour against the stub, with its page on a free port.
class PlayingRun {
 public:
  explicit PlayingRun(std::vector<std::string> more = {"--rps", "100", "-d", "1h"}) {
    folder.dir().write("out.txt", url_list(100));
    std::vector<std::string> args = {"out.txt", "--target", "stub", "--ui-port", "0"};
    args.insert(args.end(), more.begin(), more.end());
    process = std::make_unique<Process>("replay", folder.options(args));
    BOOST_REQUIRE(process->wait_for_err("/#token="));
    BOOST_REQUIRE(process->wait_for_err("\n"));
  }

  ProcessResult control(std::vector<std::string> args) const {
    args.insert(args.begin(), "control");
    return folder.replay(std::move(args));
  }

  /// "127.0.0.1:40123"
  std::string address() const {
    const std::string err = process->err();
    const size_t begin = err.find("live at http://") + 15;
    return err.substr(begin, err.find("/#token=", begin) - begin);
  }

  std::string token() const {
    const std::string err = process->err();
    return err.substr(err.find("/#token=") + 8, 32);
  }

  /// Ends it, and returns what it said.
  ProcessResult end() {
    const auto status = process->wait();
    BOOST_TEST_REQUIRE(status.has_value(), process->err());
    return {status->shell(), process->out(), process->err()};
  }

  ReplayFolder folder;
  std::unique_ptr<Process> process;
};

void check_said(const ProcessResult& result, int code, std::string_view part) {
  BOOST_TEST(result.code == code, result.out + result.err);
  BOOST_TEST(contains(result.out + result.err, part), result.out + result.err);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_test)

BOOST_AUTO_TEST_CASE(a_run_is_steered_through_its_database) {
  PlayingRun run;
  check_said(run.control({"macaw.sqlite", "status"}), 0, "run 1: 100/s, ");
  check_said(run.control({"macaw.sqlite", "rate", "200"}), 0, "run 1: 200/s, ");
  // The database of a run without --db needs no name.
  check_said(run.control({"pause"}), 0, "run 1: paused, then 200/s, ");
  check_said(run.control({"pause"}), 0, "run 1: paused, then 200/s, ");
  check_said(run.control({"resume"}), 0, "run 1: 200/s, ");
  // Two at once that ask for the same: whichever comes second changes nothing.
  Process other("replay", run.folder.options({"control", "rate", "300"}));
  check_said(run.control({"rate", "18k/m"}), 0, "run 1: 300/s, ");
  BOOST_TEST(other.wait().value().shell() == 0, other.err());
  check_said(run.control({"--format", "json", "rate", "50"}), 0, "\"target_rps\":50.0");
  check_said(run.control({"stop"}), 0, "run 1: ending");
  const ProcessResult end = run.end();
  check_ended_well(end);
  BOOST_TEST(contains(end.err, "rate_change: 100/s -> 200/s, asked for by replay control"),
             end.err);
  BOOST_TEST(contains(end.out, "stopped by replay control"), end.out);
  BOOST_TEST(contains(end.out, "pause at "), end.out);

  Sql sql(run.folder.db());
  BOOST_TEST(sql.rows("select kind, value from events where kind in ('rate_change', 'pause', "
                      "'resume', 'stop') order by event") ==
                 (std::vector<std::string>{"rate_change|200000", "pause|0", "resume|200000",
                                           "rate_change|300000", "rate_change|50000", "stop|0"}),
             boost::test_tools::per_element());
  BOOST_TEST(sql.one("select state from runs") == "interrupted");
  // Nothing is due in the pause, and all of its time is left out of the rate's. A change holds from
  // a moment on that the workers can all be told of before it; a stop holds at once, and may come
  // before all of them.
  sql.rows(
      "create temp table held as select (select at_s from events where kind = 'pause') as from_s, "
      "(select at_s from events where kind = 'resume') as to_s, "
      "(select at_s from events where kind = 'rate_change' order by event limit 1) as fast_s, "
      "(select at_s from events where kind = 'stop') as stop_s");
  BOOST_TEST(sql.count("select count(*) from requests, held where intended_ms / 1e3 >= from_s "
                       "and intended_ms / 1e3 < to_s") == 0U);
  // One every 10 ms, then every 5 ms; off by one at each change.
  BOOST_TEST(std::abs(sql.number("select count(*) - 100 * min(fast_s, stop_s) from requests, held "
                                 "where intended_ms / 1e3 < min(fast_s, stop_s)")) <= 2);
  BOOST_TEST(std::abs(sql.number(
                 "select count(*) - 200 * (min(from_s, stop_s) - min(fast_s, stop_s)) from "
                 "requests, held where intended_ms / 1e3 >= min(fast_s, stop_s) and intended_ms / "
                 "1e3 < min(from_s, stop_s)")) <= 2);
  BOOST_TEST(sql.number("select abs(target_rps * sending_s - scheduled) from runs") <= 2);
  // The stop may come before the resume holds.
  BOOST_TEST(sql.number("select sending_s - elapsed_s + min(to_s, elapsed_s) - from_s "
                        "from runs, held") <= 1e-6);
  run.folder.check_stored(sql);
  // The way to it is gone with it.
  const std::vector<std::string> left = run.folder.dir().names();
  BOOST_TEST(std::count(left.begin(), left.end(), "macaw.sqlite-control") == 0);
  check_said(run.control({"macaw.sqlite", "pause"}), 2, "no run that could be controlled");
}

BOOST_AUTO_TEST_CASE(a_run_is_steered_by_address_and_token) {
  PlayingRun run;
  const std::string ui = run.address();
  BOOST_TEST(run.token().size() == 32U);

  struct stat info {};

  BOOST_REQUIRE(::stat((run.folder.db() + "-control").c_str(), &info) == 0);
  BOOST_TEST((info.st_mode & 0777) == 0600U);

  check_said(run.control({"--ui", ui, "status"}), 0, "run 1: 100/s, ");
  check_said(run.control({"--ui", ui, "--token", std::string(32, '0'), "stop"}), 1,
             "X-Macaw-Token: wrong");
  // With --ui alone, the file beside some database is not asked: it may be another run's.
  check_said(run.control({"--ui", ui, "stop"}), 1, "X-Macaw-Token: missing");
  check_said(run.control({"--ui", ui, "--token", run.token(), "rate", "150"}), 0, "150/s");
  check_said(run.control({"--ui", "http://" + ui + "/#token=" + run.token(), "pause"}), 0,
             "paused");
  ProcessOptions by_environment = run.folder.options({"control", "--ui", ui, "resume"});
  by_environment.env = {{"MACAW_TOKEN", run.token()}};
  check_said(run_process("replay", by_environment), 0, "run 1: 150/s");
  // As a page elsewhere would have a browser ask.
  const std::string url = "http://" + ui + "/api/control/stop";
  for (const std::string header : {"Origin: http://evil.example", "Host: evil.example"}) {
    const ProcessResult asked = run_process(
        "curl", run.folder.options({"-s", "-X", "POST", "-H", "X-Macaw-Token: " + run.token(), "-H",
                                    header, "-w", "%{http_code}", url}));
    BOOST_TEST(contains(asked.out, "403"), asked.out);
  }
  const ProcessResult by_get = run_process("curl", run.folder.options({"-s", url}));
  BOOST_TEST(by_get.out == "found GET, expected POST\n");
  check_said(run.control({"status"}), 0, "run 1: 150/s");
  check_said(run.control({"stop"}), 0, "ending");
  check_ended_well(run.end());
}

BOOST_AUTO_TEST_CASE(what_has_no_rate_pauses_and_stops) {
  PlayingRun run({"--rps", "max", "-d", "1h", "-c", "2"});
  check_said(run.control({"rate", "10"}), 1, "--rps max");
  check_said(run.control({"rate", "0"}), 1, "rate");
  check_said(run.control({"pause"}), 0, "run 1: paused, then without a rate");
  check_said(run.control({"resume"}), 0, "run 1: without a rate");
  check_said(run.control({"stop"}), 0, "ending");
  check_ended_well(run.end());
  Sql sql(run.folder.db());
  BOOST_TEST(sql.one("select group_concat(kind) from events where kind in ('pause', 'resume', "
                     "'stop', 'rate_change')") == "pause,resume,stop");
}

BOOST_AUTO_TEST_CASE(quiet_runs_keep_their_token_to_themselves) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  Process process("replay", folder.options({"out.txt", "--target", "stub", "--ui-port", "0", "-q",
                                            "--rps", "100", "-d", "1h"}));
  ProcessResult stopped;
  for (int k = 0; k < 600 && stopped.code != 0; ++k) {
    stopped = folder.replay({"control", "macaw.sqlite", "stop"});  // it takes a moment to begin
    BOOST_TEST_REQUIRE((stopped.code == 0 || stopped.code == 2), stopped.err);
  }
  check_said(stopped, 0, "ending");
  BOOST_TEST_REQUIRE(process.wait().has_value());
  BOOST_TEST(!contains(process.err(), "token"), process.err());
}

BOOST_AUTO_TEST_CASE(nobody_there) {
  const ReplayFolder folder;
  check_said(folder.replay({"control", "--ui", "127.0.0.1:1", "pause"}), 2, "nobody answers at");
  check_said(folder.replay({"control", "macaw.sqlite", "pause"}), 2,
             "no run that could be controlled is being played into macaw.sqlite");
  // A run that was killed leaves its file behind.
  folder.dir().write("macaw.sqlite-control", "127.0.0.1:1\n00112233445566778899aabbccddeeff\n");
  check_said(folder.replay({"control", "macaw.sqlite", "pause"}), 2, "nobody answers at");
}

BOOST_AUTO_TEST_CASE(a_page_without_a_run_refuses) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(20));
  check_ended_well(folder.play({"out.txt", "--rps", "max", "--target", "stub"}));
  Process serve("replay", folder.options({"serve", "macaw.sqlite", "--ui-port", "0"}));
  BOOST_REQUIRE(serve.wait_for_out("(Ctrl-C ends)"));
  const std::string out = serve.out();
  const size_t begin = out.find("http://") + 7;
  const std::string ui = out.substr(begin, out.find('/', begin) - begin);
  check_said(folder.replay({"control", "--ui", ui, "status"}), 0, "no run is being played here");
  check_said(folder.replay({"control", "--ui", ui, "--token", "x", "stop"}), 1,
             "no run is being played here");
  BOOST_TEST(end_with(serve, SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(wrong_words) {
  const ReplayFolder folder;
  const auto said = [&folder](std::vector<std::string> args, std::string_view part) {
    args.insert(args.begin(), "control");
    check_said(folder.replay(std::move(args)), 1, part);
  };
  said({}, "required");
  said({"macaw.sqlite"}, "found no action, expected rate, pause, resume, stop or status");
  said({"macaw.sqlite", "faster"}, "found 'faster', expected rate, pause");
  said({"rate"}, "how many a second?");
  said({"rate", "fast"}, "fast");
  said({"pause", "10"}, "'10' is too much");
  said({"--format", "xml", "pause"}, "--format");
  said({"--ui", "a b", "pause"}, "--ui");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
