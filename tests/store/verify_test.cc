// SPDX-License-Identifier: MIT
//
// `replay verify` finds what does not agree, wherever it was changed.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "store/store_fixture.h"

namespace macaw::store {

namespace {

namespace data = boost::unit_test::data;
using stats::Sample;

void play(const std::string& path, const RunStart& start, size_t requests, uint16_t endpoints = 2) {
  DrainedRun run(path, start);
  SampleSource source(100, 1, endpoints);
  run.drain().start();
  for (size_t k = 0; k < requests; ++k) {
    run.push(source.next());
  }
  stats::UnsentCell unsent;
  unsent.first = requests;
  unsent.last = requests + 4;
  unsent.count = 5;
  run.push(unsent);
  run.stop();
}

struct Tampering {
  const char* sql;
  const char* difference;  // a part of some line
};

std::ostream& operator<<(std::ostream& out, const Tampering& tampering) {
  return out << tampering.sql;
}

const std::vector<Tampering> kTamperings = {
    {"UPDATE samples SET rest_ns = rest_ns + 1000000 WHERE (id & 0xffff) = 1234", "response"},
    {"UPDATE samples SET lag_ns = lag_ns + 1 WHERE (id & 0xffff) = 5",
     "totals of endpoint all: lag"},
    {"UPDATE samples SET bytes_in = bytes_in + 1 WHERE (id & 0xffff) = 17", "bytes_in"},
    {"UPDATE samples SET endpoint = 3 - endpoint WHERE (id & 0xffff) = 17", "endpoint 1: requests"},
    {"UPDATE samples SET intended_ns = intended_ns + 1000000000 WHERE (id & 0xffff) = 700",
     "interval of 1 s at 7 s, endpoint all: requests"},
    {"DELETE FROM samples WHERE (id & 0xffff) = 2999",
     "interval of 1 s at 29 s, endpoint all: requests is 100, recomputed 99"},
    {"UPDATE samples SET outcome = 7 WHERE (id & 0xffff) = (SELECT min(id & 0xffff) FROM samples"
     " WHERE outcome = 1)",
     "timeout is 0, recomputed 1"},
    {"UPDATE intervals SET p50_ms = p50_ms + 0.001 WHERE resolution = 10 AND start_s = 20"
     " AND endpoint = 1",
     "interval of 10 s at 20 s, endpoint 1: p50_ms"},
    {"UPDATE intervals SET response = service WHERE resolution = 60 AND endpoint = 0",
     "response is a histogram"},
    {"UPDATE intervals SET completed = completed + 1 WHERE resolution = 1 AND start_s = 3",
     "completed"},
    {"UPDATE intervals SET response = x'0102' WHERE resolution = 1 AND start_s = 3",
     "a damaged histogram"},
    {"DELETE FROM intervals WHERE resolution = 1 AND start_s = 12 AND endpoint = 2",
     "interval of 1 s at 12 s, endpoint 2: is missing"},
    {"INSERT INTO intervals SELECT run, resolution, 999, endpoint, requests, ok, http_error,"
     " wrong_answer, refused, reset, malformed, timeout, shed, unfinished, grpc_error, resent, "
     "bytes_in,"
     " bytes_out, completed, mean_ms, p50_ms, p95_ms, p99_ms, p999_ms, max_ms, ok_max_ms,"
     " service_p50_ms, service_p99_ms, response, service FROM intervals"
     " WHERE resolution = 1 AND start_s = 1 AND endpoint = 0",
     "intervals: rows"},
    {"UPDATE endpoint_totals SET p50_ms = 1 WHERE endpoint = 0", "p50_ms is 1, recomputed"},
    {"UPDATE endpoint_totals SET max_ms = NULL WHERE endpoint = 1", "max_ms is NULL, recomputed"},
    {"DELETE FROM endpoint_totals WHERE endpoint = 2", "totals of endpoint 2: are missing"},
    {"UPDATE status_totals SET count = count + 1 WHERE endpoint = 2",
     "totals of endpoint 2: status 200, ok: "},
    {"INSERT INTO status_totals VALUES (1, 0, 418, 2, 3)",
     "totals of endpoint all: status 418, http_error: 3, recomputed 0"},
    {"UPDATE runs SET scheduled = scheduled + 1", "runs: scheduled: 3006, recomputed 3005"},
    {"UPDATE runs SET sent = sent - 1", "runs: sent"},
    {"UPDATE runs SET unsent = 6", "runs: unsent: 6, recomputed 5"},
    {"UPDATE unsent SET count = 4", "runs: unsent: 5, recomputed 4"},
    {"UPDATE runs SET verdict = 'INVALID', verdict_reason = 'no'",
     "verdict is \"INVALID no\", recomputed \"VALID "},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(verify_test)

BOOST_AUTO_TEST_CASE(an_honest_run_passes) {
  const TempDir dir;
  play(dir.file("a.sqlite"), make_start(), 3'000);
  const auto reader = need(RunReader::open(dir.file("a.sqlite")));
  const Verification verification = need(verify_run(*reader, 0));
  BOOST_TEST(verification.differences == std::vector<std::string>(),
             boost::test_tools::per_element());
  BOOST_TEST(verification.rows == 3'000U);
  // 30 seconds, 3 tens, a minute and ten minutes, of three endpoints (and the end's completions).
  BOOST_TEST(verification.values_compared >= (30 + 3 + 1 + 1) * 3 * 25U);
  BOOST_TEST(verification.note == "");
  BOOST_TEST(error_of(verify_run(*reader, 7)) == dir.file("a.sqlite") + ": there is no run 7");
}

BOOST_AUTO_TEST_CASE(a_run_with_a_warm_up_passes_and_its_marks_are_held) {
  for (const bool all_rows : {true, false}) {
    const TempDir dir;
    const std::string path = dir.file("a.sqlite");
    RunStart start = make_start();
    start.warmup = std::chrono::seconds(12);
    start.rows.kind = all_rows ? RowPolicy::Kind::kAll : RowPolicy::Kind::kErrors;
    DrainedRun run(path, start);
    SampleSource source(100, 1, 2);
    run.drain().start();
    for (size_t k = 0; k < 3'000; ++k) {
      Sample sample = source.next();
      sample.flags = static_cast<uint8_t>(sample.flags | (k < 1'200    ? stats::kFlagWarmup
                                                          : k >= 2'990 ? stats::kFlagIgnored
                                                                       : 0));
      run.push(sample);
    }
    BOOST_TEST((run.stop() == stats::Verdict{}));
    {
      const auto reader = need(RunReader::open(path));
      const Verification verification = need(verify_run(*reader, 0));
      BOOST_TEST(verification.differences == std::vector<std::string>(),
                 boost::test_tools::per_element());
      const RunRow row = need(reader->run(0));
      BOOST_TEST(row.counts.left_out.requests == 1'210U);
      BOOST_TEST((row.start.warmup == std::chrono::seconds(12)));
      BOOST_TEST(need(reader->totals(0)).front().totals.requests() == 1'790U);
      BOOST_TEST(row.counts.holds(need(reader->totals(0)).front().totals));
    }
    PlainSqlite(path).execute("UPDATE runs SET left_out = left_out - 1");
    const auto reader = need(RunReader::open(path));
    const auto spoilt = need(verify_run(*reader, 0)).differences;
    BOOST_TEST(!spoilt.empty());
    if (all_rows) {
      PlainSqlite(path).execute(
          "UPDATE runs SET left_out = left_out + 1;"
          "UPDATE samples SET flags = flags | 8 WHERE (id & 0xffff) = 2000");
      BOOST_TEST(!need(verify_run(*reader, 0)).differences.empty());
    }
  }
}

BOOST_DATA_TEST_CASE(tampering_is_found, data::make(kTamperings), tampering) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  play(path, make_start(), 3'000);
  PlainSqlite(path).execute(tampering.sql);
  const auto reader = need(RunReader::open(path));
  const auto verification = verify_run(*reader, 0);
  std::string all = verification.ok() ? "" : verification.error().message();
  if (verification.ok()) {
    for (const std::string& difference : verification->differences) {
      all += difference + "\n";
    }
    BOOST_TEST(verification->differences.size() <= 20U);
  }
  BOOST_TEST(all.find(tampering.difference) != std::string::npos, all);
}

BOOST_AUTO_TEST_CASE(numbers_that_cannot_be_are_an_error) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  play(path, make_start(), 100);
  PlainSqlite(path).execute("UPDATE samples SET outcome = 77 WHERE (id & 0xffff) = 50");
  const auto reader = need(RunReader::open(path));
  BOOST_TEST(error_of(verify_run(*reader, 0)) ==
             path + ": request 50 of run 1 has the unknown outcome 77");
  PlainSqlite(path).execute("UPDATE endpoint_totals SET lag = x'00' WHERE endpoint = 1");
  BOOST_TEST(error_of(reader->totals(0)) ==
             path + ": totals of endpoint 1: damaged histogram: not in format 1");
}

BOOST_DATA_TEST_CASE(sampled_rows_are_checked_as_far_as_they_go,
                     data::make({"errors", "sample:10"}), name) {
  const auto kind =
      name == std::string_view("errors") ? RowPolicy::Kind::kErrors : RowPolicy::Kind::kSample;
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  RunStart start = make_start();
  start.rows = {kind, 10};
  play(path, start, 5'000);
  const auto check = [&path] {
    const auto reader = need(RunReader::open(path));
    return need(verify_run(*reader, 0));
  };
  const Verification honest = check();
  BOOST_TEST(honest.differences == std::vector<std::string>(), boost::test_tools::per_element());
  BOOST_TEST(honest.note.find(std::string("--rows ") + name) != std::string::npos);
  BOOST_TEST(honest.rows > 0U);
  BOOST_TEST(honest.rows < 1'000U);
  {
    PlainSqlite sqlite(path);
    sqlite.execute(
        "SAVEPOINT a; UPDATE intervals SET ok = ok + 1, requests = requests + 1"
        " WHERE resolution = 1 AND start_s = 2 AND endpoint = 0; RELEASE a");
    BOOST_TEST(!check().ok());
    sqlite.execute(
        "UPDATE intervals SET ok = ok - 1, requests = requests - 1"
        " WHERE resolution = 1 AND start_s = 2 AND endpoint = 0");
    BOOST_TEST(check().ok());
    sqlite.execute(
        "DELETE FROM samples WHERE id = (SELECT min(id) FROM samples WHERE outcome > 1)");
    BOOST_TEST(!check().ok());
  }
}

BOOST_AUTO_TEST_CASE(a_thousand_endpoints_pass) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  play(path, make_start(), 4'000, 1'000);
  const auto reader = need(RunReader::open(path));
  BOOST_TEST(need(reader->totals(0)).size() == 1'001U);
  BOOST_TEST(need(verify_run(*reader, 0)).ok());
  BOOST_TEST(need(reader->intervals(0, 10, 1'000, 0, UINT64_MAX)).size() >= 3U);
}

BOOST_AUTO_TEST_CASE(runs_in_one_file_do_not_mix) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  play(path, make_start("one"), 500);
  play(path, make_start("two"), 700, 5);
  play(path, make_start("three"), 300);
  const auto reader = need(RunReader::open(path));
  BOOST_TEST(need(verify_run(*reader, 1)).rows == 500U);
  BOOST_TEST(need(verify_run(*reader, 2)).rows == 700U);
  for (int64_t run = 1; run <= 3; ++run) {
    BOOST_TEST(need(verify_run(*reader, run)).ok());
  }
  PlainSqlite sqlite(path);
  BOOST_TEST(sqlite.one("SELECT count(*) FROM requests") == "300");
  BOOST_TEST(sqlite.one("SELECT count(*) FROM requests_by_run WHERE run = 2") == "700");
  BOOST_TEST(sqlite.one("SELECT max(i) FROM requests_by_run WHERE run = 2") == "699");
  BOOST_TEST(sqlite.one("SELECT group_concat(DISTINCT run) FROM second_latency_by_run") == "1,2,3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::store
