// SPDX-License-Identifier: MIT
//
// Samples by arithmetic, through the store's writer.
#include "browser/made_run.h"

#include "macaw/base/check.h"

namespace macaw::test {

namespace {

constexpr uint64_t kUs = 1'000;
constexpr uint64_t kMs = 1'000'000;
constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kTimeoutS = 30;

void require(const Status& status) {
  MACAW_CHECK(status.ok(), "{}", status.error().message());
}

store::RunStart start_of(const MadeRunOptions& options) {
  store::RunStart start;
  start.uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
  start.label = options.label;
  start.started_at = WallTime(from_seconds(options.started_s));
  start.argv = {"replay", "out.txt", "--rps", "100"};
  start.file = "out.txt";
  start.target = "127.0.0.1:8080";
  start.arrivals = "constant";
  start.target_rps = 1000.0 / static_cast<double>(options.period_ms);
  start.profile = fmt::format("constant {}/s", start.target_rps);
  start.planned = options.planned_s * 1000 / options.period_ms;
  start.planned_duration = from_seconds(static_cast<int64_t>(options.planned_s));
  start.timeout = from_seconds(kTimeoutS);
  start.host = "fixture";
  start.versions = "macaw";
  return start;
}

void time_out(stats::Sample& sample) {
  sample.outcome = stats::Outcome::kTimeout;
  sample.status = 0;
  sample.done_ns = sample.sent_ns + kTimeoutS * kSecond;
  sample.first_byte_ns = sample.done_ns;
}

/// What goes wrong with request number `k` of a second.
void add_trouble(stats::Sample& sample, uint64_t second, uint64_t k) {
  if (second == 35 || second == 36) {
    const uint64_t until_ns = 37 * kSecond - static_cast<uint64_t>(sample.intended_ns);
    sample.first_byte_ns += until_ns;
    sample.done_ns += until_ns;
  } else if (second >= 45 && second <= 47 && k % 33 == 10) {
    time_out(sample);
  } else if (second == 50 && k % 5 == 1) {
    sample.outcome = stats::Outcome::kHttpError;
    sample.status = 503;
  } else if (second == 52 && k % 10 < 6) {
    time_out(sample);
  }
}

void make_call(stats::Sample& sample) {
  if (sample.status == 200) {
    sample.status = stats::kGrpcStatusBase;
  } else if (sample.status == 503) {
    sample.status = stats::kGrpcStatusBase + 14;
    sample.outcome = stats::Outcome::kGrpcError;
  }
}

std::string error_text(const stats::Sample& sample) {
  switch (sample.outcome) {
    case stats::Outcome::kHttpError:
      return "503 Service Unavailable";
    case stats::Outcome::kGrpcError:
      return "UNAVAILABLE: the server is going away";
    default:
      return "no answer within 30 s";
  }
}

}  // namespace

MadeRun::MadeRun(MadeRunOptions options) : options_(std::move(options)) {
  auto opened = store::RunWriter::open(options_.database);
  MACAW_CHECK(opened.ok(), "{}", opened.error().message());
  writer_ = std::move(*opened);
  MACAW_CHECK(writer_->begin_run(start_of(options_)).ok());
  require(writer_->add_endpoint({1, "GET", "/js/recommendations"}));
  require(writer_->add_endpoint({2, "GET", "/js/action/new"}));
  require(writer_->commit());
}

MadeRun::~MadeRun() = default;

std::vector<stats::Sample> MadeRun::samples_of(uint64_t second) const {
  std::vector<stats::Sample> samples;
  if (options_.trouble && second >= 20 && second < 25) {
    return samples;
  }
  const uint64_t per_second = 1000 / options_.period_ms;
  for (uint64_t k = 0; k < per_second; ++k) {
    const uint64_t i = second * per_second + k;
    stats::Sample sample;
    sample.index = i & 0xFFFFFFFFFFFF;
    sample.line = static_cast<uint32_t>(i + 1);
    sample.endpoint = i % 2 == 0 ? 1 : 2;
    sample.intended_ns = static_cast<int64_t>(i * options_.period_ms * kMs);
    sample.ready_ns = (15 + i % 40) * kUs & 0xFFFFFFFFFFFF;
    sample.sent_ns = (sample.ready_ns + 10 * kUs) & 0xFFFFFFFFFFFF;
    // 2 to 6 ms with a slow swing over the minute and a tail; actions take a fifth of it.
    const uint64_t swing = (second % 60 < 30 ? second % 30 : 30 - second % 30) * 60;
    const uint64_t tail = i * 7919 % 100 >= 97 ? 9'000 + i * 104'729 % 12'000 : 0;
    const uint64_t service_us = 2'000 + i * 7919 % 2'200 + swing + tail + options_.slower_us;
    sample.done_ns = sample.sent_ns + service_us * kUs / (sample.endpoint == 1 ? 1 : 5);
    sample.first_byte_ns = sample.done_ns - 20 * kUs;
    sample.status = 200;
    sample.bytes_in = 412;
    sample.bytes_out = 187;
    if (options_.trouble) {
      add_trouble(sample, second, k);
    }
    if (options_.calls) {
      make_call(sample);
    }
    samples.push_back(sample);
  }
  return samples;
}

void MadeRun::write_aggregates() {
  aggregator_.take_changed(second_, 1'000'000,
                           [this](const stats::IntervalKey& key, const stats::Aggregate& value) {
                             require(writer_->put_interval(key, value));
                           });
  for (const auto& [endpoint, totals] : aggregator_.totals()) {
    require(writer_->put_endpoint_totals(endpoint, totals));
  }
  for (const auto& [kind, totals] : connections_) {
    require(writer_->put_connection_totals(kind, totals));
  }
  for (const auto& [endpoint, totals] : streams_) {
    require(writer_->put_stream_totals(endpoint, totals));
  }
}

/// Four with a full handshake, then four hundred that resume a session.
void MadeRun::add_connections() {
  std::vector<store::ConnectionRow> rows;
  for (uint64_t k = 0; k < 404; ++k) {
    stats::ConnectionCell cell;
    cell.http_version = 2;
    cell.tls_version = 13;
    cell.resumed = k < 4 ? 0 : 1;
    cell.connection = static_cast<uint16_t>(k % 4);
    cell.connect_ns = (110 + k % 7 * 10) * kUs;
    cell.handshake_ns = (k < 4 ? 2'900 : 750) * kUs + k % 11 * 30 * kUs;
    connections_[stats::ConnectionKind::of(cell)].add(cell.connect_ns, cell.handshake_ns, true);
    rows.push_back({k, cell});
  }
  require(writer_->add_connections(rows));
}

void MadeRun::add_streams(const std::vector<stats::Sample>& samples) {
  std::vector<stats::StreamCell> cells;
  for (const stats::Sample& sample : samples) {
    if (sample.endpoint == 1 && sample.status == stats::kGrpcStatusBase) {
      const uint64_t step_ns = (sample.done_ns - sample.sent_ns) / 6;
      stats::StreamCell cell;
      cell.index = sample.index;
      cell.endpoint = 1;
      cell.intended_ns = sample.intended_ns;
      cell.messages = 5;
      cell.first_ns = sample.sent_ns + step_ns;
      cell.last_ns = cell.first_ns + 4 * step_ns;
      cell.gap_max_ns = step_ns + 20 * kUs;
      cell.message_bytes = 300;
      stats::add_stream(streams_, cell);
      cells.push_back(cell);
    }
  }
  require(writer_->add_streams(cells));
}

void MadeRun::add_second() {
  const std::vector<stats::Sample> samples = samples_of(second_);
  require(writer_->add_samples(samples));
  if (options_.calls) {
    add_streams(samples);
  }
  if (options_.calls && second_ == 0) {
    add_connections();
  }
  for (const stats::Sample& sample : samples) {
    aggregator_.add(sample);
    if (!stats::is_success(sample.outcome)) {
      store::EventRow event;
      event.kind = stats::EventKind::kError;
      event.outcome = sample.outcome;
      event.endpoint = sample.endpoint;
      event.at = Nanos(sample.intended_ns);
      event.value = static_cast<int64_t>(sample.index);
      event.text = error_text(sample);
      require(writer_->add_event(event));
    }
  }
  scheduled_ += samples.size();
  store::HealthRow health;
  health.second = second_;
  health.lag_p99_ms = 0.054;
  health.lag_max_ms = 0.055;
  health.busy_share = 0.02;
  health.in_flight = options_.trouble && (second_ == 35 || second_ == 36) ? 100 : 1;
  health.connections = 4;
  health.scheduled = scheduled_;
  health.sent = scheduled_;
  require(writer_->put_health(health));
  ++second_;
  write_aggregates();
  const Nanos so_far = from_seconds(static_cast<int64_t>(second_));
  require(writer_->put_progress({so_far - Nanos(kMs), so_far},
                                {.scheduled = scheduled_, .sent = scheduled_}));
  require(writer_->commit());
}

void MadeRun::finish() {
  while (second_ < options_.planned_s) {
    add_second();
  }
  const Nanos elapsed = from_seconds(static_cast<int64_t>(second_)) - Nanos(kMs);
  require(writer_->finish_run(store::RunState::kFinished, "duration",
                              {elapsed, from_seconds(static_cast<int64_t>(second_))},
                              {scheduled_, scheduled_, 0, 0}, {}));
}

}  // namespace macaw::test
