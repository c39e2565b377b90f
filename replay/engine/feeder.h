// SPDX-License-Identifier: MIT
//
// The reader thread's work: reads records, gives each its index and nominal time, renders it and
// hands it to the worker that owns it, as far ahead as the rings allow. Knows no socket and no
// clock but the rings' room. Thread: run() on its own thread; the rest before it starts or after it
// was joined.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "endpoint_table.h"
#include "hand_out.h"
#include "macaw/replay/engine/replayer.h"
#include "macaw/replay/file/reader.h"
#include "macaw/replay/schedule/arrivals.h"
#include "macaw/replay/schedule/run_clock.h"
#include "record_source.h"
#include "renderer.h"
#include "request_block.h"
#include "run_state.h"
#include "target_table.h"

namespace macaw::replay {

class Feeder {
 public:
  /// `plan_clock` is the clock as the run was planned, `clock` as it has been steered since: what
  /// is played is decided by the first, when it is due by the second.
  Feeder(const RunOptions& options, const Plan& plan, RecordSource& source,
         const RunClock& plan_clock, const RunClock& clock, EndpointTable endpoints,
         TargetTable& targets, RunState& state);

  void on_endpoint(std::function<void(const Endpoint&)> callback);
  /// Plays the source to its end, the plan's end or the stop signal.
  void run();
  /// Instead of run(): goes through the same records and only counts them.
  Forecast forecast();

  /// Requests that were due and never reached a worker (after a stop).
  struct Undelivered {
    uint64_t first = 0;
    uint64_t last = 0;
    uint64_t count = 0;
  };

  const Undelivered& undelivered() const { return undelivered_; }

  /// A bad record. Everything before it was played.
  const std::optional<Error>& input_error() const { return input_error_; }

  /// "end of file", "requests reached", "duration reached"
  const std::string& end_reason() const { return end_reason_; }

  /// True once run() has handed out what is due at the start, filled a ring, or ended: the workers
  /// may start.
  bool primed() const { return primed_.load(std::memory_order_acquire); }

 private:
  enum class Next : uint8_t { kRequest, kEnd, kStopped };

  uint64_t needed_at_start() const;
  Next advance();
  bool plan_is_over(Nanos nominal) const;
  std::optional<RenderedRequest> render();
  bool deliver();
  bool push(WorkerLink& link, const RequestBlock& head, std::string_view wire,
            std::string_view expectation);
  void push_ends();
  void count_due();
  Next fail(Error error);

  const RunOptions& options_;
  const Plan& plan_;
  RecordSource& source_;
  const RunClock& plan_clock_;
  const RunClock& clock_;
  EndpointTable endpoints_;
  TargetTable& targets_;
  RunState& state_;
  Renderer renderer_;
  HandOut hand_out_;
  std::optional<Arrivals> arrivals_;

  Record record_;
  uint64_t index_ = 0;  // of record_
  Nanos nominal_{};     // of record_
  bool have_record_ = false;
  std::atomic<bool> primed_{false};
  Undelivered undelivered_;
  std::optional<Error> input_error_;
  std::string end_reason_;
};

}  // namespace macaw::replay
