// SPDX-License-Identifier: MIT
//
// What is written comes back, through our reader and through the views.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <limits>
#include <map>

#include "store/store_fixture.h"

namespace macaw::store {

namespace {

namespace data = boost::unit_test::data;
using stats::Outcome;
using stats::Sample;

// Anything that the contract of Sample allows.
Sample random_sample(Random& random, uint64_t index) {
  const auto bits = [&random] { return random.next() >> random.below(64); };
  constexpr uint64_t k48 = (uint64_t{1} << 48) - 1;
  Sample sample;
  sample.index = index & ((uint64_t{1} << 40) - 1);
  sample.line = static_cast<uint32_t>(bits());
  sample.worker = static_cast<uint8_t>(bits());
  sample.connection = bits() & 0xffff;
  sample.endpoint = (1 + random.below(0xffff)) & 0xffff;
  sample.intended_ns = static_cast<int64_t>(bits() >> 2);
  sample.outcome = static_cast<Outcome>(1 + random.below(stats::kOutcomes - 1));
  sample.flags = static_cast<uint8_t>(random.below(8));
  sample.status = stats::is_answer(sample.outcome) ? (100 + random.below(500)) & 0xffff : 0;
  std::array<uint64_t, 4> times{};
  for (uint64_t& time : times) {
    time = bits() & k48;
  }
  std::sort(times.begin(), times.end());
  sample.ready_ns = times[0] & k48;
  sample.sent_ns = times[1] & k48;
  sample.first_byte_ns = times[2];
  sample.done_ns = times[3];
  if ((sample.flags & stats::kFlagNotSent) != 0) {
    sample.sent_ns = sample.done_ns & k48;
    sample.status = 0;
    sample.first_byte_ns = sample.done_ns;
  } else if (random.below(2) == 0) {
    sample.first_byte_ns = sample.done_ns;
  }
  sample.bytes_in = static_cast<uint32_t>(bits());
  sample.bytes_out = static_cast<uint32_t>(bits());
  return sample;
}

std::vector<Sample> stored_samples(const std::string& path, int64_t run) {
  std::vector<Sample> samples;
  const auto reader = need(RunReader::open(path));
  need(reader->for_each_sample(run, [&](const Sample& sample) { samples.push_back(sample); }));
  return samples;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(writer_test)

BOOST_DATA_TEST_CASE(every_sample_comes_back_bit_for_bit, data::xrange(5), seed) {
  const TempDir dir;
  Random random(static_cast<uint64_t>(seed));
  std::vector<Sample> samples;
  for (uint64_t k = 0; k < 2'000; ++k) {
    samples.push_back(random_sample(random, k * (1 + random.below(1'000'000))));
  }
  std::sort(samples.begin(), samples.end(),
            [](const Sample& a, const Sample& b) { return a.index < b.index; });
  const auto same = [](const Sample& a, const Sample& b) { return a.index == b.index; };
  samples.erase(std::unique(samples.begin(), samples.end(), same), samples.end());
  {
    const auto writer = need(RunWriter::open(dir.file("a.sqlite")));
    need(writer->begin_run(make_start()));
    // In any order, in several pieces.
    std::vector<Sample> shuffled = samples;
    for (size_t k = shuffled.size(); k > 1; --k) {
      std::swap(shuffled[k - 1], shuffled[random.below(k)]);
    }
    const std::span<const Sample> all(shuffled);
    need(writer->add_samples(all.first(100)));
    need(writer->add_samples(all.subspan(100, 0)));
    need(writer->add_samples(all.subspan(100)));
    need(writer->commit());
  }
  const std::vector<Sample> stored = stored_samples(dir.file("a.sqlite"), 1);
  BOOST_REQUIRE(stored.size() == samples.size());
  for (size_t k = 0; k < samples.size(); ++k) {
    BOOST_REQUIRE(bytes_of(stored[k]) == bytes_of(samples[k]));
  }
}

BOOST_AUTO_TEST_CASE(who_inserts_many_rows_is_asked_in_between) {
  const TempDir dir;
  const auto writer = need(RunWriter::open(dir.file("a.sqlite")));
  need(writer->begin_run(make_start("polite")));
  int asked = 0;
  need(writer->add_samples(SampleSource(100).take(300), [&asked] { ++asked; }));
  need(writer->commit());
  BOOST_TEST(asked >= 4);  // a statement inserts 64 rows
  BOOST_TEST(asked <= 5);
}

BOOST_AUTO_TEST_CASE(a_run_comes_back_as_it_was_given) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  RunStart start = make_start("with 'quotes'");
  start.seed = UINT64_MAX;
  start.rows = {RowPolicy::Kind::kSample, 100};
  start.lag_is_judged = false;
  {
    const auto writer = need(RunWriter::open(path));
    BOOST_TEST(writer->run() == 0);
    BOOST_TEST(need(writer->begin_run(start)) == 1);
    BOOST_TEST(writer->run() == 1);
    need(writer->finish_run(RunState::kInterrupted, "interrupted at 41 %",
                            {Nanos(24'600'000'001), from_seconds(24)}, {6'000, 5'900, 40, 3},
                            {stats::VerdictKind::kInvalid, "3 rows"}));
    BOOST_TEST(writer->run() == 0);
    BOOST_TEST(need(writer->begin_run(make_start("second"))) == 2);
    need(writer->finish_run(RunState::kFinished, "end of file",
                            {from_seconds(60), from_seconds(60)}, {}, {}));
  }
  const auto reader = need(RunReader::open(path));
  BOOST_TEST(reader->path() == path);
  const RunRow run = need(reader->run(1));
  BOOST_TEST(run.run == 1);
  BOOST_TEST(run.start.uuid == start.uuid);
  BOOST_TEST(run.start.label == start.label);
  BOOST_TEST((run.start.started_at == start.started_at));
  BOOST_TEST(run.start.argv == start.argv, boost::test_tools::per_element());
  BOOST_TEST(run.start.working_folder == start.working_folder);
  BOOST_TEST(run.start.file == start.file);
  BOOST_TEST(run.start.file_sha256 == start.file_sha256);
  BOOST_TEST(run.start.file_provenance == start.file_provenance);
  BOOST_TEST(run.start.target == start.target);
  BOOST_TEST(run.start.profile == start.profile);
  BOOST_TEST(run.start.arrivals == start.arrivals);
  BOOST_TEST(run.start.target_rps == start.target_rps);
  BOOST_TEST(run.start.seed == start.seed);
  BOOST_TEST(run.start.planned == start.planned);
  BOOST_TEST((run.start.planned_duration == start.planned_duration));
  BOOST_TEST(run.start.workers == start.workers);
  BOOST_TEST(run.start.connections == start.connections);
  BOOST_TEST((run.start.timeout == start.timeout));
  BOOST_TEST(run.start.host == start.host);
  BOOST_TEST(run.start.versions == start.versions);
  BOOST_TEST(run.start.rows.describe() == "sample:100");
  BOOST_TEST(!run.start.lag_is_judged);
  BOOST_TEST((run.state == RunState::kInterrupted));
  BOOST_TEST(run.end_reason == "interrupted at 41 %");
  BOOST_TEST(run.spans.elapsed.count() == 24'600'000'001);
  BOOST_TEST(run.counts.scheduled == 6'000U);
  BOOST_TEST(run.counts.sent == 5'900U);
  BOOST_TEST(run.counts.unsent == 40U);
  BOOST_TEST(run.counts.rows_lost == 3U);
  BOOST_TEST((run.verdict == stats::Verdict{stats::VerdictKind::kInvalid, "3 rows"}));
  BOOST_TEST(need(reader->run(0)).start.label == "second");
  BOOST_TEST(need(reader->runs()).size() == 2U);
  BOOST_TEST(error_of(reader->run(9)) == path + ": there is no run 9");
  BOOST_TEST(error_of(reader->totals(9)) == path + ": there is no run 9");
  PlainSqlite sqlite(path);
  BOOST_TEST(
      sqlite.one("SELECT started_at, state, round(achieved_rps, 3) FROM runs WHERE run = 1") ==
      "2026-11-21T02:35:01.123Z|interrupted|245.833");
  BOOST_TEST(sqlite.one("SELECT label FROM newest_run") == "second");
}

BOOST_AUTO_TEST_CASE(an_empty_database_has_no_newest_run) {
  const TempDir dir;
  need(RunWriter::open(dir.file("a.sqlite")));
  const auto reader = need(RunReader::open(dir.file("a.sqlite")));
  BOOST_TEST(need(reader->runs()).empty());
  BOOST_TEST(error_of(reader->run(0)) == dir.file("a.sqlite") + ": there is no run in it yet");
}

BOOST_AUTO_TEST_CASE(aggregates_come_back_and_are_replaced) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  stats::RunAggregator aggregator;
  SampleSource source(100);
  const auto writer = need(RunWriter::open(path));
  need(writer->begin_run(make_start()));
  need(writer->add_endpoint({1, "GET", "/js/recommendations"}));
  need(writer->add_endpoint({2, "GET", "/js/action/new"}));
  std::map<stats::IntervalKey, stats::Aggregate> expected;
  for (int part = 0; part < 3; ++part) {
    for (const Sample& sample : source.take(500)) {
      aggregator.add(sample);
    }
    aggregator.take_changed(0, 0, [&](const auto& key, const auto& aggregate) {
      expected[key] = aggregate;
      need(writer->put_interval(key, aggregate));
    });
    for (const auto& [endpoint, total] : aggregator.totals()) {
      need(writer->put_endpoint_totals(endpoint, total));
    }
    need(writer->commit());
  }
  for (const auto& [key, aggregate] : expected) {
    const auto back = need(writer->get_interval(key));
    BOOST_REQUIRE(back != nullptr);
    BOOST_REQUIRE(*back == aggregate);
  }
  BOOST_TEST((need(writer->get_interval({1, 77'777, 0})) == nullptr));

  const auto reader = need(RunReader::open(path));
  const auto totals = need(reader->totals(0));
  BOOST_REQUIRE(totals.size() == 3U);
  BOOST_TEST(totals[0].endpoint.name() == "all");
  BOOST_TEST(totals[1].endpoint.name() == "/js/recommendations");
  BOOST_TEST(totals[1].endpoint.method == "GET");
  for (const EndpointTotals& of : totals) {
    BOOST_TEST((of.totals == aggregator.totals().at(of.endpoint.endpoint)));
  }
  BOOST_TEST(need(reader->endpoints(0)).size() == 2U);
  const auto intervals = need(reader->intervals(0, 1, 2, 3, 12));
  BOOST_REQUIRE(intervals.size() == 9U);
  BOOST_TEST(intervals.front().key.start_s == 3U);
  BOOST_TEST(intervals.back().key.start_s == 11U);
  BOOST_TEST((intervals[4].aggregate == expected.at({1, 7, 2})));
  BOOST_TEST(need(reader->intervals(0, 10, 0, 0, UINT64_MAX)).size() == 2U);
  BOOST_TEST(need(reader->intervals(0, 10, 0, 1, UINT64_MAX)).size() == 1U);
  BOOST_TEST(need(reader->intervals(0, 600, 0, 0, 0)).empty());
}

BOOST_AUTO_TEST_CASE(small_rows_come_back) {
  const TempDir dir;
  const std::string path = dir.file("a.sqlite");
  const auto writer = need(RunWriter::open(path));
  need(writer->begin_run(make_start()));
  HealthRow health;
  health.second = 3;
  health.worker = 1;
  health.lag_p99_ms = 0.25;
  health.lag_max_ms = 1.5;
  health.busy_share = 0.125;
  health.backlog = 5;
  health.in_flight = 6;
  health.connections = 7;
  health.scheduled = 400;
  health.sent = 395;
  health.turn_ms_max = 2.5;
  health.cpu_share = 0.0625;
  health.wait_share = 0.25;
  health.users = 17;
  health.requests = 100;
  health.late = 7;
  need(writer->put_health(health));
  health.backlog = 9;
  need(writer->put_health(health));  // replaces
  EventRow stall{Nanos(1'234'567'891), 1, stats::EventKind::kStall, Outcome::kOk, 0, 250, 1, "x"};
  need(writer->add_event(stall));
  need(writer->add_event(stall));  // twice is twice
  EventRow error{Nanos(5), 0, stats::EventKind::kError, Outcome::kReset, 2, 17, 1, "it broke"};
  need(writer->add_event(error));
  error.count = 4;
  error.value = 99;
  need(writer->add_event(error));  // raises the count, keeps the first example
  error.endpoint = 1;
  need(writer->add_event(error));
  need(writer->add_unsent({1, 10, 20, 6, stats::UnsentReason::kInterrupted}));
  need(writer->put_progress({from_seconds(4), from_seconds(4)}, {.scheduled = 400, .sent = 395}));
  need(writer->commit());

  const auto reader = need(RunReader::open(path));
  const auto rows = need(reader->health(0, 0, UINT64_MAX));
  BOOST_REQUIRE(rows.size() == 1U);
  BOOST_TEST(rows[0].second == 3U);
  BOOST_TEST(rows[0].worker == 1U);
  BOOST_TEST(rows[0].lag_p99_ms == 0.25);
  BOOST_TEST(rows[0].lag_max_ms == 1.5);
  BOOST_TEST(rows[0].busy_share == 0.125);
  BOOST_TEST(rows[0].backlog == 9U);
  BOOST_TEST(rows[0].in_flight == 6U);
  BOOST_TEST(rows[0].connections == 7U);
  BOOST_TEST(rows[0].scheduled == 400U);
  BOOST_TEST(rows[0].sent == 395U);
  BOOST_TEST(rows[0].turn_ms_max == 2.5);
  BOOST_TEST(rows[0].cpu_share == 0.0625);
  BOOST_TEST(rows[0].wait_share == 0.25);
  BOOST_TEST(rows[0].users == 17U);
  BOOST_TEST(rows[0].requests == 100U);
  BOOST_TEST(rows[0].late == 7U);
  BOOST_TEST(need(reader->health(0, 4, 9)).empty());
  const auto events = need(reader->events(0));
  BOOST_REQUIRE(events.size() == 4U);
  BOOST_TEST(events[0].count == 5U);
  BOOST_TEST(events[0].value == 17);
  BOOST_TEST((events[0].outcome == Outcome::kReset));
  BOOST_TEST(events[0].text == "it broke");
  BOOST_TEST(events[1].endpoint == 1U);
  BOOST_TEST((events[2].kind == stats::EventKind::kStall));
  BOOST_TEST(events[2].at.count() == 1'234'567'891);
  const auto unsent = need(reader->unsent(0));
  BOOST_REQUIRE(unsent.size() == 1U);
  BOOST_TEST(unsent[0].worker == 1U);
  BOOST_TEST(unsent[0].first == 10U);
  BOOST_TEST(unsent[0].last == 20U);
  BOOST_TEST(unsent[0].count == 6U);
  BOOST_TEST((unsent[0].reason == stats::UnsentReason::kInterrupted));
  const RunRow run = need(reader->run(0));
  BOOST_TEST((run.state == RunState::kRunning));
  BOOST_TEST(run.counts.sent == 395U);
  BOOST_TEST((run.spans.elapsed == from_seconds(4)));
}

BOOST_AUTO_TEST_CASE(nothing_counts_before_commit) {
  const TempDir dir;
  const auto writer = need(RunWriter::open(dir.file("a.sqlite")));
  need(writer->begin_run(make_start()));
  need(writer->add_samples(SampleSource(100).take(10)));
  const auto reader = need(RunReader::open(dir.file("a.sqlite")));
  uint64_t seen = 0;
  need(reader->for_each_sample(0, [&seen](const Sample&) { ++seen; }));
  BOOST_TEST(seen == 0U);
  writer->rollback();
  need(writer->add_samples(SampleSource(100).take(7)));
  need(writer->commit());
  need(reader->for_each_sample(0, [&seen](const Sample&) { ++seen; }));
  BOOST_TEST(seen == 7U);
}

BOOST_AUTO_TEST_CASE(labels_change_with_and_without_a_run) {
  const TempDir dir;
  const auto writer = need(RunWriter::open(dir.file("a.sqlite")));
  need(writer->begin_run(make_start()));
  need(writer->finish_run(RunState::kFinished, "", {from_seconds(1), from_seconds(1)}, {}, {}));
  need(writer->set_label(1, "later"));
  const auto reader = need(RunReader::open(dir.file("a.sqlite")));
  BOOST_TEST(need(reader->run(1)).start.label == "later");
  BOOST_TEST(error_of(writer->set_label(2, "x")) == dir.file("a.sqlite") + ": there is no run 2");
  need(writer->begin_run(make_start()));
  need(writer->set_label(2, "while it runs"));
  need(writer->commit());
  BOOST_TEST(need(reader->run(2)).start.label == "while it runs");
}

BOOST_AUTO_TEST_CASE(row_policies_keep_what_they_say) {
  const auto samples = SampleSource(1'000).take(50'000);
  const auto kept = [&samples](const RowPolicy& policy) {
    return static_cast<uint64_t>(std::count_if(
        samples.begin(), samples.end(),
        [&policy](const Sample& sample) { return policy.keeps(sample.index, sample.outcome); }));
  };
  const auto errors =
      static_cast<uint64_t>(std::count_if(samples.begin(), samples.end(), [](const Sample& sample) {
        return !stats::is_success(sample.outcome);
      }));
  BOOST_TEST(errors > 300U);
  BOOST_TEST(kept({RowPolicy::Kind::kAll, 1}) == 50'000U);
  BOOST_TEST(kept({RowPolicy::Kind::kErrors, 1}) == errors);
  BOOST_TEST(kept({RowPolicy::Kind::kSample, 1}) == 50'000U);
  const uint64_t sampled = kept({RowPolicy::Kind::kSample, 100});
  BOOST_TEST(sampled >= errors + 400);
  BOOST_TEST(sampled <= errors + 600);

  const TempDir dir;
  RunStart start = make_start();
  start.rows = {RowPolicy::Kind::kErrors, 1};
  const auto writer = need(RunWriter::open(dir.file("a.sqlite")));
  need(writer->begin_run(start));
  need(writer->add_samples(samples));
  need(writer->commit());
  PlainSqlite sqlite(dir.file("a.sqlite"));
  BOOST_TEST(sqlite.one("SELECT count(*) FROM samples") == std::to_string(errors));
  BOOST_TEST(RowPolicy{}.describe() == "all");
  BOOST_TEST(start.rows.describe() == "errors");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::store
