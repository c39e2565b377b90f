// SPDX-License-Identifier: MIT
//
// Samples with plain arithmetic for times, so that goldens can be checked by hand.
#include "report_runs.h"

#include "macaw/stats/aggregate.h"

namespace macaw::report {

namespace {

constexpr uint64_t kRunMs = 1'000'000;

store::RunRow run_row() {
  store::RunRow run;
  run.run = 3;
  run.start.uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
  run.start.label = "before the cache";
  run.start.started_at = WallTime(from_seconds(1'795'228'201));
  run.start.argv = {"replay", "out.txt", "--rps", "100"};
  run.start.working_folder = "/tmp";
  run.start.file = "out.txt";
  run.start.file_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  run.start.file_provenance = "macaw/1;generator=ml10m;seed=1";
  run.start.target = "127.0.0.1:8080";
  run.start.profile = "constant 100/s";
  run.start.arrivals = "constant";
  run.start.target_rps = 100;
  run.start.planned = 6000;
  run.start.planned_duration = from_seconds(60);
  run.start.timeout = from_seconds(30);
  run.start.host = "tester, Linux 6.1, 2 cores";
  run.start.versions = "macaw 0.1.0";
  run.state = store::RunState::kFinished;
  run.end_reason = "requests";
  run.spans.elapsed = Nanos(59'996'200'000);
  run.counts = {6000, 6000, 0, 0};
  return run;
}

/// Request i is ready 20 us late, sent 30 us after its time, and takes 2 to 9 ms (recommendations)
/// or a tenth of that (actions).
stats::Sample sample(uint64_t i) {
  stats::Sample sample;
  sample.index = i & 0xFFFFFFFFFFFF;
  sample.line = static_cast<uint32_t>(i + 1);
  sample.intended_ns = static_cast<int64_t>(i * 10 * kRunMs);
  sample.endpoint = i % 2 == 0 ? 1 : 2;
  sample.ready_ns = 20'000;
  sample.sent_ns = 30'000;
  const uint64_t spread = (i * 7919) % 1000;
  const uint64_t service_ns = (2 * kRunMs + spread * 7'000) / (i % 2 == 0 ? 1 : 10);
  sample.done_ns = sample.sent_ns + service_ns;
  sample.first_byte_ns = sample.done_ns;
  sample.status = 200;
  sample.bytes_in = 300;
  sample.bytes_out = 120;
  return sample;
}

store::EndpointRow endpoint_row(uint16_t number) {
  switch (number) {
    case 0:
      return {0, "", ""};
    case 1:
      return {1, "GET", "/js/recommendations"};
    default:
      return {number, "GET", "/js/action/new"};
  }
}

void add_totals(RunSummary& summary, const stats::RunAggregator& aggregator) {
  for (const auto& [number, totals] : aggregator.totals()) {
    summary.totals.push_back({endpoint_row(number), totals});
  }
}

void fail_one(stats::Sample& sample, stats::Outcome outcome, uint16_t status, uint64_t done_ns) {
  sample.outcome = outcome;
  sample.status = status;
  sample.done_ns = done_ns;
}

store::EventRow error(stats::Outcome outcome, uint16_t endpoint, int64_t index, uint64_t count,
                      std::string text) {
  store::EventRow event;
  event.kind = stats::EventKind::kError;
  event.outcome = outcome;
  event.endpoint = endpoint;
  event.value = index;
  event.at = Nanos(index * 10'000'000);
  event.count = count;
  event.text = std::move(text);
  return event;
}

}  // namespace

RunSummary healthy_run() {
  RunSummary summary;
  summary.run = run_row();
  summary.database = "macaw.sqlite";
  stats::RunAggregator aggregator;
  for (uint64_t i = 0; i < 6000; ++i) {
    aggregator.add(sample(i));
  }
  add_totals(summary, aggregator);
  summary.run.spans.sending = from_seconds(60);
  return summary;
}

RunSummary failing_run() {
  RunSummary summary;
  summary.run = run_row();
  summary.database = "macaw.sqlite";
  summary.run.counts = {6000, 5993, 7, 0};
  summary.run.start.connections = 8;
  stats::RunAggregator aggregator;
  for (uint64_t i = 0; i < 5993; ++i) {
    stats::Sample one = sample(i);
    if (i % 100 < 31) {
      one.sent_ns += 40 * kRunMs;
      one.done_ns += 40 * kRunMs;
    }
    if (i % 600 == 0) {
      fail_one(one, stats::Outcome::kTimeout, 0, one.sent_ns + 30'000 * kRunMs);
    } else if (i % 240 == 2) {
      fail_one(one, stats::Outcome::kHttpError, 503, one.sent_ns + 300'000);
    } else if (i == 77 || i == 79) {
      one.outcome = stats::Outcome::kWrongAnswer;
    }
    aggregator.add(one);
  }
  add_totals(summary, aggregator);
  summary.errors = {
      error(stats::Outcome::kHttpError, 1, 2, 25, "503 Service Unavailable"),
      error(stats::Outcome::kTimeout, 1, 0, 10, "no complete answer within 30 s of being sent"),
      error(stats::Outcome::kWrongAnswer, 2, 77, 2, "Seldon error 9: \x1b[2Junknown\xC2\x9Buser"),
  };
  store::EventRow stall;
  stall.kind = stats::EventKind::kStall;
  stall.at = from_seconds(12) + Nanos(345 * kRunMs);
  stall.value = 80 * kRunMs;
  stall.text = "the generator's loop did not run";
  summary.events = {stall};
  summary.unsent = {{0, 5993, 5999, 7, stats::UnsentReason::kInterrupted}};
  summary.run.state = store::RunState::kInterrupted;
  summary.run.end_reason = "interrupted at 99 %";
  summary.run.spans.sending = Nanos(59'930 * kRunMs);
  return summary;
}

RunSummary tiny_run() {
  RunSummary summary;
  summary.run = run_row();
  summary.database = "macaw.sqlite";
  summary.run.start.label.clear();
  summary.run.start.planned = 12;
  summary.run.start.planned_duration = Nanos::zero();
  summary.run.start.target_rps = 0;
  summary.run.start.profile = "max";
  summary.run.start.connections = 1;
  summary.run.counts = {12, 12, 0, 3};
  summary.run.spans.elapsed = Nanos(123 * kRunMs);
  summary.run.verdict = {stats::VerdictKind::kInvalid, "3 rows were lost"};
  stats::RunAggregator aggregator;
  for (uint64_t i = 0; i < 12; ++i) {
    stats::Sample one = sample(i);
    one.endpoint = 1;
    aggregator.add(one);
  }
  add_totals(summary, aggregator);
  summary.totals.back().endpoint.path =
      "/a/very/long/path/that/goes/on/and/on/until/it/says/recommendations";
  summary.run.spans.sending = Nanos(120 * kRunMs);
  return summary;
}

RunSummary killed_run() {
  RunSummary summary;
  summary.run = run_row();
  summary.database = "macaw.sqlite";
  summary.run.state = store::RunState::kKilled;
  summary.run.spans.elapsed = Nanos::zero();
  summary.run.end_reason = "killed";
  summary.run.verdict = {stats::VerdictKind::kSuspect, "the run was killed"};
  summary.run.counts = {};
  return summary;
}

}  // namespace macaw::report
