// SPDX-License-Identifier: MIT
//
// The drain thread: everything that goes into a ring is in the database, and it adds up.

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <mutex>
#include <numeric>

#include "store/store_fixture.h"

namespace macaw::store {

namespace {

using stats::EventCell;
using stats::EventKind;
using stats::HealthCell;
using stats::Outcome;
using stats::Sample;
using stats::TextCell;

// An event as a worker writes it: the first 32 bytes, then as many cells as it takes.
void push_event(DrainedRun& run, EventCell cell, const std::string& text, size_t ring = 0) {
  cell.text_size = static_cast<uint16_t>(text.size());
  text.copy(cell.text.data(), cell.text.size());
  run.push(cell, ring);
  for (size_t at = cell.text.size(); at < text.size();) {
    TextCell more;
    more.worker = cell.worker;
    at += text.copy(more.text.data(), more.text.size(), at);
    run.push(more, ring);
  }
}

EventCell error_cell(Outcome outcome, uint16_t endpoint, int64_t index) {
  EventCell cell;
  cell.event = EventKind::kError;
  cell.outcome = outcome;
  cell.endpoint = endpoint;
  cell.value = index;
  cell.at_ns = index * 1'000;
  return cell;
}

// Waits for commits without sleeping.
class Commits {
 public:
  void watch(Drain& drain) {
    drain.on_commit([this](uint64_t seconds) {
      const std::lock_guard lock(mutex_);
      ++count_;
      seconds_ = seconds;
      changed_.notify_all();
    });
  }

  void wait_for_next(int how_many = 1) {
    std::unique_lock lock(mutex_);
    const int target = count_ + how_many;
    changed_.wait(lock, [this, target] { return count_ >= target; });
  }

  uint64_t seconds() {
    const std::lock_guard lock(mutex_);
    return seconds_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  uint64_t seconds_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(drain_test)

BOOST_AUTO_TEST_CASE(sums_are_conserved_over_several_rings) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  constexpr uint64_t kRequests = 30'000;
  DrainedRun run(path, make_start(), /*ring_count=*/3);
  run.drain().command([](RunWriter& writer) {
    return writer.add_endpoint({1, "GET", "/js/recommendations"});
  });
  run.drain().start();
  SampleSource source(1'000, 3, 2, 3);
  std::array<uint64_t, stats::kOutcomes> outcomes{};
  uint64_t bytes_in = 0;
  for (uint64_t k = 0; k < kRequests; ++k) {
    const Sample sample = source.next();
    ++outcomes[static_cast<size_t>(sample.outcome)];
    bytes_in += sample.bytes_in;
    run.push(sample, sample.worker);
  }
  stats::UnsentCell unsent;
  unsent.first = kRequests;
  unsent.last = kRequests + 99;
  unsent.count = 34;
  unsent.worker = 2;
  run.push(unsent, 2);
  const stats::Verdict verdict = run.stop();
  BOOST_TEST((verdict == stats::Verdict{}));
  BOOST_TEST(run.drain().first_error() == "");

  const auto reader = need(RunReader::open(path));
  const RunRow row = need(reader->run(0));
  BOOST_TEST((row.state == RunState::kFinished));
  BOOST_TEST(row.counts.scheduled == kRequests + 34);
  BOOST_TEST(row.counts.unsent == 34U);
  const auto totals = need(reader->totals(0));
  BOOST_REQUIRE(totals.size() == 3U);
  BOOST_TEST(totals[0].totals.outcomes == outcomes, boost::test_tools::per_element());
  BOOST_TEST(totals[0].totals.bytes_in == bytes_in);
  BOOST_TEST(row.counts.holds(totals[0].totals));
  BOOST_TEST(totals[1].endpoint.path == "/js/recommendations");
  for (const uint32_t resolution : stats::kResolutions) {
    uint64_t requests = 0;
    uint64_t completed = 0;
    for (const IntervalRow& interval : need(reader->intervals(0, resolution, 0, 0, UINT64_MAX))) {
      requests += interval.aggregate.requests();
      completed += interval.aggregate.completed;
    }
    BOOST_TEST(requests == kRequests);
    BOOST_TEST(completed == outcomes[1] + outcomes[2] + outcomes[3]);
  }
  uint64_t next = 0;
  need(reader->for_each_sample(0, [&next](const Sample& sample) {
    BOOST_REQUIRE(static_cast<uint64_t>(sample.index) == next);
    ++next;
  }));
  BOOST_TEST(next == kRequests);
  const Verification verification = need(verify_run(*reader, 0));
  BOOST_TEST(verification.ok());
  BOOST_TEST(verification.note == "");
}

BOOST_AUTO_TEST_CASE(commits_show_what_has_come_so_far) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  Commits commits;
  commits.watch(run.drain());
  run.drain().start();
  const auto reader = need(RunReader::open(path));
  SampleSource source(100);
  for (int part = 1; part <= 3; ++part) {
    for (int k = 0; k < 10; ++k) {
      run.push(source.next());
    }
    // The first commit may have begun before the samples came.
    commits.wait_for_next(2);
    const auto totals = need(reader->totals(0));
    BOOST_TEST(totals.at(0).totals.requests() == static_cast<uint64_t>(10 * part));
    uint64_t rows = 0;
    need(reader->for_each_sample(0, [&rows](const Sample&) { ++rows; }));
    BOOST_TEST(rows == static_cast<uint64_t>(10 * part));
    BOOST_TEST((need(reader->run(0)).state == RunState::kRunning));
    BOOST_TEST(!verify_run(*reader, 0).ok());
  }
  BOOST_TEST(commits.seconds() >= 2U);
  BOOST_TEST(need(reader->run(0)).spans.elapsed.count() > 0);
  run.stop();
}

BOOST_AUTO_TEST_CASE(texts_are_redacted_when_they_are_whole) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  const std::string secret = "the-secret";
  run.drain().redact_with([&secret](std::string text) {
    const size_t at = text.find(secret);
    return at == std::string::npos ? text : text.replace(at, secret.size(), "[redacted]");
  });
  run.drain().start();
  // It lies over the border of two cells; two of them are one error then.
  push_event(run, error_cell(Outcome::kWrongAnswer, 1, 10), std::string(27, '.') + secret);
  push_event(run, error_cell(Outcome::kWrongAnswer, 1, 11), std::string(27, '.') + "[redacted]");
  EventRow told;
  told.kind = EventKind::kWarning;
  told.text = secret + "!";
  run.drain().add_event(told);
  run.stop();
  std::vector<std::string> texts;
  for (const EventRow& row : need(need(RunReader::open(path))->events(0))) {
    texts.push_back(std::to_string(row.count) + " " + row.text);
  }
  std::sort(texts.begin(), texts.end());
  BOOST_TEST(texts == (std::vector<std::string>{"1 [redacted]!",
                                                "2 " + std::string(27, '.') + "[redacted]"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(texts_are_put_together_and_equal_errors_counted) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start(), 2);
  const std::string longest(1'000, 'x');
  const std::string exact(32, 'y');
  push_event(run, error_cell(Outcome::kReset, 1, 10), "connection reset by peer", 0);
  EventCell again = error_cell(Outcome::kReset, 1, 11);
  again.count = 500;  // more of the same since it was said last
  push_event(run, again, "connection reset by peer", 1);
  push_event(run, error_cell(Outcome::kReset, 2, 12), "connection reset by peer", 0);
  push_event(run, error_cell(Outcome::kHttpError, 1, 13), longest, 0);
  push_event(run, error_cell(Outcome::kHttpError, 1, 14), longest, 1);
  push_event(run, error_cell(Outcome::kHttpError, 1, 15), exact, 0);
  push_event(run, error_cell(Outcome::kMalformed, 1, 16), "two\r\nlines \xff\xc3\xa9 \xed\xa0\x80",
             0);
  EventCell stall;
  stall.event = EventKind::kStall;
  stall.at_ns = 2 * static_cast<int64_t>(kSecond);
  stall.value = 40 * static_cast<int64_t>(kMs);
  push_event(run, stall, "", 1);
  // Its continuation was lost, the next event of the ring ends it.
  EventCell torn;
  torn.text_size = 100;
  torn.text.fill('t');
  run.push(torn, 1);
  push_event(run, stall, "second", 1);
  torn.text.fill('u');
  run.push(torn, 0);        // and the end of the run
  run.push(TextCell{}, 1);  // a continuation of nothing
  run.stop();

  PlainSqlite sqlite(path);
  const auto rows = sqlite.rows(
      "SELECT kind, outcome, endpoint, value, count, text FROM events ORDER BY kind, value, text");
  const std::vector<std::string> expected = {"error|reset|1|10|501|connection reset by peer",
                                             "error|reset|2|12|1|connection reset by peer",
                                             "error|http_error|1|13|2|" + longest,
                                             "error|http_error|1|15|1|" + exact,
                                             "error|malformed|1|16|1|two  lines ?\xc3\xa9 ???",
                                             "stall||0|40000000|1|",
                                             "stall||0|40000000|1|second",
                                             "warning||0|0|1|" + std::string(32, 't'),
                                             "warning||0|0|1|" + std::string(32, 'u')};
  BOOST_TEST(rows == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(errors_without_end_do_not_fill_the_database) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  run.drain().start();
  for (int k = 0; k < 3'000; ++k) {
    push_event(run, error_cell(Outcome::kWrongAnswer, 1, k), "took " + std::to_string(k) + " us");
  }
  run.stop();
  PlainSqlite sqlite(path);
  BOOST_TEST(sqlite.one("SELECT count(*), sum(count) FROM events") == "1001|3000");
  BOOST_TEST(sqlite.one("SELECT count FROM events WHERE text = '(other errors)'") == "2000");
}

BOOST_AUTO_TEST_CASE(health_rows_join_cells_and_the_lag_of_their_second) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start(), 2);
  for (uint64_t k = 0; k < 200; ++k) {
    Sample sample = SampleSource(1).next();
    sample.index = k & 0xffff;
    sample.worker = k % 2;
    sample.intended_ns = static_cast<int64_t>(kSecond + k * kMs);
    sample.ready_ns = sample.worker == 1 ? 50'000 : 100'000;
    if (k == 199) {
      sample.ready_ns = 3 * kMs;
    }
    sample.sent_ns = 3 * kMs;
    sample.first_byte_ns = sample.done_ns = 5 * kMs;
    run.push(sample, sample.worker);
  }
  HealthCell cell;
  cell.worker = 1;
  cell.busy_permille = 250;
  cell.connections = 12;
  cell.in_flight = 4;
  cell.turn_ns_max = 7 * kMs;
  for (int64_t second = 1; second <= 3; ++second) {
    cell.at_ns = second * 1'000'000'000 + 2'000'000;
    cell.scheduled = static_cast<uint64_t>(second) * 100;
    cell.sent = cell.scheduled - 3;
    cell.cpu_ns = static_cast<uint64_t>(second) * kSecond / 10;
    cell.run_wait_ns = static_cast<uint64_t>(second) * kSecond / 20;
    run.push(cell, 1);
  }
  run.stop();
  const auto reader = need(RunReader::open(path));
  const auto rows = need(reader->health(0, 0, 100));
  BOOST_REQUIRE(rows.size() == 4U);
  BOOST_TEST(rows[0].second == 0U);
  BOOST_TEST(rows[0].worker == 1U);
  BOOST_TEST(rows[1].second == 1U);
  BOOST_TEST(rows[1].worker == 0U);
  BOOST_TEST(rows[1].lag_p99_ms == 0.1, boost::test_tools::tolerance(0.004));
  const HealthRow& row = rows[2];
  BOOST_TEST(row.second == 1U);
  BOOST_TEST(row.worker == 1U);
  BOOST_TEST(row.lag_p99_ms == 0.05, boost::test_tools::tolerance(0.004));
  BOOST_TEST(row.lag_max_ms == 3.0);
  BOOST_TEST(row.busy_share == 0.25);
  BOOST_TEST(row.connections == 12U);
  BOOST_TEST(row.backlog == 3U);
  BOOST_TEST(row.in_flight == 4U);
  BOOST_TEST(row.turn_ms_max == 7.0);
  BOOST_TEST(row.scheduled == 200U);
  BOOST_TEST(row.sent == 197U);
  BOOST_TEST(row.cpu_share == 0.1, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(row.wait_share == 0.05, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_late_generator_is_found_out) {
  const TempDir dir;
  DrainedRun run(dir.file("a.sqlite"), make_start());
  run.drain().start();
  SampleSource source(100);
  for (int k = 0; k < 3'000; ++k) {
    Sample sample = source.next();
    if (k >= 1'000 && k < 1'100) {
      const uint64_t late = static_cast<uint64_t>(1'100 - k) * 10 * kMs;
      sample.ready_ns = (sample.ready_ns + late) & 0xffffffffffff;
      sample.sent_ns = (sample.sent_ns + late) & 0xffffffffffff;
      sample.first_byte_ns += late;
      sample.done_ns += late;
    }
    run.push(sample);
  }
  EventCell stall;
  stall.event = EventKind::kStall;
  stall.at_ns = 11 * static_cast<int64_t>(kSecond);
  stall.value = static_cast<int64_t>(kSecond);
  push_event(run, stall, "");
  const stats::Verdict verdict = run.stop();
  BOOST_TEST((verdict.kind == stats::VerdictKind::kInvalid));
  BOOST_TEST(verdict.reason.find("the loop was busy with one turn for 1.0 s at 10.0 s") !=
             std::string::npos);
  const auto reader = need(RunReader::open(dir.file("a.sqlite")));
  BOOST_TEST((need(reader->run(0)).verdict == verdict));
  BOOST_TEST(need(verify_run(*reader, 0)).ok());
}

BOOST_AUTO_TEST_CASE(what_others_tell_is_stored_and_judged) {
  // Half of the requests of a second are late; a worker says that it stood still, and main, when
  // the second is over, that the hypervisor kept the processor. `replay verify` says the same.
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  run.drain().start();
  SampleSource source(100);
  for (int k = 0; k < 1'000; ++k) {
    Sample sample = source.next();
    if (k >= 450 && k < 500) {
      const uint64_t late = static_cast<uint64_t>(500 - k) * 10 * kMs;
      sample.ready_ns = (sample.ready_ns + late) & 0xffffffffffff;
      sample.sent_ns = (sample.sent_ns + late) & 0xffffffffffff;
      sample.first_byte_ns += late;
      sample.done_ns += late;
    }
    run.push(sample);
  }
  stats::EventCell stood_still;
  stood_still.event = EventKind::kSuspension;
  stood_still.at_ns = 5'000'000'000;
  stood_still.value = 500'000'000;
  run.push(stood_still);
  EventRow stolen;
  stolen.kind = EventKind::kSteal;
  stolen.at = Nanos(5'400'000'000);
  stolen.value = 480'000'000;
  run.drain().add_event(stolen);
  const stats::Verdict verdict = run.stop();
  BOOST_TEST((verdict.kind == stats::VerdictKind::kInvalid));
  BOOST_TEST(verdict.reason.ends_with("; the hypervisor kept the processor for 0.5 s at 4.5 s"),
             verdict.reason);
  BOOST_TEST(PlainSqlite(path).one("SELECT at_s, value FROM events WHERE kind = 'steal'") ==
             "5.4|480000000");
  const auto reader = need(RunReader::open(path));
  BOOST_TEST(need(verify_run(*reader, 0)).ok());
}

BOOST_AUTO_TEST_CASE(many_short_lags_have_their_cause_in_the_health_rows) {
  // In the second half of each ten seconds a tenth of the requests is 4 ms late, and the worker
  // waited for a processor for a tenth of the time.
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  DrainedRun run(path, make_start());
  run.drain().start();
  SampleSource source(100, 1, 2, 1);
  HealthCell cell;
  for (uint64_t second = 0; second < 20; ++second) {
    const bool late = second % 10 >= 5;
    for (uint64_t k = 0; k < 100; ++k) {
      Sample sample = source.next();
      sample.outcome = Outcome::kOk;
      sample.flags = 0;
      sample.ready_ns = late && k % 10 == 0 ? 4 * kMs : 20'000;
      sample.sent_ns = sample.ready_ns;
      sample.first_byte_ns = sample.done_ns = sample.ready_ns + kMs;
      run.push(sample);
    }
    cell.at_ns = static_cast<int64_t>((second + 1) * kSecond);
    cell.cpu_ns += kSecond / 5;
    cell.run_wait_ns += late ? kSecond / 10 : kSecond / 1'000;
    run.push(cell);
  }
  const stats::Verdict verdict = run.stop();
  BOOST_TEST((verdict.kind == stats::VerdictKind::kInvalid));
  BOOST_TEST(verdict.reason.ends_with("; other programs had the processor for 10.0 % of the "
                                      "seconds that were late (0.1 % of the others)"),
             verdict.reason);
  const auto reader = need(RunReader::open(path));
  BOOST_TEST(need(verify_run(*reader, 0)).ok());
}

BOOST_AUTO_TEST_CASE(full_rings_make_the_run_invalid) {
  const TempDir dir;
  DrainedRun run(dir.file("a.sqlite"), make_start());
  SampleSource source(100);
  for (int k = 0; k < 10; ++k) {
    run.push(source.next());
  }
  RunEnd end = run.end();
  end.ring_overflows = 2;
  end.scheduled += 2;
  const auto verdict = need(run.drain().stop(end));
  BOOST_TEST((verdict.kind == stats::VerdictKind::kInvalid));
  BOOST_TEST(verdict.reason.starts_with("2 rows were lost"));
  BOOST_TEST(verdict.reason.find("do not add up") != std::string::npos);
}

// Answers after minutes find their intervals again, although the drain has forgotten them.
BOOST_AUTO_TEST_CASE(an_overdriven_run_adds_up) {
  const TempDir dir;
  RunStart start = make_start();
  start.timeout = Nanos(0);
  // Ten minutes old, so that all of its 100 seconds are forgotten one commit after they were
  // stored.
  DrainedRun run(dir.file("a.sqlite"), start, 1, 1 << 16, from_seconds(600));
  Commits commits;
  commits.watch(run.drain());
  run.drain().start();
  SampleSource source(50);
  std::vector<Sample> late;
  for (int k = 0; k < 5'000; ++k) {
    const Sample sample = source.next();
    if (k % 7 == 0) {
      late.push_back(sample);
    } else {
      run.push(sample);
    }
  }
  commits.wait_for_next(3);
  for (const Sample& sample : late) {
    run.push(sample);
  }
  run.stop();
  const auto reader = need(RunReader::open(dir.file("a.sqlite")));
  const Verification verification = need(verify_run(*reader, 0));
  BOOST_TEST(verification.ok());
  BOOST_TEST(verification.rows == 5'000U);
}

BOOST_AUTO_TEST_CASE(commands_run_before_the_next_commit) {
  const TempDir dir;
  DrainedRun run(dir.file("a.sqlite"), make_start());
  Commits commits;
  commits.watch(run.drain());
  run.drain().start();
  const int64_t number = run.run();
  run.drain().command([number](RunWriter& writer) { return writer.set_label(number, "typed"); });
  commits.wait_for_next(2);
  const auto reader = need(RunReader::open(dir.file("a.sqlite")));
  BOOST_TEST(need(reader->run(0)).start.label == "typed");
  // A wrong one is said, and harms nothing else.
  run.drain().command([](RunWriter& writer) { return writer.set_label(77, "nobody"); });
  run.push(SampleSource(100).next());
  commits.wait_for_next(2);
  BOOST_TEST(run.drain().first_error() == dir.file("a.sqlite") + ": there is no run 77");
  BOOST_TEST(need(reader->totals(0)).front().totals.requests() == 1U);
  BOOST_TEST((run.stop() == stats::Verdict{}));
}

BOOST_AUTO_TEST_CASE(without_stop_the_run_counts_as_killed) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  {
    DrainedRun run(path, make_start());
    run.drain().start();
    run.push(SampleSource(100).next());
  }
  const auto reader = need(RunReader::open(path));
  BOOST_TEST((need(reader->run(0)).state == RunState::kKilled));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::store
