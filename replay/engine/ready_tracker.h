// SPDX-License-Identifier: MIT
//
// When could the scheduler first have taken up a request? The difference to its intended time is
// our own scheduler lag, the rest of the time until it is sent is the wait for a connection. A
// request for which a lane was free whenever the worker looked was ready when it was taken up: all
// its delay is ours. A request that was due when a look found no lane was ready at the first look
// after its intended time. Such requests are not objects while they wait (they are an interval of
// the schedule), so the tracker remembers the gaps between looks instead, as long as a waiting
// request might lie in one of them. Pure: `now` is an argument. Thread: one worker's.
#pragma once

#include <array>
#include <cstddef>

#include "macaw/base/time.h"

namespace macaw::replay {

class ReadyTracker {
 public:
  /// The scheduler looks at what is due. Times do not go backwards.
  void look(Nanos now) {
    // While requests wait for connections, the scheduler sleeps on purpose, for up to one period.
    const Nanos asleep_until =
        last_look_ + (blocked_ == last_look_ ? kBlockedLookPeriod : Nanos(0));
    if (now - asleep_until >= kGapMin) {
      remember(asleep_until, now);
    }
    last_look_ = now;
  }

  /// The look at `now` found something due and no lane for it.
  void blocked(Nanos now) { blocked_ = now; }

  /// The queue was found empty: what enters it from now on was not there to be taken up before
  /// `refilled`.
  void refilled(Nanos now) { refilled_ = now; }

  /// When a request was ready that is taken up at `now` (the last look). Intended times do not go
  /// backwards from call to call.
  Nanos ready(Nanos intended, Nanos now) {
    while (count_ > 0 && gaps_[first_].to < intended) {
      first_ = (first_ + 1) % kGapsMax;
      --count_;
    }
    if (intended > blocked_) {
      return now;
    }
    Nanos ready = intended;
    if (count_ > 0 && intended > gaps_[first_].from) {
      ready = gaps_[first_].to;
    }
    if (intended < refilled_ && ready < refilled_) {
      ready = refilled_;
    }
    return ready < now ? ready : now;
  }

  /// Shorter distances between looks are not remembered: for a request that waited for a
  /// connection, they count as its wait.
  static constexpr Nanos kGapMin = std::chrono::microseconds(20);

  /// How often the worker looks while what is due finds no lane (each lane that comes free makes it
  /// look, too). A stall of ours that is shorter than this and falls into such a wait counts as the
  /// wait.
  static constexpr Nanos kBlockedLookPeriod = std::chrono::milliseconds(10);

 private:
  struct Gap {
    Nanos from{};
    Nanos to{};
  };

  static constexpr size_t kGapsMax = 4096;

  void remember(Nanos from, Nanos to) {
    if (count_ == kGapsMax) {
      // Never understate our own lag: join the newest gap with this one.
      gaps_[(first_ + count_ - 1) % kGapsMax].to = to;
      return;
    }
    gaps_[(first_ + count_) % kGapsMax] = {from, to};
    ++count_;
  }

  std::array<Gap, kGapsMax> gaps_{};
  size_t first_ = 0;
  size_t count_ = 0;
  Nanos last_look_{};
  Nanos refilled_ = Nanos::min();
  Nanos blocked_ = Nanos::min();
};

}  // namespace macaw::replay
