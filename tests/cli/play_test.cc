// SPDX-License-Identifier: MIT
//
// Whole runs: what is played, what is stored, and that console, JSON and SQL say the same.
#include <filesystem>
#include <set>

#include "child_usage.h"
#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

namespace {

/// The first value in a request's head or path after the words, up to a blank or '&'.
std::string value_after(const std::string& raw, std::string_view words) {
  const size_t at = raw.find(words);
  if (at == std::string::npos) {
    return "(none)";
  }
  const size_t begin = at + words.size();
  return raw.substr(begin, raw.find_first_of(" &\r", begin) - begin);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(play_test)

BOOST_AUTO_TEST_CASE(console_json_and_sql_agree) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  const ProcessResult result = folder.play({"out.txt", "--rps", "1000", "-n", "300", "--target",
                                            "stub", "--stub-latency", "20ms", "--format", "json"});
  check_ended_well(result);
  const auto json = json_of(result.out);
  Sql sql(folder.db());
  BOOST_TEST(sql.count("select count(*) from requests") == 300U);
  BOOST_TEST(sql.one("select min(i), max(i), count(distinct i) from requests") == "0|299|300");
  // The schedule is exact: request i is intended at i milliseconds.
  BOOST_TEST(sql.count("select count(*) from requests where intended_ms = i") == 300U);
  BOOST_TEST(sql.count("select count(*) from requests where line = 1 + i % 100") == 300U);
  BOOST_TEST(sql.count("select count(*) from requests where service_ms >= 20") == 300U);
  BOOST_TEST(sql.one("select state, end_reason, planned, target, label from runs") ==
             "finished|requests reached|300|stub|");
  folder.check_stored(sql);

  const auto& all = json["endpoints"][0];
  BOOST_TEST(json["counts"]["scheduled"].GetUint64() == 300U);
  BOOST_TEST(json["counts"]["holds"].GetBool());
  BOOST_TEST(all["requests"].GetUint64() == 300U);
  BOOST_TEST(json["endpoints"].Size() == 3U);
  const auto& response = all["response_time"];
  for (const char* name : {"mean_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "max_ms"}) {
    const std::string query =
        std::string("select ") + name + " from endpoint_latency where endpoint = 'all'";
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(response[name].GetDouble() == sql.number(query),
                 boost::test_tools::tolerance(1e-12));
    }
  }
  BOOST_TEST(response["max_ms"].GetDouble() == sql.number("select max(response_ms) from requests"),
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(json["verdict"]["kind"].GetString() == sql.one("select verdict from runs"));

  const ProcessResult report = folder.replay({"report", "macaw.sqlite", "--format", "json"});
  BOOST_TEST(report.code == 0);
  BOOST_TEST(report.out == result.out);
}

BOOST_AUTO_TEST_CASE(the_start_line_says_what_will_happen) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "1000", "-n", "300", "--target", "stub", "--seed", "7"});
  check_ended_well(result);
  const std::string start = lines_of(result.err).front();
  for (const char* part : {"out.txt (", "100 records for seldon-server:80", "stub at 127.0.0.1:",
                           "constant 1,000/s", "300 requests in 300 ms", "plays the file 3.0 times",
                           "at most 256 connections", "seed 7", " in macaw.sqlite"}) {
    BOOST_TEST(contains(start, part), start);
  }
  const std::string hash = value_after(start, "out.txt (");
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select file_sha256 from runs").starts_with(hash.substr(0, 12)));
}

BOOST_AUTO_TEST_CASE(quiet_leaves_the_summary_and_output_takes_it) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(10));
  const ProcessResult quiet =
      folder.play({"out.txt", "--rps", "max", "--target", "stub", "-q", "--label", "first"});
  BOOST_TEST(quiet.code == 0);
  BOOST_TEST(quiet.err == "");
  BOOST_TEST(contains(quiet.out, "VALID"));
  BOOST_TEST(!contains(quiet.out, "\x1b"));
  const ProcessResult file = folder.play(
      {"out.txt", "--rps", "max", "--target", "stub", "-o", "summary.json", "--format", "json"});
  BOOST_TEST(file.code == 0);
  BOOST_TEST(file.out == "");
  BOOST_TEST(json_of(folder.dir().read("summary.json"))["run"].GetInt() == 2);
  Sql sql(folder.db());
  BOOST_TEST(sql.one("select label from runs where run = 1") == "first");
}

BOOST_AUTO_TEST_CASE(progress_is_rewritten_in_place_on_a_terminal) {
  const TempDir dir;
  const std::string file = dir.write("out.txt", url_list(100));
  const ChildUsage run = run_on_terminal("replay", {file, "--rps", "100", "-n", "250", "--target",
                                                    "stub", "--db", dir / "x.sqlite", "--no-ui"});
  BOOST_TEST((run.code == 0 || run.code == 4), run.terminal);
  BOOST_TEST(contains(run.terminal, "\r\x1b[K1 s of 2 s"), run.terminal);
  BOOST_TEST(contains(run.terminal, "\r\x1b[K2 s of 2 s"), run.terminal);
}

BOOST_AUTO_TEST_CASE(progress_is_plain_lines_elsewhere) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(100));
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "100", "-n", "150", "--target", "stub"});
  check_ended_well(result);
  BOOST_TEST(contains(result.err, "\n1 s of 2 s  "), result.err);
  BOOST_TEST(!contains(result.err, "\r"));
  BOOST_TEST(!contains(result.err, "\x1b"));
}

BOOST_AUTO_TEST_CASE(every_request_of_a_pass_is_on_the_wire_once_with_its_index) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(40, "seldon-server:80"));
  const ScriptedServer server(script::answer(http_ok("cb({\"list\":[]})")));
  const ProcessResult result = folder.play(
      {"out.txt", "--rps", "max", "--connect-to", "seldon-server:80:" + server.host_port(),
       "--seq-header", "X-Seq", "-H", "X-Run: 7", "--set-query", "consumer_key=K9", "-c", "4", "-t",
       "2", "--skip", "2", "--only", "/js/rec"});
  BOOST_TEST(result.code == 0, result.out + result.err);
  Sql sql(folder.db());
  std::set<std::string> indexes;
  for (const RecordedRequest& request : server.requests()) {
    BOOST_TEST(contains(request.raw, "\r\nHost: seldon-server:80\r\n"), request.raw);
    BOOST_TEST(contains(request.raw, "\r\nX-Run: 7\r\n"));
    BOOST_TEST(value_after(request.raw, "consumer_key=") == "K9");
    const std::string index = value_after(request.raw, "X-Seq: ");
    if (index == "probe") {
      continue;
    }
    BOOST_TEST(indexes.insert(index).second, "twice: " << index);
    // The row of this index names the line that this request stands in.
    const std::string line = sql.one("select line from requests where i = " + index);
    BOOST_TEST(std::to_string(2 * std::stoul(value_after(request.raw, "user=")) + 1) == line);
  }
  BOOST_TEST(indexes.size() == 19U);
  BOOST_TEST(sql.one("select count(*), min(line), max(line) from requests") == "19|3|39");
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(recorded_times_are_played_at_any_speed) {
  const ReplayFolder folder;
  std::string lines;
  for (int k = 0; k < 5; ++k) {
    lines +=
        R"({"method":"GET","url":"http://h/js/user/new?consumer_key=k&user=1&jsonpCallback=c")";
    lines += ",\"t\":" + std::to_string(10 + k) + "}\n";
  }
  folder.dir().write("out.jsonl", lines);
  const ProcessResult result =
      folder.play({"out.jsonl", "--speed", "20", "--target", "stub", "--stub-latency", "20ms"});
  check_ended_well(result);
  Sql sql(folder.db());
  BOOST_TEST(sql.rows("select cast(intended_ms as integer) from requests order by i") ==
                 (std::vector<std::string>{"0", "50", "100", "150", "200"}),
             boost::test_tools::per_element());
  BOOST_TEST(sql.one("select arrivals from runs") == "recorded");
}

BOOST_AUTO_TEST_CASE(rows_of_errors_alone_leave_the_sums_whole) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(200));
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "max", "-n", "1000", "--target", "stub", "--stub-errors",
                   "503=10%,seldon=10%", "--no-probe", "--rows", "errors"});
  BOOST_TEST(result.code == 0, result.out + result.err);
  Sql sql(folder.db());
  const uint64_t rows = sql.count("select count(*) from requests");
  BOOST_TEST(rows > 100U);
  BOOST_TEST(rows < 400U);
  BOOST_TEST(sql.count("select count(*) from requests where outcome = 'ok'") == 0U);
  BOOST_TEST(sql.count("select requests from endpoint_latency where endpoint = 'all'") == 1000U);
  BOOST_TEST(sql.count("select errors from endpoint_latency where endpoint = 'all'") == rows);
  BOOST_TEST(sql.count("select count from outcomes where endpoint = 'all' and "
                       "outcome = 'wrong_answer'") ==
             sql.count("select count(*) from requests where outcome = 'wrong_answer'"));
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(poisson_arrivals_repeat_with_their_seed) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(50));
  std::vector<std::vector<std::string>> times;
  for (const char* seed : {"5", "5", "6"}) {
    check_ended_well(folder.play({"out.txt", "--rps", "1k", "--arrivals", "poisson", "--seed", seed,
                                  "--target", "stub", "--stub-latency", "20ms"}));
    times.push_back(Sql(folder.db()).rows("select intended_ms from requests order by i"));
  }
  BOOST_TEST(times[0].size() == 50U);
  BOOST_TEST(times[0] == times[1], boost::test_tools::per_element());
  BOOST_TEST((times[0] != times[2]));
}

BOOST_AUTO_TEST_CASE(groups_and_labels_name_the_endpoints) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(20));
  const ProcessResult result = folder.play(
      {"out.txt", "--rps", "max", "--target", "stub", "--group", "^GET /js/action/.*=actions"});
  BOOST_TEST(result.code == 0, result.err);
  Sql sql(folder.db());
  BOOST_TEST(sql.rows("select endpoint, requests from endpoint_latency order by endpoint") ==
                 (std::vector<std::string>{"/js/recommendations|10", "actions|10", "all|20"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_stub_of_a_run_ends_with_it) {
  const ReplayFolder folder;
  folder.dir().write("out.txt", url_list(10));
  const ProcessResult result =
      folder.play({"out.txt", "--rps", "max", "-n", "100", "--target", "stub"});
  BOOST_TEST(result.code == 0, result.err);
  // Its port, from the start line, answers no more.
  const std::string port = value_after(result.err, "stub at 127.0.0.1:");
  const ProcessResult next = folder.play(
      {"out.txt", "--rps", "max", "--target", "127.0.0.1:" + port.substr(0, port.find(':'))});
  BOOST_TEST(next.code == 2, next.out + next.err);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
