// SPDX-License-Identifier: MIT
//
// What went wrong with the generator during a run, summed up by kind: the causes that a verdict
// names. Thread: any; a FaultBook is one thread's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/stats/sample.h"

namespace macaw::stats {

/// Whether events of this kind say that something was wrong on our side.
bool is_fault(EventKind kind);
/// Whether an event's `value` is a time in nanoseconds.
bool has_length(EventKind kind);
/// Whether events of this kind only say what the machine did in a second. No request need have been
/// late for it; but when one was, this may be why.
bool is_circumstance(EventKind kind);
/// Whether events of this kind are what somebody did to the run, as opposed to what happened to it.
bool is_steering(EventKind kind);

/// Chooses the events to show where there are too many: of what was done and of what happened, the
/// first `most` each, so that neither hides the other.
class ShownEvents {
 public:
  explicit ShownEvents(uint64_t most) : most_(most) {}

  /// Whether the next event, in order of time, is shown.
  bool take(EventKind kind);

  uint64_t left_out() const { return left_out_; }

 private:
  uint64_t most_;
  uint64_t done_ = 0;
  uint64_t happened_ = 0;
  uint64_t left_out_ = 0;
};

/// All events of one kind.
struct Fault {
  EventKind kind = EventKind::kStall;
  uint64_t count = 0;
  int64_t longest = 0;     ///< largest `value`: nanoseconds where has_length(kind)
  int64_t longest_at = 0;  ///< of that event; nanoseconds since the start of the run
  int64_t total = 0;       ///< sum of the values
  std::string text;        ///< of that event
};

class FaultBook {
 public:
  /// Other kinds than faults are left out.
  void add(EventKind kind, int64_t value, int64_t at_ns, uint64_t count, std::string_view text);

  /// By kind. Valid until the next add().
  const std::map<EventKind, Fault>& faults() const { return faults_; }

  /// The kind that made requests wait for the longest time in all; nullptr when there is none.
  const Fault* main_cause_of_lag() const;
  /// What lies behind a cause of lag: a circumstance that was there in the same seconds and
  /// accounts for half of it at least, else the cause's own kind. A thread without a processor does
  /// not know whether a neighbour, a quota or the hypervisor has it.
  EventKind kind_behind(const Fault& cause) const;
  const Fault* find(EventKind kind) const;

 private:
  /// Nanoseconds by second of the run; one entry per second that had any.
  using BySecond = std::map<int64_t, int64_t>;

  int64_t accounted_for(EventKind cause, EventKind circumstance) const;

  std::map<EventKind, Fault> faults_;
  std::map<EventKind, BySecond> seconds_;  // of causes of lag and of circumstances
};

/// "other programs had the processor for 38.1 ms at 12.3 s (5 times, 120 ms in all)"
std::string describe_fault(const Fault& fault);
/// The same in the words for another kind: FaultBook::kind_behind().
std::string describe_fault(const Fault& fault, EventKind kind);

}  // namespace macaw::stats
