// SPDX-License-Identifier: MIT
//
// PacingTimer: a DeadlineTimer for the sleep, and libuv's idle handle for the turns after it (while
// one is active, the loop polls without waiting).
// Thread: the loop's.

#include <uv.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "loop_impl.h"
#include "macaw/base/check.h"
#include "macaw/net/loop.h"
#include "uv_cast.h"
#include "wake_lead.h"

namespace macaw::net {

struct PacingTimer::Impl {
  enum class State : uint8_t { kDisarmed, kAsleep, kAwake };

  uv_idle_t raw{};
  bool owned = true;
  std::function<void()> callback;
  std::unique_ptr<DeadlineTimer> sleep;
  WakeLead lead;
  Wait wait = Wait::kSleep;
  Nanos awake_time{};
  State state = State::kDisarmed;
  MonoTime deadline;
  MonoTime wake_at;
  const Loop::Impl* loop = nullptr;
  MonoTime turn_began;  // while awake
  uint64_t events_before = 0;

  static void on_turn(uv_idle_t* idle) { static_cast<Impl*>(idle->data)->handle_turn(); }

  void handle_woken();
  void handle_turn();
  void stay_awake(MonoTime now);
  void stop_turning(MonoTime now);
  void begin_turn(MonoTime now);
  void end_turn(MonoTime now);
};

void PacingTimer::Impl::handle_woken() {
  const MonoTime now = MonoClock::now();
  lead.woke(now - wake_at);
  stay_awake(now);
  handle_turn();
}

void PacingTimer::Impl::handle_turn() {
  const MonoTime now = MonoClock::now();
  if (now < deadline) {
    end_turn(now);
    begin_turn(now);
    return;
  }
  stop_turning(now);
  state = State::kDisarmed;
  callback();
}

void PacingTimer::Impl::stay_awake(MonoTime now) {
  state = State::kAwake;
  begin_turn(now);
  MACAW_CHECK(uv_idle_start(&raw, &Impl::on_turn) == 0);
}

void PacingTimer::Impl::stop_turning(MonoTime now) {
  end_turn(now);
  uv_idle_stop(&raw);
}

void PacingTimer::Impl::begin_turn(MonoTime now) {
  turn_began = now;
  events_before = loop->stream_events;
}

// A turn that had something to do was work, and no time that is lost by staying awake.
void PacingTimer::Impl::end_turn(MonoTime now) {
  if (loop->stream_events == events_before) {
    const Nanos waited = std::min(now, deadline) - std::min(turn_began, deadline);
    awake_time += waited;
    lead.spun(waited);
  }
}

PacingTimer::PacingTimer(Loop& loop, std::function<void()> callback, Wait wait) : impl_(new Impl) {
  impl_->callback = std::move(callback);
  impl_->wait = wait;
  impl_->loop = &loop.impl();
  impl_->raw.data = impl_;
  MACAW_CHECK(uv_idle_init(&loop.impl().raw, &impl_->raw) == 0);
  impl_->sleep = std::make_unique<DeadlineTimer>(loop, [impl = impl_] { impl->handle_woken(); });
}

PacingTimer::~PacingTimer() {
  impl_->sleep.reset();
  give_up(impl_);  // an idle handle that is closed calls nobody
}

void PacingTimer::arm(MonoTime deadline) {
  Impl& self = *impl_;
  if (self.state != Impl::State::kDisarmed && self.deadline == deadline) {
    return;
  }
  const MonoTime now = MonoClock::now();
  if (self.state == Impl::State::kAwake) {
    self.stop_turning(now);
  }
  self.deadline = deadline;
  self.wake_at = deadline - self.lead.at(now);
  if (self.wake_at > now && self.wait == Wait::kSleep) {
    self.state = Impl::State::kAsleep;
    self.sleep->arm(self.wake_at);
  } else {
    self.sleep->disarm();
    self.stay_awake(now);
  }
}

void PacingTimer::disarm() {
  Impl& self = *impl_;
  if (self.state == Impl::State::kAwake) {
    self.stop_turning(MonoClock::now());
  }
  self.sleep->disarm();
  self.state = Impl::State::kDisarmed;
}

Nanos PacingTimer::awake_time() const {
  return impl_->awake_time;
}

}  // namespace macaw::net
