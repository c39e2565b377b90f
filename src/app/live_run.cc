// SPDX-License-Identifier: MIT
#include "live_run.h"

#include <algorithm>
#include <csignal>

#include "macaw/base/units.h"
#include "redactor.h"

namespace macaw::app {

namespace {

/// 4 MB for each worker: more than two seconds at 30,000 requests per second.
constexpr size_t kRingCells = 65'536;

}  // namespace

void EndpointRelay::add(store::Drain& drain, const replay::Endpoint& endpoint) {
  drain.command([row = store::EndpointRow{endpoint.id, endpoint.method, endpoint.path}](
                    store::RunWriter& writer) { return writer.add_endpoint(row); });
}

void EndpointRelay::found(const replay::Endpoint& endpoint) {
  const std::lock_guard lock(mutex_);
  if (drain_ == nullptr) {
    waiting_.push_back(endpoint);
  } else {
    add(*drain_, endpoint);
  }
}

void EndpointRelay::attach(store::Drain& drain) {
  const std::lock_guard lock(mutex_);
  for (const replay::Endpoint& endpoint : waiting_) {
    add(drain, endpoint);
  }
  waiting_.clear();
  drain_ = &drain;
}

LiveRun::LiveRun(net::Loop& loop, const PlaySettings& settings, replay::Replayer& replayer,
                 Console& console, StdinRelay* input, TokenKeeper* token)
    : loop_(loop),
      settings_(settings),
      replayer_(replayer),
      console_(console),
      input_(input),
      token_(token),
      finished_(loop, [this] { loop_.stop(); }),
      committed_(
          loop, [this] { handle_commit(); }, /*keeps_loop_alive=*/false),
      interrupt_(loop, SIGINT, [this] { handle_signal(); }),
      terminate_(loop, SIGTERM, [this] { handle_signal(); }),
      input_ends_(loop, [this] { end_input(); }) {}

Result<int64_t> LiveRun::start(store::RunWriter& writer, store::RunStart run) {
  std::vector<replay::SampleSink*> sinks;
  std::vector<store::CellRing*> rings;
  for (uint32_t k = 0; k < settings_.run.transmission.workers; ++k) {
    rings_.push_back(std::make_unique<store::CellRing>(kRingCells));
    sinks_.push_back(std::make_unique<replay::RingSink>(*rings_.back()));
    rings.push_back(rings_.back().get());
    sinks.push_back(sinks_.back().get());
  }
  replay::Replayer::Callbacks callbacks;
  callbacks.endpoint_found = [this](const replay::Endpoint& found) { endpoints_.found(found); };
  callbacks.finished = [this] { finished_.wake(); };
  // Started before it is stored: only now is the instant known that all its times count from. The
  // rings hold what comes until the drain runs.
  time_zero_ = replayer_.start(sinks, std::move(callbacks));
  arm_input_end();
  run.started_at = wall_time_at(time_zero_);
  static_cast<void>(machine_.look());  // what was before is of no run
  auto number = writer.begin_run(run);
  auto reader = store::RunReader::open(settings_.db);
  if (!number || !reader) {
    replayer_.control().stop_now("the run could not be stored");
    end_input();
    static_cast<void>(replayer_.join());
    return number ? reader.error() : number.error();
  }
  reader_ = std::move(reader).value();
  progress_.emplace(settings_, replayer_, console_, *reader_, *number);
  drain_ = std::make_unique<store::Drain>(writer, run, std::move(rings), time_zero_);
  drain_->on_commit([this](uint64_t complete_seconds) {
    complete_seconds_.store(complete_seconds, std::memory_order_relaxed);
    committed_.wake();
  });
  if (const Redactor redactor(settings_.run.transmission); redactor.has_secrets()) {
    drain_->redact_with(redactor);
  }
  control_.emplace(replayer_.control(), *drain_, console_,
                   LiveControl::Hooks{.progress = [this] { return progress_text(); },
                                      .moved = [this] { arm_input_end(); }});
  endpoints_.attach(*drain_);
  drain_->start();
  machine_timer_.emplace(loop_, std::chrono::seconds(1), [this] { look_at_machine(); });
  if (token_ != nullptr) {
    token_->attach(loop_, [this](const std::string& text, bool is_trouble) {
      tell_of_token(text, is_trouble);
    });
  }
  return number;
}

void LiveRun::wait() {
  loop_.run();
  control_->end();
  console_.end_live(/*keep=*/true);
}

Result<LiveRun::End> LiveRun::finish() {
  End end;
  end.result = replayer_.join();
  if (input_ != nullptr && input_->was_cut()) {
    end.result.input_error.reset();  // of a line that we cut off
  }
  end.interrupted = signals_ > 0;
  end.aborted = aborted_;
  const replay::RunResult& result = end.result;
  machine_timer_.reset();
  if (token_ != nullptr) {
    token_->detach();
  }
  look_at_machine();
  if (const stats::UnsentCell& range = result.undelivered; range.count > 0) {
    drain_->command(
        [row = store::UnsentRow{range.worker, range.first, range.last, range.count, range.reason}](
            store::RunWriter& writer) { return writer.add_unsent(row); });
  }
  store::RunEnd stored;
  const bool whole = !result.stopped_early && !result.input_error;
  stored.state = whole ? store::RunState::kFinished : store::RunState::kInterrupted;
  stored.reason = result.input_error ? result.input_error->message() : result.end_reason;
  stored.spans = {.elapsed = result.elapsed, .sending = result.sending};
  stored.scheduled = result.scheduled;
  stored.sent = result.sent;
  stored.unsent = result.unsent;
  stored.ring_overflows = result.cells_lost;
  if (const auto& trouble = result.clock_trouble) {
    store::EventRow event;
    event.kind = stats::EventKind::kClockTrouble;
    event.at = result.elapsed;
    event.value = trouble->by.count();
    event.text = trouble->text;
    stored.events.push_back(std::move(event));
  }
  if (result.steered_rps) {
    drain_->command([rps = *result.steered_rps](store::RunWriter& writer) {
      return writer.put_target_rps(rps);
    });
  }
  if (result.mean_users) {
    drain_->command([users = *result.mean_users](store::RunWriter& writer) {
      return writer.put_mean_users(users);
    });
  }
  MACAW_TRY_ASSIGN(end.verdict, drain_->stop(stored));
  return end;
}

void LiveRun::look_at_machine() {
  for (const replay::MachineTrouble& trouble : machine_.look()) {
    store::EventRow event;
    event.kind = trouble.kind;
    event.at = MonoClock::now() - time_zero_;
    event.value = trouble.by.count();
    drain_->add_event(std::move(event));
  }
}

void LiveRun::tell_of_token(const std::string& text, bool is_trouble) {
  store::EventRow event;
  event.kind = is_trouble ? stats::EventKind::kWarning : stats::EventKind::kToken;
  event.at = MonoClock::now() - time_zero_;
  event.text = "access token " + text;
  if (is_trouble) {
    console_.warning(event.text);
  }
  drain_->add_event(std::move(event));
}

/// The plan waits for what stdin may still give no longer than --duration; pauses and the like move
/// that.
void LiveRun::arm_input_end() {
  const bool stopping = !replayer_.control().status().playing;
  if (input_ == nullptr || stopping) {
    if (stopping) {
      end_input();
    }
    return;
  }
  if (const Nanos end = replayer_.duration_end(); end == Nanos::max()) {
    input_ends_.disarm();
  } else {
    input_ends_.arm(time_zero_ + end);
  }
}

void LiveRun::end_input() {
  if (input_ != nullptr) {
    input_->cut();
  }
}

void LiveRun::handle_signal() {
  ++signals_;
  if (signals_ == 1) {
    replayer_.control().stop_scheduling(stats::UnsentReason::kInterrupted,
                                        "interrupted " + progress_text());
    console_.note("interrupted: waiting for what is in flight (again: stop at once)");
  } else {
    replayer_.control().stop_now("stopped at once " + progress_text());
  }
  end_input();
}

void LiveRun::handle_commit() {
  const std::string error = drain_ ? drain_->first_error() : std::string();
  if (!error.empty() && !database_warned_) {
    database_warned_ = true;
    console_.warning(error + "; the run goes on, its rows are lost");
  }
  if (!progress_) {
    return;
  }
  const auto reason = progress_->update(complete_seconds_.load(std::memory_order_relaxed));
  if (reason && !aborted_) {
    aborted_ = true;
    console_.warning(*reason);
    replayer_.control().stop_scheduling(stats::UnsentReason::kAborted, *reason);
    end_input();
  }
}

std::string LiveRun::progress_text() const {
  const Nanos elapsed = std::max(Nanos::zero(), MonoClock::now() - time_zero_);
  const Nanos end = replayer_.control().status().planned_end;
  const Nanos span = end > Nanos::zero() ? end : replayer_.plan().span;
  if (span > Nanos::zero()) {
    const double share = to_seconds(std::min(elapsed, span)) / to_seconds(span);
    return fmt::format("at {} %", static_cast<int>(share * 100));
  }
  return "after " + format_duration(std::chrono::round<std::chrono::seconds>(elapsed));
}

}  // namespace macaw::app
