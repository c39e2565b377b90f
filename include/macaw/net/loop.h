// SPDX-License-Identifier: MIT
//
// An event loop (libuv inside, invisible outside). Every net object belongs to one loop and must be
// created, used and destroyed on that loop's thread; Waker::wake() is the only exception. (A loop
// may be built by one thread and then handed to another; one at a time.) An object may be destroyed
// at any time, also inside its own callback: what the kernel still holds is cleaned up by later
// turns of the loop, and what the callback had captured lives until then. An object must not
// outlive its loop: the loop's destructor runs pending close callbacks and checks that nothing is
// left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "macaw/base/time.h"

namespace macaw::net {

class Loop {
 public:
  /// Also ignores SIGPIPE, for the whole process, unless the program has a handler for it: writing
  /// to a connection that the peer has reset is an error value here. (A child process inherits
  /// that.)
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs until stop(), or until nothing is left that could ever call back.
  void run();
  /// One turn: waits for events at most `timeout` (zero: does not wait; negative: for ever, or not
  /// at all when nothing is left that could call back), runs their callbacks. The wait ends with
  /// the precision of a DeadlineTimer.
  void run_once(Nanos timeout);
  /// Makes run() return after the current turn. Outside of run() it makes the next run() return at
  /// once. From the loop's thread.
  void stop();

  /// How long the loop has waited in the kernel since its creation (uv_metrics_idle_time):
  /// busy share = 1 - idle / elapsed. Thread: any.
  Nanos idle_time() const;
  /// How many objects of the kernel's (sockets, timers, wakers) are neither closed nor closing:
  /// tests that must leave none behind ask for it.
  size_t live_objects() const;

  struct Impl;

  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// Fires once at an absolute monotonic instant, never before it, to the precision of a timerfd
/// (tens of microseconds, not milliseconds). Arming again replaces the deadline; arming the same
/// deadline again and disarming cost no system call. Keeps run() going only while armed.
class DeadlineTimer {
 public:
  DeadlineTimer(Loop& loop, std::function<void()> callback);
  ~DeadlineTimer();
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;

  /// A deadline in the past fires in the next turn.
  void arm(MonoTime deadline);
  void disarm();

 private:
  struct Impl;
  Impl* impl_;
};

/// A DeadlineTimer that fires within a few microseconds of its deadline even where a sleeping
/// processor takes long to run again: it sleeps until shortly before the deadline (as much sooner
/// as wake-ups have lately been late, 500 us at most) and takes the rest in turns of the loop that
/// do not wait, so that events are still served. At most a tenth of all time goes into such turns;
/// where deadlines follow so closely that it would be more, it wakes later. With kSpin it never
/// sleeps while it is armed: a microsecond's precision, also for what arrives, at the price of a
/// processor.
class PacingTimer {
 public:
  enum class Wait : uint8_t { kSleep, kSpin };

  PacingTimer(Loop& loop, std::function<void()> callback, Wait wait = Wait::kSleep);
  ~PacingTimer();
  PacingTimer(const PacingTimer&) = delete;
  PacingTimer& operator=(const PacingTimer&) = delete;

  /// As DeadlineTimer's.
  void arm(MonoTime deadline);
  void disarm();

  /// How long it has stayed awake before deadlines, in all: time that was not needed for work.
  Nanos awake_time() const;

 private:
  struct Impl;
  Impl* impl_;
};

/// Calls back when the turn of the loop has handled all its events: for work that is cheaper done
/// once for all of them. Asked from outside of a turn, or after its events, it calls back in the
/// next turn, which then does not wait. Does not keep run() going by itself.
class TurnEnd {
 public:
  TurnEnd(Loop& loop, std::function<void()> callback);
  ~TurnEnd();
  TurnEnd(const TurnEnd&) = delete;
  TurnEnd& operator=(const TurnEnd&) = delete;

  /// Any number of calls before the callback are one.
  void ask();

 private:
  struct Impl;
  Impl* impl_;
};

/// Fires every `period` (rounded up to whole milliseconds): housekeeping, never pacing. The first
/// time after one period; periods missed by a busy loop are not made up for.
class PeriodicTimer {
 public:
  PeriodicTimer(Loop& loop, Nanos period, std::function<void()> callback);
  ~PeriodicTimer();
  PeriodicTimer(const PeriodicTimer&) = delete;
  PeriodicTimer& operator=(const PeriodicTimer&) = delete;

 private:
  struct Impl;
  Impl* impl_;
};

/// Lets another thread (or a signal handler) run the callback on the loop's thread. Several wakes
/// may become one callback: publish first, wake after; the receiver drains until empty. Does not
/// keep run() alive by itself when `keeps_loop_alive` is false. The waker must outlive the last
/// wake(): join the other thread first.
class Waker {
 public:
  Waker(Loop& loop, std::function<void()> callback, bool keeps_loop_alive = true);
  ~Waker();
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;

  /// Thread: any.
  void wake();

 private:
  struct Impl;
  Impl* impl_;
};

/// Calls back on the loop's thread for each delivery of a signal (SIGINT, SIGTERM), and keeps run()
/// going. One loop per process should do this.
class SignalWatcher {
 public:
  SignalWatcher(Loop& loop, int signal_number, std::function<void()> callback);
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

 private:
  struct Impl;
  Impl* impl_;
};

}  // namespace macaw::net
