// SPDX-License-Identifier: MIT
//
// How long before a deadline to wake up, so that the kernel's usual lateness is over by then. An
// idle virtual core takes tens of microseconds to run again, a busy one a few; so the lead follows
// what was seen (a running estimate of a high quantile of the lateness: Robbins and Monro, 1951).
// Waiting out the rest awake costs processor time, and that is kept to a share of all time.
// Pure: times are arguments. Thread: its owner's.
#pragma once

#include <algorithm>

#include "macaw/base/time.h"

namespace macaw::net {

class WakeLead {
 public:
  /// However late the kernel is, it is woken for at most this much sooner.
  static constexpr Nanos kMax = std::chrono::microseconds(500);
  /// One part in so many of all time may be spent awake.
  static constexpr Nanos::rep kSpinDivisor = 10;

  /// A sleep ended this long after the instant that it was to end at.
  void woke(Nanos lateness) {
    lead_ = std::clamp(lateness > lead_ ? lead_ + kUp : lead_ - kDown, Nanos(0), kMax);
  }

  /// So much of the time before a deadline was waited out awake.
  void spun(Nanos duration) { credit_ = std::max(credit_ - duration, Nanos(0)); }

  /// The lead for a sleep that is planned at `now`. Times do not go backwards.
  Nanos at(MonoTime now) {
    credit_ = std::min(credit_ + (now - last_) / kSpinDivisor, kCreditMax);
    last_ = now;
    return std::min(lead_, credit_);
  }

 private:
  // The estimate rests where steps up and steps down balance: at the quantile up / (up + down).
  static constexpr Nanos kUp = std::chrono::nanoseconds(4'975);
  static constexpr Nanos kDown = std::chrono::nanoseconds(25);
  static constexpr Nanos kCreditMax = std::chrono::milliseconds(1);

  Nanos lead_ = std::chrono::microseconds(100);  // until something was seen
  Nanos credit_ = kCreditMax;
  MonoTime last_;
};

}  // namespace macaw::net
