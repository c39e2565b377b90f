// SPDX-License-Identifier: MIT
//
// See include/macaw/replay/engine/replayer.h. Puts the parts together: plan, targets, reader
// thread, workers.

#include "macaw/replay/engine/replayer.h"

#include <pthread.h>

#include <algorithm>
#include <bit>
#include <latch>
#include <thread>
#include <utility>

#include "clock_watch.h"
#include "endpoint_table.h"
#include "feeder.h"
#include "macaw/base/check.h"
#include "macaw/http/request_encoder.h"
#include "plan.h"
#include "probe.h"
#include "record_source.h"
#include "renderer.h"
#include "request_block.h"
#include "run_state.h"
#include "target_table.h"
#include "template_renderer.h"
#include "thread_usage.h"
#include "worker.h"

namespace macaw::replay {
namespace {

constexpr uint64_t kRingBytes = uint64_t{4} << 20;  // per worker: some 16,000 requests ahead
constexpr uint64_t kRingBytesMax = uint64_t{512} << 20;
/// Between the moment at which everything is ready and time 0: enough for all workers to be waiting
/// on their timers.
constexpr Nanos kStartDelay = std::chrono::milliseconds(5);

/// Half of a ring holds the largest request that we know of.
size_t ring_bytes(const RunOptions& options, const FileSurvey* survey) {
  const Transmission& to = options.transmission;
  uint64_t largest = sizeof(RequestBlock) + 64;
  largest += survey != nullptr ? survey->largest_request : 0;
  largest += to.overrides.body ? to.overrides.body->size() : 0;
  for (const Header& header : to.headers) {
    largest += header.name.size() + header.value.size() + 4;
  }
  for (const auto& [name, value] : to.set_query) {
    largest += name.size() + value.size() + 2;
  }
  return static_cast<size_t>(std::bit_ceil(std::clamp(2 * largest, kRingBytes, kRingBytesMax)));
}

Status check_transmission(const Transmission& transmission) {
  if (transmission.grpc != grpc::SchemaSources()) {
    MACAW_TRY_ASSIGN(const auto works, grpc::Schema::load(transmission.grpc));
  }
  if (transmission.tls != net::TlsClientOptions()) {
    MACAW_TRY_ASSIGN(const auto works, net::TlsClient::make(transmission.tls));
  }
  if (transmission.workers < 1 || transmission.workers > 255) {
    return errorf("--threads: found {}, expected 1 to 255", transmission.workers);
  }
  if (transmission.connections < transmission.workers || transmission.connections > 65535) {
    return errorf(
        "--connections: found {}, expected at least one for each of the {} threads and at most "
        "65535",
        transmission.connections, transmission.workers);
  }
  if (transmission.timeout <= Nanos(0) || transmission.connect_timeout <= Nanos(0)) {
    return errorf("--timeout and --connect-timeout: expected more than 0");
  }
  for (const Header& header : transmission.headers) {
    if (!http::is_header_name(header.name) || !http::is_header_value(header.value)) {
      return errorf("--header: found '{}: {}', expected NAME: VALUE", header.name, header.value);
    }
  }
  if (!transmission.sequence_header.empty() &&
      !http::is_header_name(transmission.sequence_header)) {
    return errorf("--seq-header: '{}' is not a header name", transmission.sequence_header);
  }
  for (const auto& [name, value] : transmission.set_query) {
    if (name.empty() || (name + value).find_first_of(" #&\t\r\n") != std::string::npos) {
      return errorf("--set-query: found '{}={}', expected NAME=VALUE, escaped as in a URL", name,
                    value);
    }
  }
  return {};
}

Status check_file(const RunOptions& options, const FileSurvey* survey) {
  const Selection& selection = options.selection;
  if (selection.file == "-" && selection.loop) {
    return errorf("--loop: stdin cannot be read twice; write it into a file first");
  }
  if (survey == nullptr) {
    return {};
  }
  if (survey->first_line_without_host != 0 && !options.transmission.target &&
      options.transmission.unix_socket.empty()) {
    return Error::at(selection.file, survey->first_line_without_host, 1,
                     "found a path without a host, expected http://HOST/... or --target HOST:PORT");
  }
  if (options.timing.source == Timing::Source::kRecorded && !survey->first_time) {
    return errorf("{}: its requests have no times (t), so a rate is needed: --rps", selection.file);
  }
  // Their values are looked at when they are used; that they are there, now.
  TemplateRenderer templates(options.timing.seed, selection.file);
  for (const FileSurvey::CsvColumn& used : survey->csv_columns) {
    MACAW_TRY(templates.check_column(used.file, used.column, used.line));
  }
  return {};
}

/// Without an open loop there is no nominal time but that of the duration, which pauses stretch.
Speed clock_speed(const Timing& timing) {
  return timing.is_open_loop() ? timing.speed : Speed{};
}

std::optional<RateProfile> steered_profile(const Timing& timing) {
  return timing.source == Timing::Source::kProfile ? timing.profile : std::nullopt;
}

std::string why_no_rate(const Timing& timing) {
  switch (timing.source) {
    case Timing::Source::kRecorded:
      return "the run plays recorded times, so it has no rate that could be changed";
    case Timing::Source::kSaturate:
      return "the run plays as fast as answers come (--rps max), so it has no rate that could be "
             "changed";
    case Timing::Source::kUsers:
      return "the run is a closed loop, so its rate is an outcome and cannot be set";
    default:
      return {};
  }
}

double as_double(RequestCount count) {
  return static_cast<double>(count.whole) + static_cast<double>(count.fraction) * 0x1.0p-64;
}

void name_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.c_str());
}

class ReplayerImpl final : public Replayer {
 public:
  ReplayerImpl(RunOptions options, RecordSource source, EndpointTable endpoints, size_t ring_bytes)
      : options_(std::move(options)),
        source_(std::move(source)),
        plan_clock_(clock_speed(options_.timing)),
        clock_(clock_speed(options_.timing)),
        steering_(clock_, clock_speed(options_.timing), steered_profile(options_.timing),
                  why_no_rate(options_.timing)),
        targets_(options_.transmission),
        state_(options_.transmission.workers, ring_bytes),
        feeder_(options_, plan_, source_, plan_clock_, clock_, std::move(endpoints), targets_,
                state_) {
    source_.set_loop(restarts(options_.selection));
    state_.set_steering(steering_, clock_, plan_);
  }

  ~ReplayerImpl() override {
    if (feeder_thread_.joinable()) {
      state_.stop_now("given up");
      join();
    }
  }

  Status make_plan(const FileSurvey* survey) {
    MACAW_TRY_ASSIGN(plan_, replay::make_plan(options_, survey, plan_clock_));
    if (survey != nullptr) {
      for (const auto& authority : survey->authorities) {
        targets_.id_of(authority.host_port, authority.is_grpc, authority.line);
      }
    }
    return {};
  }

  const Plan& plan() const override { return plan_; }

  Forecast forecast() override { return feeder_.forecast(); }

  std::optional<TargetTrouble> resolve() override;
  ProbeResult probe() override;
  MonoTime start(const std::vector<SampleSink*>& sinks, Callbacks callbacks) override;

  RunControl& control() override { return state_; }

  Nanos duration_end() const override;
  double target_rps(Nanos from, Nanos to) const override;

  RunResult join() override;

 private:
  void run_worker(uint32_t number, SampleSink* sink);
  Nanos schedule_end(const RunResult& result) const;
  std::optional<double> steered_rps(Nanos end) const;
  std::optional<double> mean_users(const RunResult& result) const;

  const RunOptions options_;
  RecordSource source_;
  const RunClock plan_clock_;  // as planned
  RunClock clock_;             // as steered; the state's mutex guards who appends
  RunSteering steering_;
  Plan plan_;
  TargetTable targets_;
  RunState state_;
  Feeder feeder_;

  Callbacks callbacks_;
  ClockReadings clocks_before_;
  std::thread feeder_thread_;
  std::vector<std::thread> worker_threads_;
  std::vector<WorkerResult> results_;
  std::unique_ptr<std::latch> workers_ready_;
  std::latch start_{1};
  std::atomic<uint32_t> workers_playing_{0};
};

std::optional<TargetTrouble> ReplayerImpl::resolve() {
  const Record& first = source_.first();
  const std::string_view origin =
      first.url.empty() ? std::string_view() : http::parse_url(first.url).url->origin();
  if (options_.transmission.target || !options_.transmission.unix_socket.empty() ||
      !origin.empty()) {
    targets_.id_of(origin, !first.grpc_call.empty(), first.line);
  }
  for (uint16_t id = 0; id < targets_.count(); ++id) {
    targets_.resolve(id);
    const TargetEntry& entry = targets_.entry(id);
    if (entry.addresses.empty()) {
      return TargetTrouble{
          .host_port = entry.place.key(), .line = entry.line, .reason = entry.trouble};
    }
  }
  return std::nullopt;
}

Replayer::ProbeResult ReplayerImpl::probe() {
  Renderer renderer(options_.transmission, options_.selection.file, options_.timing.seed);
  const auto request = renderer.render(source_.first(), "probe");
  if (!request.ok()) {
    return {.trouble = TargetTrouble{.host_port = "",
                                     .line = source_.first().line,
                                     .reason = request.error().message()},
            .answer = {}};
  }
  const auto id = targets_.id_of(request->authority, request->is_grpc, source_.first().line);
  MACAW_CHECK(id.has_value() && !targets_.entry(*id).addresses.empty(), "resolve() comes first");
  auto check = make_check(options_.expectations);
  MACAW_CHECK(check.ok());
  return send_probe(targets_.entry(*id), *request, options_, **check);
}

MonoTime ReplayerImpl::start(const std::vector<SampleSink*>& sinks, Callbacks callbacks) {
  const uint32_t workers = options_.transmission.workers;
  MACAW_CHECK(sinks.size() == workers, "{} sinks for {} workers", sinks.size(), workers);
  callbacks_ = std::move(callbacks);
  results_.resize(workers);
  workers_playing_ = workers;
  workers_ready_ = std::make_unique<std::latch>(workers);
  feeder_.on_endpoint(callbacks_.endpoint_found);
  for (uint32_t k = 0; k < workers; ++k) {
    worker_threads_.emplace_back([this, k, sink = sinks[k]] { run_worker(k, sink); });
  }
  workers_ready_->wait();  // they have looked at the targets, of which the reader may find more
  feeder_thread_ = std::thread([this] {
    name_thread("macaw-reader");
    feeder_.run();
  });
  while (!feeder_.primed()) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  clocks_before_ = read_clocks();
  const MonoTime run_start = MonoClock::now() + kStartDelay;
  state_.set_run_start(run_start);
  start_.count_down();
  return run_start;
}

void ReplayerImpl::run_worker(uint32_t number, SampleSink* sink) {
  name_thread("macaw-worker" + std::to_string(number));
  prefer_short_slices();
  const uint32_t workers = options_.transmission.workers;
  const uint32_t connections = options_.transmission.connections;
  {
    Worker worker({.number = number,
                   .options = &options_,
                   .clock = &clock_,
                   .targets = &targets_,
                   .state = &state_,
                   .sink = sink,
                   .connections_max = connections / workers + (number < connections % workers),
                   .plan = &plan_});
    workers_ready_->count_down();
    start_.wait();
    results_[number] = worker.run();
  }
  if (workers_playing_.fetch_sub(1, std::memory_order_acq_rel) == 1 && callbacks_.finished) {
    callbacks_.finished();
  }
}

RunResult ReplayerImpl::join() {
  for (std::thread& thread : worker_threads_) {
    thread.join();
  }
  feeder_thread_.join();
  RunResult result;
  for (const WorkerResult& worker : results_) {
    result.scheduled += worker.taken + worker.unsent;
    result.sent += worker.sent;
    result.unsent += worker.unsent;
    result.cells_lost += worker.cells_lost;
    result.sending = std::max(result.sending, worker.last_sent);
    result.elapsed = std::max(result.elapsed, worker.last_done);
  }
  if (const auto& undelivered = feeder_.undelivered(); undelivered.count > 0) {
    result.scheduled += undelivered.count;
    result.unsent += undelivered.count;
    result.undelivered = stats::UnsentCell{.reason = state_.reason(),
                                           .worker = UINT8_MAX,
                                           .first = undelivered.first,
                                           .last = undelivered.last,
                                           .count = undelivered.count};
  }
  result.clock_trouble = find_clock_trouble(clocks_before_, read_clocks());
  result.input_error = feeder_.input_error();
  result.stopped_early = state_.stopped_early();
  result.end_reason = state_.stop() == RunState::Stop::kNone ? feeder_.end_reason() : state_.why();
  const Nanos end = schedule_end(result);
  result.sending = std::max(result.sending, end);
  result.elapsed = std::max(result.elapsed, result.sending);
  result.sending -= clock_.paused_before(result.sending);
  result.steered_rps = steered_rps(end);
  result.mean_users = mean_users(result);
  return result;
}

/// Until when the schedule asked for what it did; 0 when that is not known, and for saturation.
Nanos ReplayerImpl::schedule_end(const RunResult& result) const {
  if (result.stopped_early) {
    return state_.due_until();
  }
  const Timing& timing = options_.timing;
  if (timing.source == Timing::Source::kUsers) {
    const bool was_timed = state_.stop() != RunState::Stop::kNone;
    return was_timed ? std::min(duration_end(), timing.closed_loop->users.ends_at()) : Nanos(0);
  }
  if (timing.source == Timing::Source::kProfile && (result.input_error || plan_.span == Nanos(0))) {
    return schedule_span(timing, result.scheduled, clock_);  // of as much as there was
  }
  const Nanos end = plan_end(plan_, clock_);
  // A pause that outlived the last request.
  return end == Nanos::max() ? result.elapsed : end;
}

std::optional<double> ReplayerImpl::mean_users(const RunResult& result) const {
  const auto& loop = options_.timing.closed_loop;
  const Nanos from = options_.selection.warmup;
  if (!loop || clock_.pieces() > 1 || result.sending <= from) {
    return std::nullopt;
  }
  return loop->users.mean_users(from, result.sending);
}

std::optional<double> ReplayerImpl::steered_rps(Nanos end) const {
  const auto& profile = options_.timing.profile;
  const Nanos sending = end - clock_.paused_before(end);
  if (clock_.pieces() == 1 || !profile || sending <= Nanos(0)) {
    return std::nullopt;
  }
  return as_double(profile->cumulative(clock_.nominal_at(end))) / to_seconds(sending);
}

Nanos ReplayerImpl::duration_end() const {
  const auto& duration = options_.selection.duration;
  if (!duration || clock_.pieces() == 1) {
    return duration.value_or(Nanos::max());
  }
  return clock_.intended(plan_clock_.nominal_at(*duration));
}

double ReplayerImpl::target_rps(Nanos from, Nanos to) const {
  const auto& profile = options_.timing.profile;
  if (!profile || to <= from) {
    return plan_.mean_rps;
  }
  const Nanos nominal_from = clock_.nominal_at(from);
  const Nanos nominal_to = clock_.nominal_at(to);
  return nominal_to <= nominal_from
             ? 0
             : profile->mean_rate(nominal_from, nominal_to) *
                   to_seconds(nominal_to - nominal_from) / to_seconds(to - from);
}

}  // namespace

Result<std::unique_ptr<Replayer>> Replayer::prepare(RunOptions options, const FileSurvey* survey) {
  MACAW_TRY(check_transmission(options.transmission));
  MACAW_TRY(check_file(options, survey));
  if (const auto& loop = options.timing.closed_loop;
      loop && loop->users.users_max() > options.transmission.lanes_max()) {
    return errorf("--users: found {}, expected at most as many as --connections carry, {}",
                  loop->users.users_max(), options.transmission.lanes_max());
  }
  MACAW_CHECK(options.timing.closed_loop.has_value() ==
              (options.timing.source == Timing::Source::kUsers));
  MACAW_CHECK(options.timing.source != Timing::Source::kProfile ||
              options.timing.profile.has_value());
  MACAW_TRY_ASSIGN(const auto check, make_check(options.expectations));
  MACAW_TRY_ASSIGN(EndpointTable endpoints, EndpointTable::create(options.groups));
  MACAW_TRY_ASSIGN(RecordSource source, RecordSource::open(options.selection));
  if (options.timing.source == Timing::Source::kRecorded && !source.first().time) {
    return Error::at(options.selection.file, source.first().line, 0,
                     "found a request without a time (t), so a rate is needed: --rps");
  }
  if (!source.first().grpc_call.empty()) {
    // What a call means is known here and not to the reader of the file.
    Renderer renderer(options.transmission, options.selection.file);
    const auto works = renderer.render(source.first(), "0");
    if (!works.ok()) {
      return works.error();
    }
  }
  const size_t ring = ring_bytes(options, survey);
  auto replayer = std::make_unique<ReplayerImpl>(std::move(options), std::move(source),
                                                 std::move(endpoints), ring);
  MACAW_TRY(replayer->make_plan(survey));
  return std::unique_ptr<Replayer>(std::move(replayer));
}

}  // namespace macaw::replay
