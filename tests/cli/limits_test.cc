// SPDX-License-Identifier: MIT
//
// Conditions that the user sets: --fail-if at the end of a run, --abort-if in its middle.
#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

BOOST_AUTO_TEST_SUITE(limits_test)

BOOST_AUTO_TEST_CASE(a_breached_condition_is_3_and_says_which) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(20));
  const std::vector<std::string> base = {"out.txt", "--rps",          "max",  "--target",
                                         "stub",    "--stub-latency", "20ms", "-q"};
  const auto play = [&](std::vector<std::string> conditions) {
    std::vector<std::string> args = base;
    for (std::string& condition : conditions) {
      args.insert(args.end(), {"--fail-if", std::move(condition)});
    }
    return folder.play(args);
  };
  const ProcessResult kept = play({"p50<20ms", "errors>0", "/js/action/new:service.max<1ms"});
  BOOST_TEST(kept.code == 0, kept.err);
  BOOST_TEST(kept.err == "");
  const ProcessResult breached = play({"p50>=20ms", "errors>0", "/js/action/new:service.max>1ms"});
  BOOST_TEST(breached.code == 3, breached.err);
  const auto lines = lines_of(breached.err);
  BOOST_TEST_REQUIRE(lines.size() == 2U, breached.err);
  BOOST_TEST(lines[0].starts_with("replay: --fail-if p50>=20ms: "), lines[0]);
  BOOST_TEST(lines[1].starts_with("replay: --fail-if /js/action/new:service.max>1ms: "), lines[1]);
  BOOST_TEST(contains(breached.out, "VALID"));
  const ProcessResult unknown = play({"/elsewhere:p50>1ms"});
  BOOST_TEST(unknown.code == 1, unknown.err);
}

BOOST_AUTO_TEST_CASE(errors_abort_a_run_once_they_have_lasted) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  const ScriptedServer server(script::answer(http_answer(500, "no")));
  const ProcessResult result = folder.play({"out.txt", "--rps", "100", "-d", "1h", "--target",
                                            server.host_port(), "--abort-if", "errors>50% for 2s"});
  BOOST_TEST((result.code == 3 || result.code == 4), result.out + result.err);
  BOOST_TEST(contains(result.err, "replay: warning: aborted: "), result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select state from runs") == "interrupted");
  BOOST_TEST(contains(sql.one("select end_reason from runs"), "errors>50% for 2s"));
  BOOST_TEST(sql.number("select elapsed_s from runs") >= 2.0);
  BOOST_TEST(sql.count("select count(*) from requests") >= 200U);
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(too_few_descriptors_make_a_run_suspect) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  // The sanitizers need descriptors of their own; the undefined-behaviour one takes an object for a
  // wrong one when there is none.
  BOOST_TEST_MESSAGE("SKIPPED: the sanitizers do not work without descriptors");
  return;
#endif
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  const StubTarget stub({"--latency", "200ms"});
  ProcessOptions options = folder.options(
      {"-c", "ulimit -n 60 && exec \"$0\" \"$@\"", program_path("replay"), "out.txt", "--rps", "1k",
       "--requests", "1000", "--target", stub.host_port(), "--no-ui"});
  const ProcessResult result = run_process("bash", std::move(options));
  Sql sql(folder.db());
  // The machine's other users may make it worse, not better.
  BOOST_TEST((result.code == 0 || result.code == 4), result.out + result.err);
  BOOST_TEST(sql.one("select verdict from runs") != "VALID");
  BOOST_TEST(sql.count("select count(*) from events where kind = 'generator_limit'") > 0U);
  BOOST_TEST(contains(sql.one("select verdict_reason from runs"), "no free file descriptor"));
  BOOST_TEST(sql.count("select count(*) from requests where outcome = 'ok'") == 1000U);
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(too_few_ports_make_a_run_suspect) {
  // In a network of its own with ten local ports. Each answer takes 100 ms, so that 1,000 requests
  // a second would like to have a hundred connections.
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  ProcessOptions options = folder.options({"40000", "40009", program_path("replay"), "out.txt",
                                           "--rps", "1k", "--requests", "300", "--target", "stub",
                                           "--stub-latency", "100ms", "--no-ui"});
  const ProcessResult result = run_process(MACAW_FEW_PORTS, std::move(options));
  if (result.code == 77) {
    BOOST_TEST_MESSAGE("SKIPPED: " << result.err);
    return;
  }
  BOOST_TEST((result.code == 0 || result.code == 4), result.out + result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select verdict from runs") != "VALID");
  const std::string cause = "no free local port on our side (EADDRNOTAVAIL)";
  BOOST_TEST(contains(sql.one("select verdict_reason from runs"), cause));
  // No other limit, and none of the target's errors: requests wait for the ports that there are.
  BOOST_TEST(sql.rows("select distinct text from events where kind = 'generator_limit'") ==
                 std::vector<std::string>{cause},
             boost::test_tools::per_element());
  BOOST_TEST(sql.count("select count(*) from events where kind = 'error'") == 0U);
  BOOST_TEST(sql.count("select count(*) from requests where outcome = 'ok'") == 300U);
  BOOST_TEST(sql.count("select count(distinct connection) from requests") <= 10U);
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(a_file_size_limit_loses_rows_and_says_so) {
  // How much room is left after the last commit that fits is a matter of luck.
  for (const int limit : {300, 302, 304}) {
    const ReplayFolder folder;
    folder.dir().write("out.txt", url_list(100));
    ProcessOptions options =
        folder.options({"-c",
                        fmt::format("ulimit -f {} && exec \"$0\" out.txt --rps max --requests 20000"
                                    " --target stub --no-ui",
                                    limit),
                        program_path("replay")});
    const ProcessResult result = run_process("bash", std::move(options));
    BOOST_TEST(result.code == 4, result.out + result.err);
    BOOST_TEST(contains(result.out, "INVALID"), result.out);
    BOOST_TEST(contains(result.out, "rows lost"), result.out);
    BOOST_TEST(Sql(folder.db()).one("select state from runs") == "finished");
  }
}

BOOST_AUTO_TEST_CASE(create_replay_leaves_nothing_at_a_file_size_limit) {
  const ReplayFolder folder;
  const ProcessResult result = run_process(
      "bash", folder.options({"-c", "ulimit -f 100 && exec \"$0\" ml10m out.txt 1000 50000",
                              program_path("create-replay")}));
  BOOST_TEST(result.code == 1, result.err);
  BOOST_TEST(contains(result.err, "create-replay: out.txt: cannot write: File too large"),
             result.err);
  BOOST_TEST(std::filesystem::is_empty(folder.dir().path()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
