// SPDX-License-Identifier: MIT
#include "format_run.h"

#include "macaw/base/check.h"
#include "macaw/stats/aggregate.h"

namespace macaw::report {

namespace {

constexpr uint64_t kNsPerUs = 1'000;
constexpr uint64_t kNsPerMs = 1'000'000;

void require(const Status& status) {
  MACAW_CHECK(status.ok(), "{}", status.error().message());
}

store::RunStart format_run_start(const FormatRunOptions& options) {
  store::RunStart start;
  start.uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
  start.label = options.label;
  start.started_at = WallTime(Nanos(1'795'228'201'120'000'789));
  start.argv = {"replay", "out.txt", "--rps", "4"};
  start.file = "out.txt";
  start.target = "127.0.0.1:8080";
  start.profile = "constant 4/s";
  start.arrivals = "constant";
  start.target_rps = 4;
  start.planned = 12;
  start.planned_duration = from_seconds(4);
  start.timeout = from_seconds(2);
  start.connections = 8;
  start.host = "fixture <1>";
  start.versions = "macaw";
  start.rows = options.rows;
  return start;
}

/// Request `i` is intended at `at_ms`, taken up 20 us late, sent `wait_us` after that, and answered
/// `service_us` later.
stats::Sample one(uint64_t i, int64_t at_ms, uint16_t endpoint, uint64_t wait_us,
                  uint64_t service_us) {
  constexpr uint64_t k48 = 0xFFFFFFFFFFFF;
  stats::Sample sample;
  sample.index = i & k48;
  sample.line = static_cast<uint32_t>(i + 2);
  sample.endpoint = endpoint;
  sample.connection = i & 7;
  sample.intended_ns = at_ms * static_cast<int64_t>(kNsPerMs);
  sample.ready_ns = 20 * kNsPerUs;
  sample.sent_ns = (20 + wait_us) * kNsPerUs & k48;
  sample.done_ns = sample.sent_ns + service_us * kNsPerUs;
  sample.first_byte_ns = sample.done_ns - service_us * kNsPerUs / 4;
  sample.status = 200;
  sample.bytes_in = 412;
  sample.bytes_out = 187;
  sample.flags = i == 0 ? stats::kFlagNewConnection : 0;
  return sample;
}

void fail(stats::Sample& sample, stats::Outcome outcome, uint16_t status) {
  sample.outcome = outcome;
  sample.status = status;
  if (status == 0) {
    sample.bytes_in = 0;
    sample.first_byte_ns = sample.done_ns;
  }
}

std::string format_run_error(const stats::Sample& sample) {
  switch (sample.outcome) {
    case stats::Outcome::kHttpError:
      return "HTTP 503";
    case stats::Outcome::kRefused:
      return "connection refused";
    case stats::Outcome::kTimeout:
      return "no answer within the timeout";
    case stats::Outcome::kGrpcError:
      return stats::status_text(static_cast<uint16_t>(sample.status)) + ": as its server says";
    default:
      return "Seldon said \"<no>\", code\t7";
  }
}

}  // namespace

std::vector<stats::Sample> format_run_samples() {
  std::vector<stats::Sample> samples = {
      one(0, 0, 1, 10, 2'500),          one(1, 250, 2, 10, 410),     one(2, 500, 1, 10, 7'003),
      one(3, 750, 2, 600'000, 1'500),  // waited for a connection
      one(4, 1'000, 1, 10, 12'250),     one(5, 1'250, 2, 10, 380),   one(6, 1'500, 1, 10, 125'000),
      one(7, 1'750, 3, 10, 1'900),      one(8, 3'000, 1, 10, 1'000), one(9, 3'250, 2, 0, 150),
      one(10, 3'500, 1, 10, 2'000'000), one(11, 3'750, 2, 10, 500),
  };
  samples[7].flags = stats::kFlagResent;
  samples[8].bytes_in = 96;
  fail(samples[5], stats::Outcome::kWrongAnswer, 200);
  fail(samples[8], stats::Outcome::kHttpError, 503);
  fail(samples[9], stats::Outcome::kRefused, 0);
  samples[9].flags = stats::kFlagNotSent;
  samples[9].sent_ns = samples[9].done_ns & 0xFFFFFFFFFFFF;
  samples[9].bytes_out = 0;
  fail(samples[10], stats::Outcome::kTimeout, 0);
  return samples;
}

namespace {

/// Request 5 is DEADLINE_EXCEEDED, 8 UNAVAILABLE, those that went well are OK.
void make_calls(std::vector<stats::Sample>& samples) {
  for (stats::Sample& sample : samples) {
    if (stats::is_success(sample.outcome)) {
      sample.status = stats::kGrpcStatusBase;
    }
  }
  for (const auto& [index, status] : {std::pair<size_t, uint16_t>{5, 1'004}, {8, 1'014}}) {
    samples[index].outcome = stats::Outcome::kGrpcError;
    samples[index].status = status;
  }
}

}  // namespace

FormatRun::FormatRun(const FormatRunOptions& options) {
  auto opened = store::RunWriter::open(database());
  MACAW_CHECK(opened.ok(), "{}", opened.error().message());
  writer_ = std::move(*opened);
  MACAW_CHECK(writer_->begin_run(format_run_start(options)).ok());
  require(writer_->add_endpoint({1, "GET", "/js/recommendations"}));
  require(writer_->add_endpoint({2, "GET", "/js/action/new"}));
  require(writer_->add_endpoint({3, "POST", "say \"hi\", <b>&"}));
  stats::RunAggregator aggregator;
  std::vector<stats::Sample> samples =
      options.with_requests ? format_run_samples() : std::vector<stats::Sample>();
  if (options.grpc) {
    make_calls(samples);
  }
  require(writer_->add_samples(samples));
  for (const stats::Sample& sample : samples) {
    aggregator.add(sample);
    if (!stats::is_success(sample.outcome)) {
      store::EventRow event;
      event.kind = stats::EventKind::kError;
      event.outcome = sample.outcome;
      event.endpoint = sample.endpoint;
      event.at = Nanos(sample.intended_ns);
      event.value = static_cast<int64_t>(sample.index);
      event.text = format_run_error(sample);
      require(writer_->add_event(event));
    }
  }
  aggregator.take_changed(4, 1'000,
                          [this](const stats::IntervalKey& key, const stats::Aggregate& value) {
                            require(writer_->put_interval(key, value));
                          });
  for (const auto& [endpoint, totals] : aggregator.totals()) {
    require(writer_->put_endpoint_totals(endpoint, totals));
  }
  for (uint64_t second = 0; second < 4; ++second) {
    store::HealthRow health;
    health.second = second;
    health.in_flight = second + 1;
    require(writer_->put_health(health));
  }
  const Nanos elapsed = options.with_requests ? Nanos(5'500'030'000) : Nanos(0);
  const uint64_t count = samples.size();
  if (options.finished) {
    require(writer_->finish_run(store::RunState::kFinished, "duration", {elapsed, from_seconds(4)},
                                {count, count, 0, 0}, options.verdict));
    writer_.reset();
  } else {
    require(writer_->put_progress({elapsed, from_seconds(4)}, {.scheduled = count, .sent = count}));
    require(writer_->commit());
  }
  auto reader = store::RunReader::open(database());
  MACAW_CHECK(reader.ok(), "{}", reader.error().message());
  reader_ = std::move(*reader);
  auto summary = read_summary(*reader_, 0);
  MACAW_CHECK(summary.ok(), "{}", summary.error().message());
  summary_ = std::move(*summary);
  summary_.database = "macaw.sqlite";  // for the goldens
}

FormatInput FormatRun::input(const FormatOptions& options) const {
  return {reader_.get(), &summary_, &options};
}

std::string FormatRun::written(std::string_view format, const FormatOptions& options,
                               size_t file) const {
  const auto found = find_format(format);
  MACAW_CHECK(found.ok(), "{}", found.error().message());
  std::string text;
  const Status status =
      (*found)->files[file].write(input(options), [&text](std::string_view bytes) {
        text += bytes;
        return Status();
      });
  return status.ok() ? text : status.error().message();
}

}  // namespace macaw::report
