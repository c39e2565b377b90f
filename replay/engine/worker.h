// SPDX-License-Identifier: MIT
//
// A worker: one event loop that sends its requests when its driver says that they are due, and
// turns what comes back into samples. It touches no file, no stdout and no lock, and allocates
// nothing per request. Pacing is by absolute deadlines; what is due is also looked at after every
// answer, but what waits for a connection goes out when the answers of a turn have all been read.
// Thread: constructed, run and destroyed on its own thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connection_pool.h"
#include "error_book.h"
#include "exchange.h"
#include "grpc_judge.h"
#include "macaw/net/loop.h"
#include "macaw/replay/engine/check.h"
#include "macaw/replay/engine/options.h"
#include "macaw/replay/engine/replayer.h"
#include "macaw/replay/engine/sample_sink.h"
#include "macaw/replay/schedule/closed_loop_driver.h"
#include "macaw/replay/schedule/driver.h"
#include "macaw/stats/verdict.h"
#include "own_records.h"
#include "ready_tracker.h"
#include "request_block.h"
#include "run_state.h"
#include "sessions.h"
#include "target_table.h"
#include "thread_usage.h"
#include "transport.h"

namespace macaw::replay {

struct WorkerSetup {
  uint32_t number = 0;
  const RunOptions* options = nullptr;
  const RunClock* clock = nullptr;
  const TargetTable* targets = nullptr;
  RunState* state = nullptr;
  SampleSink* sink = nullptr;
  uint32_t connections_max = 1;
  const Plan* plan = nullptr;
};

/// What a worker did, read after its thread was joined.
struct WorkerResult {
  uint64_t taken = 0;
  uint64_t sent = 0;
  uint64_t unsent = 0;
  uint64_t cells_lost = 0;
  Nanos last_sent{};
  Nanos last_done{};
};

class Worker final : private TransportObserver {
 public:
  explicit Worker(const WorkerSetup& setup);
  ~Worker() override;

  /// Plays until everything taken has its outcome. REQUIRES: the run's start time is set.
  WorkerResult run();

 private:
  // TransportObserver
  void exchange_sent(Exchange& exchange) override;
  void exchange_answered(Exchange& exchange, Nanos done, const TransportAnswer& answer) override;
  void exchange_failed(Exchange& exchange, Nanos done, stats::Outcome outcome,
                       std::string_view reason) override;

  void lane_free() override;

  void connection_opened(const stats::ConnectionCell& cell) override;

  void generator_limit(std::string_view what) override;

  void handle_timer();

  void handle_wake() { pump(); }

  void handle_second();
  void look_for_lateness(Nanos now);
  void tell_lateness(Nanos now, Nanos lateness);
  uint32_t users_at(Nanos now) const;
  ThreadUsage read_usage() const;
  void tell_faults_of_second(const ThreadUsage& used, Nanos elapsed);

  void pump();
  void make_driver();
  std::span<const std::byte> next_block();
  void pop_block();
  bool load_head(Nanos now);
  bool load_own_records(Nanos now);
  std::span<const std::byte> head_block();
  Due due(Nanos now);
  void drop_head();
  void take_head(Nanos now, Nanos intended);
  void send_due(Nanos now);
  void discard_after_stop();
  void give_up_in_flight();
  bool closes_at_end() const;
  void expire_timeouts(Nanos now);
  void check_plan_end(Nanos now);
  Nanos give_up_at() const;
  void arm_timer(Nanos now);
  void finish_if_done();

  void end_call(Exchange& exchange, Nanos done, const TransportAnswer& answer);
  void push_stream(const Exchange& exchange);
  Status redirect(Exchange& exchange, const TransportAnswer& answer);
  void send_redirected();
  void abandon(Exchange& exchange);
  void list_append(Exchange& exchange);
  void list_remove(Exchange& exchange);
  Exchange& acquire_exchange();
  uint64_t backlog(Nanos now) const;
  void end_exchange(Exchange& exchange, Nanos done, stats::Outcome outcome, int status,
                    std::string_view reason);
  void push(const stats::Cell& cell);
  void push_event(stats::EventKind kind, std::string_view text, int64_t value, uint64_t count = 1,
                  stats::Outcome outcome = stats::Outcome::kOk, uint16_t endpoint = 0);
  void tell_error(const ErrorBook::Entry& entry, uint64_t count);

  Nanos now() const { return MonoClock::now() - state_.run_start(); }

  /// Lateness of ours that is worth an event: what the verdict calls late.
  static constexpr Nanos kLateEnough = Nanos(stats::kLateNs);

  const WorkerSetup setup_;
  const Transmission& transmission_;
  RunState& state_;
  WorkerLink& link_;
  net::Loop loop_;
  net::PacingTimer timer_;
  net::Waker waker_;
  net::TurnEnd turn_end_;
  std::unique_ptr<net::PeriodicTimer> second_timer_;
  std::unique_ptr<Driver> driver_;
  ClosedLoopDriver* users_ = nullptr;  // the driver of a closed loop
  std::optional<OwnRecords> own_records_;
  std::optional<Sessions> sessions_;
  std::vector<Exchange*> redirected_;  // to go out again, in the order in which they were answered
  std::shared_ptr<net::TlsClient> tls_;
  std::unique_ptr<ConnectionPool> pool_;
  std::unique_ptr<Check> check_;
  std::optional<GrpcJudge> grpc_judge_;  // where there are gRPC calls
  ReadyTracker tracker_;
  ErrorBook errors_;

  // The head of the queue: the next request of this worker.
  bool have_head_ = false;
  bool ended_ = false;  // the end mark has been taken
  bool starved_ = false;
  Nanos starved_since_{};
  RequestBlock head_;
  bool pumping_ = false;
  bool more_is_due_ = false;  // the turn's bound was reached
  bool head_is_blocked_ = false;
  bool plan_end_told_ = false;
  bool gave_up_ = false;
  bool ignoring_ = false;  // what ends now is left out of the numbers
  Nanos armed_ = Nanos::max();

  std::vector<std::unique_ptr<Exchange>> exchanges_;
  std::vector<Exchange*> free_;
  Exchange* oldest_ = nullptr;  // in flight, by time of sending
  Exchange* newest_ = nullptr;
  uint64_t active_ = 0;  // taken, without outcome
  uint64_t in_flight_ = 0;

  stats::UnsentCell unsent_;
  WorkerResult result_;

  // Of the last second, for health.
  Nanos idle_before_{};
  Nanos second_before_{};
  Nanos lateness_max_{};
  Nanos reader_late_max_{};  // how late what was due came out of an empty queue
  Nanos behind_max_{};       // how late the next one was when nothing more could be sent

  bool limit_told_ = false;          // in this second: once is enough
  uint64_t late_told_ = UINT64_MAX;  // the request whose lateness has been told

  // Whose fault is it when we are late?
  ThreadUsageReader usage_reader_;
  ThreadUsage usage_before_;
  ThreadUsage usual_usage_;  // per second
  Nanos usage_before_at_{};
};

}  // namespace macaw::replay
