// SPDX-License-Identifier: MIT
//
// Mistakes that other load generators are known for, as a user of the program would meet them. The
// table of all of them, and of the tests that cover the rest, is in tests/README.md.
#include <cstdlib>
#include <filesystem>

#include "child_usage.h"
#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

namespace {

/// The summary's line "scheduled 40 = 40 ok + 0 unsent (holds)".
std::string conservation_line(const std::string& summary) {
  for (const std::string& line : lines_of(summary)) {
    if (line.starts_with("scheduled ")) {
      return line;
    }
  }
  return "(none)";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(peer_faults_test)

BOOST_AUTO_TEST_CASE(a_rate_below_the_number_of_threads_is_that_rate) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  check_ended_well(folder.play({"out.txt", "-r", "1", "-t", "8", "-n", "2", "--target", "stub"}));
  check_ended_well(
      folder.play({"out.txt", "-r", "0.1", "-t", "8", "-d", "500ms", "--target", "stub"}));
  Sql sql(folder.db());
  BOOST_TEST(sql.rows("select run, i, intended_ms from requests_by_run order by run, i") ==
                 (std::vector<std::string>{"1|0|0.0", "1|1|1000.0", "2|0|0.0"}),
             boost::test_tools::per_element());
  BOOST_TEST(sql.rows("select workers, profile from runs order by run") ==
                 (std::vector<std::string>{"8|constant 1/s", "8|constant 0.1/s"}),
             boost::test_tools::per_element());
  folder.check_stored(sql, 1);
  folder.check_stored(sql, 2);
}

BOOST_AUTO_TEST_CASE(shuffled_times_are_refused_with_their_place) {
  const ReplayFolder folder;
  folder.dir().write("out.jsonl",
                     "{\"url\":\"/a\",\"t\":0.5}\n{\"url\":\"/b\",\"t\":0.9}\n"
                     "{\"url\":\"/c\",\"t\":0.25}\n");
  const ScriptedServer server(script::answer(http_ok("ok")));
  const ProcessResult result = folder.play({"out.jsonl", "--target", server.host_port()});
  BOOST_TEST(result.code == 1, result.out + result.err);
  BOOST_TEST(result.err ==
             "replay: out.jsonl:3:13: found t=0.25 after t=0.9, expected times that do not go "
             "backwards (or --sort)\n");
  BOOST_TEST(server.connections() == 0U);
  BOOST_TEST(folder.dir().names() == std::vector<std::string>{"out.jsonl"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(errors_do_not_end_a_run_or_hide_its_rows) {
  // One request in twenty gets a 503, the very first one among them.
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(400));
  const ScriptedServer server([](ScriptedConnection& client) {
    while (client.read_request()) {
      const std::string& request = client.request();
      const size_t at = request.find("X-Seq: ");
      const bool fails = std::strtoul(request.c_str() + at + 7, nullptr, 10) % 20 == 0;
      client.send(fails ? http_answer(503, "busy") : http_ok("cb({\"list\":[]})"));
    }
  });
  const ProcessResult result = folder.play({"out.txt", "--rps", "max", "--seq-header", "X-Seq",
                                            "--target", server.host_port(), "--no-probe"});
  BOOST_TEST(result.code == 0, result.out + result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select state, end_reason, sent from runs") == "finished|end of file|400");
  BOOST_TEST(sql.one("select count(*), sum(status = 503) from requests") == "400|20");
  BOOST_TEST(sql.one("select requests, errors from endpoint_latency where endpoint = 'all'") ==
             "400|20");
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(a_run_that_is_ended_early_names_the_rule_and_the_value) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  const ScriptedServer server(script::answer(http_answer(500, "no")));
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "50", "-d", "1h", "--target", server.host_port(),
                   "--no-probe", "--abort-if", "errors>=20 for 1s"});
  BOOST_TEST(result.code != 0, result.out);
  Sql sql(folder.db());
  // "aborted: 50 errors among the 50 requests that ended in the last 1 s (errors>=20 for 1s)"
  const std::string reason = sql.one("select end_reason from runs");
  BOOST_TEST(reason.ends_with(" requests that ended in the last 1 s (errors>=20 for 1s)"), reason);
  const std::string begin = "aborted: ";
  BOOST_TEST_REQUIRE(reason.starts_with(begin), reason);
  const size_t errors = std::strtoul(reason.c_str() + begin.size(), nullptr, 10);
  BOOST_TEST(errors >= 20U);
  BOOST_TEST(contains(reason, std::to_string(errors) + " errors among the "), reason);
  BOOST_TEST(sql.count("select count(*) from requests where status = 500") >= errors);
  BOOST_TEST(contains(result.out, reason), result.out);
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(the_same_file_twice_gives_the_same_totals) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(300));
  const ScriptedServer server(script::answer(http_ok("cb({\"list\":[]})")));
  std::vector<std::string> lines;
  for (int k = 0; k < 2; ++k) {
    const ProcessResult result =
        folder.play({"out.txt", "--rps", "1k", "-t", "2", "--target", server.host_port()});
    check_ended_well(result);
    lines.push_back(conservation_line(result.out));
  }
  BOOST_TEST(lines[0] == "scheduled 300 = 300 ok + 0 unsent (holds)");
  BOOST_TEST(lines[1] == lines[0]);
  Sql sql(folder.db());
  // And row for row: what was asked for, when, and from which line.
  BOOST_TEST(sql.count("select count(*) from requests_by_run a join requests_by_run b on a.i = b.i "
                       "and a.line = b.line and a.intended_ms = b.intended_ms "
                       "and a.endpoint = b.endpoint where a.run = 1 and b.run = 2") == 300U);
}

BOOST_AUTO_TEST_CASE(bodies_are_not_kept) {
  constexpr size_t kBody = size_t{1} << 20;
  constexpr size_t kAnswers = 100;
  const ReplayFolder folder;
  const std::string file = folder.dir().write("out.txt", url_list(kAnswers));
  const auto play = [&](size_t body) {
    const ScriptedServer server(script::answer(http_ok(std::string(body, 'x'))));
    return run_on_terminal("replay",
                           {file, "--rps", "max", "--target", server.host_port(), "-c", "4", "--db",
                            folder.db(), "--expect", "none", "--no-ui", "-q"});
  };
  const ChildUsage small = play(2);
  const ChildUsage large = play(kBody);
  BOOST_TEST(small.code == 0, small.terminal);
  BOOST_TEST(large.code == 0, large.terminal);
  Sql sql(folder.db());
  BOOST_TEST(sql.count("select count(*) from requests where outcome = 'ok'") == kAnswers);
  BOOST_TEST(sql.count("select bytes_in from endpoint_totals where run = 2 and endpoint = 0") >
             kAnswers * kBody);
  // A hundred megabytes came; a few of them would be seen here.
  BOOST_TEST(std::filesystem::file_size(folder.db()) < kBody);
  BOOST_TEST_MESSAGE("peak memory " << small.resident_kb_max << " kB with small answers, "
                                    << large.resident_kb_max << " kB with large ones");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  BOOST_TEST(large.resident_kb_max < small.resident_kb_max + 16'384);
#endif
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
