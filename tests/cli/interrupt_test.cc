// SPDX-License-Identifier: MIT
//
// Ctrl-C and SIGTERM, once and twice, at every stage of a run.
#include <csignal>

#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

namespace {

/// Waits for the end and returns it as a whole.
ProcessResult end_of(Process& process) {
  const auto status = process.wait();
  BOOST_TEST_REQUIRE(status.has_value(), process.err());
  return {status->shell(), process.out(), process.err()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interrupt_test)

BOOST_AUTO_TEST_CASE(the_first_signal_finishes_and_reports) {
  for (const int number : {SIGINT, SIGTERM}) {
    const ReplayFolder folder;
    folder.dir().write("out.txt", url_list(100));
    Process process("replay", folder.options({"out.txt", "--rps", "100", "-d", "1h", "--target",
                                              "stub", "--stub-latency", "20ms", "--no-ui"}));
    BOOST_TEST_REQUIRE(process.wait_for_err("1 s of 1 h"), process.err());
    process.signal(number);
    const ProcessResult result = end_of(process);
    check_ended_well(result);
    BOOST_TEST(contains(result.out, "interrupted at 0 %"), result.out);
    Sql sql(folder.db());
    BOOST_TEST(sql.one("select state, end_reason from runs") == "interrupted|interrupted at 0 %");
    const uint64_t rows = sql.count("select count(*) from requests");
    BOOST_TEST(rows >= 100U);
    // What was in flight has been waited for.
    BOOST_TEST(sql.count("select count(*) from requests where outcome = 'ok'") == rows);
    BOOST_TEST(sql.one("select max(i) + 1 from requests") == std::to_string(rows));
    folder.check_stored(sql);
  }
}

BOOST_AUTO_TEST_CASE(the_second_signal_ends_at_once) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  const ScriptedServer server([](ScriptedConnection& client) {
    while (client.read_request()) {
      if (contains(client.request(), "user=3&")) {
        client.hold();  // two requests of the hundred
      }
      client.send(http_ok("cb({\"list\":[]})"));
    }
  });
  Process process("replay", folder.options({"out.txt", "--rps", "100", "-d", "1h", "--target",
                                            server.host_port(), "--timeout", "1h", "--no-ui"}));
  BOOST_TEST_REQUIRE(process.wait_for_err("1 s of 1 h"), process.err());
  process.signal(SIGINT);
  BOOST_TEST_REQUIRE(process.wait_for_err("waiting for what is in flight"), process.err());
  process.signal(SIGINT);
  const ProcessResult result = end_of(process);
  BOOST_TEST((result.code == 0 || result.code == 4), result.out + result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.count("select count(*) from requests where outcome = 'unfinished'") >= 2U);
  BOOST_TEST(sql.one("select state from runs") == "interrupted");
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(before_any_answer_it_is_130) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  const ScriptedServer server(script::say_nothing());
  Process process("replay", folder.options({"out.txt", "--rps", "100", "--target",
                                            server.host_port(), "--no-ui", "--no-probe"}));
  BOOST_TEST_REQUIRE(server.wait_for_connections(1));
  process.signal(SIGTERM);
  BOOST_TEST_REQUIRE(process.wait_for_err("waiting for what is in flight"), process.err());
  process.signal(SIGINT);
  const ProcessResult result = end_of(process);
  BOOST_TEST(result.code == 130, result.out + result.err);
  BOOST_TEST(contains(result.err, "replay: interrupted before any answer"), result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select state from runs") == "interrupted");
  BOOST_TEST(sql.one("select distinct outcome from requests") == "unfinished");
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(while_trying_the_target_it_is_130_at_once) {
  for (const int number : {SIGINT, SIGTERM}) {
    const ReplayFolder folder;
    folder.dir().write("out.txt", url_list(100));
    const ScriptedServer server(script::say_nothing());
    Process process("replay", folder.options({"out.txt", "--rps", "100", "--timeout", "1h",
                                              "--target", server.host_port(), "--no-ui"}));
    BOOST_TEST_REQUIRE(server.wait_for_connections(1));
    process.signal(number);
    const ProcessResult result = end_of(process);
    BOOST_TEST(result.code == 130, result.err);
    BOOST_TEST(result.err == "replay: interrupted\n");
    BOOST_TEST(folder.dir().names() == std::vector<std::string>{"out.txt"},
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_killed_run_is_marked_by_the_next_one) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  {
    Process process("replay", folder.options({"out.txt", "--rps", "100", "-d", "1h", "--target",
                                              "stub", "--no-ui"}));
    BOOST_TEST_REQUIRE(process.wait_for_err("2 s of 1 h"), process.err());
    process.signal(SIGKILL);
    BOOST_TEST(end_of(process).code == 128 + SIGKILL);
  }
  const ProcessResult next = folder.play({"out.txt", "--rps", "max", "--target", "stub"});
  BOOST_TEST(next.code == 0, next.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.rows("select state from runs order by run") ==
                 (std::vector<std::string>{"killed", "finished"}),
             boost::test_tools::per_element());
  BOOST_TEST(sql.count("select count(*) from requests_by_run where run = 1") >= 100U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
