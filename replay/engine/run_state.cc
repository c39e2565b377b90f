// SPDX-License-Identifier: MIT
//
// See run_state.h.

#include "run_state.h"

#include <utility>

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
