// SPDX-License-Identifier: MIT
#include "cli/compared_runs.h"

#include <vector>

#include "macaw/base/check.h"
#include "macaw/base/random.h"
#include "macaw/store/run_writer.h"
#include "unit/stats/simulated_runs.h"

namespace macaw::test {

namespace {

void require(const Status& status) {
  MACAW_CHECK(status.ok(), "{}", status.error().message());
}

store::RunStart start_of(const ComparedRunOptions& options) {
  const double rate = static_cast<double>(options.requests) / static_cast<double>(options.seconds);
  store::RunStart start;
  start.uuid = fmt::format("0f8fad5b-d9cb-469f-a165-{:012}", options.seed);
  start.label = options.label;
  start.started_at = WallTime(from_seconds(1'795'228'201));
  start.argv = {"replay", "out.txt"};
  start.file = "out.txt";
  start.file_sha256 = options.file_sha256;
  start.target = "127.0.0.1:8080";
  start.profile = fmt::format("constant {}/s", rate);
  start.arrivals = "constant";
  start.target_rps = rate;
  start.planned = options.requests;
  start.timeout = from_seconds(30);
  start.host = "fixture";
  start.versions = "macaw";
  start.rows = options.rows;
  return start;
}

stats::Sample sample_of(const ComparedRunOptions& options, uint64_t i, Random& random) {
  stats::Sample sample;
  const uint64_t record = (options.first_line - 1 + i) % options.lines;
  sample.index = i & 0xFFFFFFFFFFFF;
  sample.line = static_cast<uint32_t>(record + 1);
  sample.endpoint = record % 2 == 0 ? 1 : 2;
  sample.intended_ns =
      static_cast<int64_t>(i * (options.seconds * 1'000'000'000 / options.requests));
  sample.ready_ns = 10'000;
  sample.sent_ns = 20'000;
  // Each record has a level of its own, which both runs of a pair share.
  const double level = 1 + static_cast<double>(mix64(record) % 64) / 64;
  double service_ns = stats::service_table()[random.next() >> 48] * level * options.factor;
  service_ns *= sample.endpoint == 2 ? options.endpoint_factor / 4 : 1;
  service_ns += record % 200 == 7 ? static_cast<double>(options.slow_lines_ms) * 1e6 : 0;
  sample.done_ns = sample.sent_ns + static_cast<uint64_t>(service_ns);
  sample.first_byte_ns = sample.done_ns;
  sample.status = 200;
  sample.bytes_in = 400;
  sample.bytes_out = 180;
  if (random.below(1000) < options.failures_per_1000) {
    sample.outcome = stats::Outcome::kHttpError;
    sample.status = 503;
  }
  return sample;
}

}  // namespace

int64_t write_compared_run(const std::string& database, const ComparedRunOptions& options) {
  auto opened = store::RunWriter::open(database);
  MACAW_CHECK(opened.ok(), "{}", opened.error().message());
  store::RunWriter& writer = **opened;
  auto run = writer.begin_run(start_of(options));
  MACAW_CHECK(run.ok(), "{}", run.error().message());
  require(writer.add_endpoint({1, "GET", "/js/recommendations"}));
  require(writer.add_endpoint({2, "GET", "/js/action/new"}));
  stats::RunAggregator aggregator;
  std::vector<stats::Sample> samples;
  Random random(options.seed);
  for (uint64_t i = 0; i < options.requests; ++i) {
    samples.push_back(sample_of(options, i, random));
    aggregator.add(samples.back());
  }
  require(writer.add_samples(samples));
  aggregator.take_changed(options.seconds, options.seconds,
                          [&writer](const stats::IntervalKey& key, const stats::Aggregate& value) {
                            require(writer.put_interval(key, value));
                          });
  for (const auto& [endpoint, totals] : aggregator.totals()) {
    require(writer.put_endpoint_totals(endpoint, totals));
  }
  require(writer.commit());
  const Nanos span = from_seconds(static_cast<int64_t>(options.seconds));
  require(writer.finish_run(store::RunState::kFinished, "end of file", {span, span},
                            {options.requests, options.requests, 0, 0}, options.verdict));
  return *run;
}

}  // namespace macaw::test
