// SPDX-License-Identifier: MIT
//
// Targets that cannot be had, answer wrongly, or are somewhere else; and the port of the graphs.
#include <csignal>

#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

namespace {

/// A port of 127.0.0.1 that refuses: it was free, and its owner is gone.
std::string refusing_host_port() {
  const ScriptedServer server(script::say_nothing());
  return server.host_port();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(target_test)

BOOST_AUTO_TEST_CASE(a_name_that_does_not_resolve) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", "# note\n" + url_list(4, "macaw-test.invalid"));
  const ProcessResult result = folder.play({"out.txt", "--rps", "100"});
  BOOST_TEST(result.code == 2);
  BOOST_TEST(result.out == "");
  BOOST_TEST_REQUIRE(lines_of(result.err).size() == 1U, result.err);
  BOOST_TEST(result.err.starts_with("replay: macaw-test.invalid:80 (out.txt:2) does not resolve: "),
             result.err);
  BOOST_TEST(contains(result.err, "--target HOST:PORT"));
  BOOST_TEST(contains(result.err, "--target stub"));
}

BOOST_AUTO_TEST_CASE(a_target_that_refuses) {
  const ReplayFolder folder;
  const std::string refusing = refusing_host_port();
  folder.dir().write("out.txt", url_list(2, "localhost") + url_list(2, "localhost"));
  folder.dir().write("here.txt", url_list(4, refusing));
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"here.txt", "--rps", "100"}, "(here.txt:1) cannot be reached: connection refused; "},
      {{"out.txt", "--rps", "100", "--target", refusing},
       "(--target) cannot be reached: connection refused; "}};
  for (const auto& [args, says] : cases) {
    const ProcessResult result = folder.play(args);
    BOOST_TEST(result.code == 2);
    BOOST_TEST(result.out == "");
    BOOST_TEST_REQUIRE(lines_of(result.err).size() == 1U, result.err);
    BOOST_TEST(result.err.starts_with("replay: " + refusing + " " + says), result.err);
    BOOST_TEST(contains(result.err, "--target HOST:PORT"));
    BOOST_TEST(contains(result.err, "--target stub"));
  }
}

BOOST_AUTO_TEST_CASE(nothing_ever_answered) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(20));
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "1000", "--no-probe", "--target", refusing_host_port()});
  BOOST_TEST(result.code == 2, result.out + result.err);
  BOOST_TEST(contains(result.err, "replay: nothing ever answered"), result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select count(*), min(outcome), max(outcome) from requests") ==
             "20|refused|refused");
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_not_right_is_shown_before_the_run) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(4));
  const ScriptedServer server(script::answer(http_answer(503, "try\nlater")));
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "max", "--target", server.host_port()});
  BOOST_TEST(result.code == 0, result.out + result.err);
  const std::string first = lines_of(result.err).front();
  BOOST_TEST(first.starts_with("replay: warning: the first request"), first);
  BOOST_TEST(contains(first, "503"), first);
  BOOST_TEST(contains(first, "try later"), first);
  BOOST_TEST(Sql(folder.db()).one("select distinct outcome, status from requests") ==
             "http_error|503");
}

BOOST_AUTO_TEST_CASE(no_probe_sends_nothing_before_the_run) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(4));
  for (const bool probe : {true, false}) {
    const ScriptedServer server(script::answer(http_ok("cb({\"list\":[]})")));
    std::vector<std::string> args{"out.txt", "--rps", "max", "--target", server.host_port()};
    if (!probe) {
      args.emplace_back("--no-probe");
    }
    BOOST_TEST(folder.play(args).code == 0);
    BOOST_TEST(server.requests().size() == (probe ? 5U : 4U));
  }
}

BOOST_AUTO_TEST_CASE(a_timeout_is_an_outcome) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(4));
  const ScriptedServer server([](ScriptedConnection& client) {
    while (client.read_request()) {
      if (contains(client.request(), "/js/action")) {
        client.hold();
      } else {
        client.send(http_ok("cb({\"list\":[]})"));
      }
    }
  });
  const ProcessResult result = folder.play(
      {"out.txt", "--rps", "100", "--timeout", "200ms", "--target", server.host_port()});
  BOOST_TEST((result.code == 0 || result.code == 4), result.out + result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.rows("select endpoint, outcome, count(*) from requests group by 1, 2") ==
                 (std::vector<std::string>{"/js/action/new|timeout|2", "/js/recommendations|ok|2"}),
             boost::test_tools::per_element());
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(a_busy_port_of_the_graphs_is_a_warning) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(10));
  const ScriptedServer owner(script::say_nothing());
  const std::string busy = std::to_string(owner.port());
  const ProcessResult result =
      folder.replay({"out.txt", "--rps", "max", "--target", "stub", "--ui-port", busy});
  BOOST_TEST(result.code == 0, result.out + result.err);
  const std::string first = lines_of(result.err).front();
  BOOST_TEST(first.starts_with("replay: warning: port " + busy + " is busy"), result.err);
  BOOST_TEST(contains(result.err, "live at http://127.0.0.1:"), result.err);
  BOOST_TEST(!contains(result.err, "live at http://127.0.0.1:" + busy + "/"), result.err);
}

BOOST_AUTO_TEST_CASE(the_stub_ends_with_0_on_a_signal) {
  for (const int number : {SIGINT, SIGTERM}) {
    StubTarget stub;
    BOOST_TEST(stub.host_port().starts_with("127.0.0.1:"));
    BOOST_TEST(end_with(stub.process(), number) == 0);
  }
}

BOOST_AUTO_TEST_CASE(the_stub_has_keys_and_errors) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(10));
  const StubTarget strict({"--consumer-key", "other", "--requests-per-connection", "2"});
  const ProcessResult refused =
      folder.play({"out.txt", "--rps", "max", "--target", strict.host_port(), "-c", "1"});
  BOOST_TEST(refused.code == 0, refused.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select distinct outcome, status from requests") == "wrong_answer|200");
  BOOST_TEST(contains(sql.one("select distinct example from outcomes where endpoint = 'all'"),
                      "Consumer not Authorized"));
  const ProcessResult accepted =
      folder.play({"out.txt", "--rps", "max", "--target", strict.host_port(), "--set-query",
                   "consumer_key=other"});
  BOOST_TEST(accepted.code == 0, accepted.err);
  BOOST_TEST(sql.one("select distinct outcome from requests") == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
