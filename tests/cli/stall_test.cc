// SPDX-License-Identifier: MIT
//
// Coordinated omission, with the real programs. At 100 requests per second one side is stopped for
// a second (SIGSTOP). Whichever side it was, the requests that were due meanwhile must show
// response times that fall by 10 ms from one to the next, from the length of the stop to nothing;
// only a stopped replayer may cost the run its verdict. Every number is compared with the rows' own
// arithmetic, never with what this machine should manage.
#include <csignal>
#include <cstdlib>
#include <numeric>
#include <thread>

#include "replay_fixture.h"

namespace macaw::test {

namespace {

constexpr double kStepMs = 10;
// Beyond the stub's latency by more than any ordinary hiccup of a shared machine.
constexpr double kStalledMs = 150;
constexpr double kStopMs = 1000;

struct Row {
  double intended = 0;
  double response = 0;
  double service = 0;
  double lag = 0;
};

/// The requests that the stop held up, in order.
std::vector<Row> stalled_rows(Sql& sql) {
  std::vector<Row> rows;
  for (const std::string& text :
       sql.rows("select intended_ms || ' ' || response_ms || ' ' || service_ms || ' ' || lag_ms "
                "from requests where response_ms > " +
                std::to_string(kStalledMs) + " order by i")) {
    Row row;
    char* at = nullptr;
    row.intended = std::strtod(text.c_str(), &at);
    row.response = std::strtod(at, &at);
    row.service = std::strtod(at, &at);
    row.lag = std::strtod(at, &at);
    rows.push_back(row);
  }
  return rows;
}

double sum(const std::vector<Row>& rows, double Row::*field) {
  return std::accumulate(rows.begin(), rows.end(), 0.0,
                         [field](double all, const Row& row) { return all + row.*field; });
}

/// All answers came when the stop ended, so response times are what was left of it.
void check_shape(const std::vector<Row>& rows) {
  BOOST_TEST_REQUIRE(rows.size() >= 2U);
  const double longest = rows.front().response;
  // The first request in the stop was due at most a step after it began.
  BOOST_TEST(longest >= kStopMs - kStepMs);
  const auto count = static_cast<double>(rows.size());
  // One row for each step from the longest down to the threshold;
  // a busy machine adds some while it catches up.
  BOOST_TEST(std::abs(count - ((longest - kStalledMs) / kStepMs + 1)) <= 15);
  // longest + (longest - 10 ms) + (longest - 20 ms) + ...
  const double closed_form = count * longest - kStepMs * count * (count - 1) / 2;
  BOOST_TEST(sum(rows, &Row::response) == closed_form, boost::test_tools::tolerance(0.1));
  for (size_t k = 1; k < rows.size(); ++k) {
    BOOST_TEST(rows[k].intended - rows[k - 1].intended == kStepMs,
               boost::test_tools::tolerance(1e-6));
  }
}

/// Plays 5 s at 100 per second and stops one side in its middle.
ProcessResult play_with_stop(const ReplayFolder& folder, StubTarget& stub, bool stop_stub) {
  folder.dir().write("out.txt", url_list(500));
  Process replayer("replay", folder.options({"out.txt", "--rps", "100", "--target",
                                             stub.host_port(), "--no-ui"}));
  BOOST_TEST_REQUIRE(replayer.wait_for_err("2 s of 5 s"), replayer.err());
  Process& victim = stop_stub ? stub.process() : replayer;
  victim.signal(SIGSTOP);
  std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(kStopMs));
  victim.signal(SIGCONT);
  const auto status = replayer.wait();
  BOOST_TEST_REQUIRE(status.has_value(), replayer.err());
  return {status->shell(), replayer.out(), replayer.err()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stall_test)

BOOST_AUTO_TEST_CASE(a_stopped_target_is_measured_and_not_blamed_on_us) {
  const ReplayFolder folder;
  StubTarget stub({"--latency", "20ms"});
  const ProcessResult result = play_with_stop(folder, stub, /*stop_stub=*/true);
  Sql sql(folder.db());
  BOOST_TEST(sql.count("select count(*) from requests") == 500U);
  const std::vector<Row> rows = stalled_rows(sql);
  check_shape(rows);
  // Sent on time, answered late.
  BOOST_TEST(sum(rows, &Row::lag) < 0.1 * sum(rows, &Row::response));
  BOOST_TEST(sum(rows, &Row::service) > 0.9 * sum(rows, &Row::response));
  // On a machine that is busy with others the run may be doubted, but then for that.
  const std::string verdict = sql.one("select verdict || ' ' || verdict_reason from runs");
  BOOST_TEST((verdict == "VALID " || contains(verdict, "had the processor") ||
              contains(verdict, "kept the processor") || contains(verdict, "stood still")),
             result.out + result.err);
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_CASE(a_stopped_replayer_shows_the_same_times_and_is_invalid) {
  const ReplayFolder folder;
  StubTarget stub({"--latency", "20ms"});
  const ProcessResult result = play_with_stop(folder, stub, /*stop_stub=*/false);
  Sql sql(folder.db());
  BOOST_TEST(sql.count("select count(*) from requests") == 500U);
  const std::vector<Row> rows = stalled_rows(sql);
  check_shape(rows);
  // Sent late, answered at once.
  BOOST_TEST(sum(rows, &Row::lag) > 0.8 * sum(rows, &Row::response));
  BOOST_TEST(result.code == 4, result.out + result.err);
  BOOST_TEST(sql.one("select verdict from runs") == "INVALID");
  BOOST_TEST(contains(result.out, "our own lag moved "), result.out);
  BOOST_TEST(contains(result.out, "the generator or its machine stood still for "), result.out);
  folder.check_stored(sql);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
