// SPDX-License-Identifier: MIT
//
// What all threads of a run share: the stop signal, the means to steer its clock, and for each
// worker its request ring and the means to wake it. Thread: any, as each member says.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "macaw/base/ring.h"
#include "macaw/base/time.h"
#include "macaw/net/loop.h"
#include "macaw/replay/engine/replayer.h"
#include "macaw/replay/engine/run_control.h"
#include "macaw/replay/schedule/run_steering.h"
#include "macaw/stats/sample.h"

namespace macaw::replay {

/// Reader thread -> one worker.
class WorkerLink {
 public:
  explicit WorkerLink(size_t ring_bytes) : ring(ring_bytes) {}

  SpscByteRing ring;
  /// Set by the worker when it found the ring empty (before it looks once more), cleared by the
  /// reader thread when it wakes it.
  std::atomic<bool> starving{false};
  /// Requests that the worker has taken out of the ring so far.
  std::atomic<uint64_t> taken{0};

  /// The worker's loop lives from attach(&waker) to attach(nullptr).
  void attach(net::Waker* waker);
  /// Thread: any; harmless before and after the worker's life.
  void wake();

 private:
  std::mutex mutex_;
  net::Waker* waker_ = nullptr;
};

class RunState final : public RunControl {
 public:
  enum class Stop : uint8_t { kNone, kScheduling, kNow };

  RunState(uint32_t workers, size_t ring_bytes);

  /// Before the workers play. All of it outlives the run. Without it nothing can be steered.
  void set_steering(RunSteering& steering, const RunClock& clock, const Plan& plan);

  // RunControl
  RunStatus status() const override;
  Result<RunChange> set_rate(double per_second, std::string_view who) override;
  Result<RunChange> pause(std::string_view who) override;
  Result<RunChange> resume(std::string_view who) override;
  Status stop(std::string_view who) override;
  void stop_scheduling(stats::UnsentReason reason, std::string why) override;
  void stop_now(std::string why) override;

  /// The plan has run out although records are left (the duration of a saturating run, a backlog
  /// that outlived --drain): an ordinary end. What has intended <= due_until counts as due.
  void end_plan(Nanos due_until, std::string why);

  Stop stop() const { return stop_.load(std::memory_order_acquire); }

  // Valid once stop() is not kNone.
  Nanos due_until() const { return Nanos(due_until_ns_.load(std::memory_order_relaxed)); }

  stats::UnsentReason reason() const { return reason_.load(std::memory_order_relaxed); }

  bool stopped_early() const { return stopped_early_.load(std::memory_order_relaxed); }

  std::string why() const;

  WorkerLink& link(uint32_t worker) { return *links_[worker]; }

  uint32_t workers() const { return static_cast<uint32_t>(links_.size()); }

  void wake_all();

  /// Monotonic time 0 of the run; written by main before any worker plays.
  void set_run_start(MonoTime start) { run_start_ = start; }

  MonoTime run_start() const { return run_start_; }

 private:
  template <typename Steer>
  Result<RunChange> steer(Steer&& change);
  void begin_stop(Stop stop, stats::UnsentReason reason, Nanos due_until, bool early,
                  std::string why);

  std::vector<std::unique_ptr<WorkerLink>> links_;
  MonoTime run_start_ = MonoTime::max();  // a stop before the start finds nothing due
  mutable std::mutex mutex_;              // guards why_ and the order of stops
  std::string why_;
  mutable std::mutex steering_mutex_;  // guards what steering_ points to
  RunSteering* steering_ = nullptr;
  const RunClock* clock_ = nullptr;
  const Plan* plan_ = nullptr;
  std::atomic<Stop> stop_{Stop::kNone};
  std::atomic<int64_t> due_until_ns_{std::numeric_limits<int64_t>::max()};
  std::atomic<stats::UnsentReason> reason_{stats::UnsentReason::kBacklog};
  std::atomic<bool> stopped_early_{false};
};

}  // namespace macaw::replay
