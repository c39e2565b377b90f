// SPDX-License-Identifier: MIT
//
// `--users` from outside: what a closed loop says of itself, Little's law, warm-up and the ways to
// end; what is told of wrong combinations.
#include <cmath>

#include "replay_fixture.h"

namespace macaw::test {

namespace {

std::string error_line(const ReplayFolder& folder, std::vector<std::string> args) {
  args.insert(args.begin(), "out.txt");
  const ProcessResult result = folder.play(std::move(args));
  BOOST_TEST(result.code == 1, result.out + result.err);
  return lines_of(result.err).front();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(users_test)

BOOST_AUTO_TEST_CASE(users_times_their_cycle_is_the_rate) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  const ProcessResult result =
      folder.play({"out.txt", "--users", "20", "--think", "40ms..60ms", "-d", "4s", "--warmup",
                   "1s", "--target", "stub", "--stub-latency", "50ms"});
  check_ended_well(result);
  BOOST_TEST(contains(result.out, "20 users, think time 40 ms to 60 ms, closed loop, at most 20 "));
  BOOST_TEST(contains(result.out, "closed loop: the rate is an outcome"));
  BOOST_TEST(contains(result.out, "warm-up 1 s: what was due within it is in no number"));
  BOOST_TEST(contains(result.out, "Little's law: "));
  BOOST_TEST(result.out.find("Service time") < result.out.find("Response time"));
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select users, mean_users, think_s, pacing_s, warmup_s, arrivals, end_reason "
                     "from runs") == "20|20.0|0.05||1.0|closed loop|duration reached");
  // Never more than one request of a user at a time: at most one for each 90 ms and user.
  BOOST_TEST(sql.count("select count(*) from requests") <= 20 * 45U);
  BOOST_TEST(sql.count("select count(*) from requests where left_out <> (intended_ms < 1000)") ==
             0U);
  BOOST_TEST(sql.count("select left_out from runs") ==
             sql.count("select count(*) from requests where intended_ms < 1000"));
  BOOST_TEST(sql.count("select max(users) from health") == 20U);
  BOOST_TEST(sql.number("select abs(achieved_rps - (select count(*) from requests where not "
                        "left_out) / (sending_s - warmup_s)) from runs") < 1e-6);
  // Little's law, from the rows: users = rate x (response + think); edges are a 30th of a user's
  // time.
  const double users = sql.number(
      "select achieved_rps * ((select avg(response_ms) from requests where not left_out) / 1e3 + "
      "think_s) from runs");
  BOOST_TEST(std::abs(users / 20 - 1) < 0.07);
  const auto json = json_of(folder.replay({"report", "macaw.sqlite", "--format", "json"}).out);
  BOOST_TEST(json["closed_loop"]["users"].GetInt() == 20);
  BOOST_TEST(json["closed_loop"]["littles_law_users"].GetDouble() == users,
             boost::test_tools::tolerance(1e-6));
  const ProcessResult verified = folder.replay({"verify", "macaw.sqlite"});
  BOOST_TEST(verified.code == 0, verified.out + verified.err);
}

BOOST_AUTO_TEST_CASE(an_open_loop_has_a_warm_up_too) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(50));
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "200", "-d", "3s", "--warmup", "1", "--target", "stub"});
  check_ended_well(result);
  BOOST_TEST(contains(result.out, "+ 200 left out (holds)"));
  Sql sql(folder.db());
  BOOST_TEST(sql.count("select requests from run_summary") == 400U);
  BOOST_TEST(sql.number("select achieved_rps * (sending_s - 1) from run_summary") == 400,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(sql.count("select requests from second_latency where second = 0") == 200U);
  const auto report = [&folder](const std::string& format) {
    return folder.replay({"report", "macaw.sqlite", "--format", format}).out;
  };
  BOOST_TEST(json_of(report("vegeta-json"))["requests"].GetUint64() == 400U);
  BOOST_TEST(json_of(report("ghz"))["count"].GetUint64() == 400U);
  BOOST_TEST(contains(report("locust-stats"), ",Aggregated,400,0,"));
  const ProcessResult verified = folder.replay({"verify", "macaw.sqlite"});
  BOOST_TEST(verified.code == 0, verified.out + verified.err);
}

BOOST_AUTO_TEST_CASE(what_is_in_flight_at_the_end) {
  for (const std::string how : {"wait", "close", "ignore"}) {
    const ReplayFolder folder;
    folder.dir().write("out.txt", url_list(10));
    const ProcessResult result =
        folder.play({"out.txt", "--users", "5", "-d", "500ms", "--at-end", how, "--target", "stub",
                     "--stub-latency", "1s", "--no-probe"});
    Sql sql(folder.db());
    const std::string outcomes =
        "select group_concat(outcome || ' ' || count, ', ') from outcomes "
        "where endpoint = 'all'";
    BOOST_TEST(sql.one(outcomes) == (how == "wait"    ? "ok 5"
                                     : how == "close" ? "unfinished 5"
                                                      : ""));
    BOOST_TEST(sql.count("select left_out from runs") == (how == "ignore" ? 5U : 0U));
    BOOST_TEST(contains(result.out, "(holds)"), result.out + result.err);
    const ProcessResult verified = folder.replay({"verify", "macaw.sqlite"});
    BOOST_TEST(verified.code == 0, verified.out + verified.err);
  }
}

BOOST_AUTO_TEST_CASE(locust_hears_of_our_users) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(20));
  check_ended_well(folder.play(
      {"out.txt", "--users", "3", "--pacing", "100ms", "-d", "2s", "--target", "stub"}));
  const ProcessResult report =
      folder.replay({"report", "macaw.sqlite", "--format", "locust-history"});
  BOOST_TEST(report.code == 0, report.err);
  const auto lines = lines_of(report.out);
  BOOST_REQUIRE(lines.size() >= 2U);
  BOOST_TEST(contains(lines[1], ",3,,Aggregated,"));
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select profile, pacing_s, ifnull(think_s, '') from runs") ==
             "3 users, a request every 100 ms|0.1|");
  // A user each 100 ms, unless the machine stood still meanwhile.
  BOOST_TEST(sql.count("select count(*) from requests") <= 60U);
  BOOST_TEST(sql.count("select count(*) from requests") >= 50U);
}

BOOST_AUTO_TEST_CASE(combinations_that_mean_nothing) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(3));
  const auto error = [&](std::vector<std::string> args) {
    return error_line(folder, std::move(args));
  };
  BOOST_TEST(error({"--users", "5", "--rps", "10"}) ==
             "replay: --rps has no meaning with --users: in a closed loop the rate is an outcome");
  BOOST_TEST(error({"--think", "1s", "--rps", "10"}) == "replay: --think needs --users");
  BOOST_TEST(error({"--spawn-rate", "5", "--rps", "10"}) == "replay: --spawn-rate needs --users");
  BOOST_TEST(error({"--per-user", "--rps", "10"}) == "replay: --per-user needs --users");
  BOOST_TEST(error({"--users", "5", "--think", "1s", "--pacing", "1s"}) ==
             "replay: --think and --pacing both say when a user's next request starts: expected "
             "one");
  BOOST_TEST(error({"--users", "lots"}) ==
             "replay: --users: found 'lots', expected N, FROM..TO:SPAN or NxSPAN,NxSPAN,...,N");
  BOOST_TEST(error({"--users", "5", "-c", "4"}) ==
             "replay: --connections 4 is less than --users 5: each user needs one");
  BOOST_TEST(error({"--users", "2", "-t", "3"}) ==
             "replay: --threads 3 is more than --users 2: each thread needs one");
  BOOST_TEST(error({"--rps", "10", "-d", "2s", "--warmup", "2s"}) ==
             "replay: --warmup 2s leaves nothing of --duration 2s");
  BOOST_TEST(error({"--rps", "10", "--warmup", "1.5s"}) ==
             "replay: --warmup: found '1.5s', expected whole seconds");
  BOOST_TEST(error({"--rps", "10", "--at-end", "close"}) ==
             "replay: --at-end needs --duration: without it a run ends with its last answer");
  BOOST_TEST(error({"--rps", "10", "-d", "1s", "--at-end", "never"}) ==
             "replay: --at-end: found 'never', expected wait, close or ignore");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
