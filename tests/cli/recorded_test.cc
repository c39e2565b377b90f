// SPDX-License-Identifier: MIT
//
// Recorded times from outside: windows, sorting, how true the replay was, and --dry-run, whose
// numbers must be the run's.
#include "macaw/base/random.h"
#include "replay_fixture.h"

namespace macaw::test {

namespace {

/// Bursts: three requests within 2 ms, every 50 ms or so, to two endpoints.
std::string recording(int bursts) {
  Random random(11);
  std::string text;
  for (int k = 0; k < bursts; ++k) {
    for (int n = 0; n < 3; ++n) {
      const double t =
          100 + 0.05 * k + 0.001 * n + 0.0000001 * static_cast<double>(random.below(99));
      text += R"({"method":"GET","url":"http://h/js/)" +
              std::string(n == 0 ? "recommendations" : "action/new") + R"(?consumer_key=k&user=)" +
              std::to_string(k) + R"(&item=1&type=1&limit=9&)" + R"(jsonpCallback=c","t":)" +
              std::to_string(t) + "}\n";
    }
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_test)

BOOST_AUTO_TEST_CASE(a_dry_run_says_what_the_run_will_do) {
  const ReplayFolder folder;
  const StubTarget stub;
  folder.dir().write("day.jsonl", recording(40));
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{},
        {"--speed", "2"},
        {"--from", "100.5", "--to", "101.2"},
        {"--rps", "50", "-d", "3s"},
        {"--rps", "100", "--only", "/js/action"},
        {"--rps", "60", "--arrivals", "poisson", "-n", "100", "--seq-header", "X-Seq"}}) {
    std::filesystem::remove(folder.db());
    std::vector<std::string> args = {"day.jsonl", "--target", stub.host_port()};
    args.insert(args.end(), options.begin(), options.end());
    const ProcessResult result = folder.play(args);
    check_ended_well(result);
    args.emplace_back("--dry-run");
    const ProcessResult dry = folder.play(args);
    BOOST_TEST(dry.code == 0, dry.err);
    Sql sql(folder.db());
    BOOST_TEST(sql.count("select count(*) from runs") == 1U);
    const auto lines = lines_of(dry.out);
    BOOST_REQUIRE(lines.size() >= 4U);
    const std::string head = sql.one("select printf('%,d requests, ', count(*)) from requests");
    BOOST_TEST(lines[1].starts_with(head), lines[1]);
    const std::string bytes =
        sql.one("select printf('%,d bytes to send; ', sum(bytes_out)) from requests");
    BOOST_TEST(contains(lines[1], bytes), lines[1] << " / " << bytes);
    const std::string peak = sql.one(
        "select max(n) || ', from ' || cast(s as integer) || ' s' from (select count(*) as n, "
        "cast(intended_ms / 1000 as integer) as s from requests group by 2 order by 1 desc, 2 "
        "limit 1)");
    BOOST_TEST(contains(lines[1], "most in a second: " + peak), lines[1] << " / " << peak);
    for (const std::string& row :
         sql.rows("select requests || '  GET ' || endpoint from endpoint_latency where endpoint <> "
                  "'all'")) {
      BOOST_TEST(contains(dry.out, " " + row + "\n"), dry.out << row);
    }
    BOOST_TEST(lines.back() == "nothing was sent");
  }
}

BOOST_AUTO_TEST_CASE(a_dry_run_names_every_bad_line) {
  const ReplayFolder folder;
  folder.dir().write("bad.jsonl",
                     "{\"url\":\"/1\",\"t\":1}\n{\"url\":\"/2\",\"t\":0}\n{oops\n"
                     "{\"url\":\"/3\",\"t\":2}\n{\"url\":\"/4\",\"t\":2,\"colour\":1}\n");
  const ProcessResult dry = folder.play({"bad.jsonl", "--target", "h:1", "--dry-run"});
  BOOST_TEST(dry.code == 1);
  const auto lines = lines_of(dry.err);
  BOOST_REQUIRE(lines.size() == 4U);
  BOOST_TEST(lines[0] ==
             "replay: bad.jsonl:2:13: found t=0 after t=1, expected times that do not go backwards "
             "(or --sort)");
  BOOST_TEST(lines[1].starts_with("replay: bad.jsonl:3:2: "), lines[1]);
  BOOST_TEST(lines[2].starts_with("replay: bad.jsonl:5:"), lines[2]);
  BOOST_TEST(lines[3] == "replay: bad.jsonl: 3 bad lines: nothing of it would be played");
  BOOST_TEST(dry.out.empty());
}

BOOST_AUTO_TEST_CASE(how_true_the_replay_was) {
  const ReplayFolder folder;
  folder.dir().write("day.jsonl", recording(40));
  const ProcessResult result = folder.play({"day.jsonl", "--target", "stub"});
  check_ended_well(result);
  BOOST_TEST(contains(result.out, "\nfidelity: 1.952 s recorded, "), result.out);
  const auto json = json_of(folder.replay({"report", "macaw.sqlite", "--format", "json"}).out);
  const auto& fidelity = json["fidelity"];
  BOOST_TEST(fidelity["requests"].GetUint64() == 120U);
  BOOST_TEST(fidelity["recorded_s"].GetDouble() == 1.952, boost::test_tools::tolerance(1e-4));
  BOOST_TEST(fidelity["gap_distance"].GetDouble() <= 1);
  BOOST_TEST(fidelity["recorded_dispersion"].GetDouble() > 1.5);
}

BOOST_AUTO_TEST_CASE(a_file_out_of_order_is_sorted_or_refused) {
  const ReplayFolder folder;
  folder.dir().write("mixed.jsonl",
                     "{\"url\":\"/b\",\"t\":0.2}\n{\"url\":\"/a\",\"t\":0.1}\n"
                     "{\"url\":\"/c\",\"t\":0.3}\n");
  const ProcessResult refused = folder.play({"mixed.jsonl", "--target", "stub"});
  BOOST_TEST(refused.code == 1);
  BOOST_TEST(contains(refused.err, "(or --sort)"));
  const ProcessResult sorted =
      folder.play({"mixed.jsonl", "--target", "stub", "--sort", "--expect", "none"});
  check_ended_well(sorted);
  Sql sql(folder.db());
  BOOST_TEST(sql.rows("select endpoint, cast(intended_ms as integer) from requests order by i") ==
                 (std::vector<std::string>{"/a|0", "/b|100", "/c|200"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(combinations_that_mean_nothing_here) {
  const ReplayFolder folder;
  folder.dir().write("day.jsonl", recording(2));
  const auto error = [&](std::vector<std::string> args) {
    args.insert(args.begin(), "day.jsonl");
    const ProcessResult result = folder.play(std::move(args));
    BOOST_TEST(result.code == 1);
    return lines_of(result.err).front();
  };
  BOOST_TEST(error({"--from", "5", "--to", "3"}) ==
             "replay: --to 3 lies before --from 5: nothing would be played");
  BOOST_TEST(error({"--sort", "--no-check", "--speed", "1"}) ==
             "replay: --sort reads the whole file: expected a regular file, and no --no-check");
  BOOST_TEST(error({"--dry-run", "--loop"}) ==
             "replay: --dry-run of --loop never ends: expected --requests or --duration, too");
  BOOST_TEST(error({"--from", "500", "--target", "stub"}) ==
             "replay: day.jsonl: no request lies within --from and --to");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
