// SPDX-License-Identifier: MIT
//
// See run_state.h.

#include "run_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plan.h"

namespace macaw::replay {

void WorkerLink::attach(net::Waker* waker) {
  const std::lock_guard lock(mutex_);
  waker_ = waker;
}

void WorkerLink::wake() {
  const std::lock_guard lock(mutex_);
  if (waker_ != nullptr) {
    waker_->wake();
  }
}

RunState::RunState(uint32_t workers, size_t ring_bytes) {
  for (uint32_t k = 0; k < workers; ++k) {
    links_.push_back(std::make_unique<WorkerLink>(ring_bytes));
  }
}

void RunState::set_steering(RunSteering& steering, const RunClock& clock, const Plan& plan) {
  steering_ = &steering;
  clock_ = &clock;
  plan_ = &plan;
}

RunStatus RunState::status() const {
  RunStatus status;
  status.playing = steering_ != nullptr && run_start_ != MonoTime::max() && stop() == Stop::kNone;
  if (!status.playing) {
    return status;
  }
  const std::lock_guard lock(steering_mutex_);
  status.elapsed = std::max(MonoClock::now() - run_start_, Nanos::zero());
  status.paused = steering_->paused();
  status.target_rps = steering_->rps(status.elapsed);
  status.no_rate = steering_->no_rate();
  const Nanos end = plan_end(*plan_, *clock_);
  status.planned_end = end == Nanos::max() ? Nanos::zero() : end;
  return status;
}

template <typename Steer>
Result<RunChange> RunState::steer(Steer&& change) {
  if (steering_ == nullptr || run_start_ == MonoTime::max()) {
    return errorf("the run has not begun");
  }
  RunChange made;
  {
    const std::lock_guard lock(steering_mutex_);
    if (stop() != Stop::kNone) {
      return errorf("the run is ending: {}", why());
    }
    MACAW_TRY_ASSIGN(const Steered steered, change(*steering_, MonoClock::now() - run_start_));
    made = {.changed = steered.changed,
            .from = steered.from,
            .rps_before = steered.rps_before,
            .rps_after = steered.rps_after,
            .late = MonoClock::now() - run_start_ >= steered.from};
  }
  if (made.changed) {
    wake_all();  // whoever sleeps until what is now another time
  }
  return made;
}

Result<RunChange> RunState::set_rate(double per_second, std::string_view /*who*/) {
  return steer([per_second](RunSteering& steering, Nanos now) {
    return steering.set_rate(per_second, now);
  });
}

Result<RunChange> RunState::pause(std::string_view /*who*/) {
  return steer([](RunSteering& steering, Nanos now) { return steering.pause(now); });
}

Result<RunChange> RunState::resume(std::string_view /*who*/) {
  return steer([](RunSteering& steering, Nanos now) { return steering.resume(now); });
}

Status RunState::stop(std::string_view who) {
  if (stop() != Stop::kNone) {
    return errorf("the run is ending: {}", why());
  }
  stop_scheduling(stats::UnsentReason::kInterrupted, fmt::format("stopped by {}", who));
  return {};
}

void RunState::stop_scheduling(stats::UnsentReason reason, std::string why) {
  begin_stop(Stop::kScheduling, reason, MonoClock::now() - run_start_, /*early=*/true,
             std::move(why));
}

void RunState::stop_now(std::string why) {
  begin_stop(Stop::kNow, stats::UnsentReason::kInterrupted, MonoClock::now() - run_start_,
             /*early=*/true, std::move(why));
}

void RunState::end_plan(Nanos due_until, std::string why) {
  begin_stop(Stop::kScheduling, stats::UnsentReason::kBacklog, due_until, /*early=*/false,
             std::move(why));
}

void RunState::begin_stop(Stop stop, stats::UnsentReason reason, Nanos due_until, bool early,
                          std::string why) {
  {
    const std::lock_guard lock(mutex_);
    const Stop before = stop_.load(std::memory_order_relaxed);
    if (before == Stop::kNone) {
      why_ = std::move(why);
      due_until_ns_.store(due_until.count(), std::memory_order_relaxed);
      reason_.store(reason, std::memory_order_relaxed);
      stopped_early_.store(early, std::memory_order_relaxed);
    }
    if (stop > before) {
      stop_.store(stop, std::memory_order_release);  // pairs with the acquire in stop()
    }
  }
  wake_all();
}

std::string RunState::why() const {
  const std::lock_guard lock(mutex_);
  return why_;
}

void RunState::wake_all() {
  for (const auto& link : links_) {
    link->wake();
  }
}

}  // namespace macaw::replay
