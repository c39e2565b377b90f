// SPDX-License-Identifier: MIT
//
// What the kernel says about a thread: how long it has run, and how long it was ready to run and
// had no processor. Tells whose fault a late wake-up was. Thread: the one that it is about.
#pragma once

#include "macaw/base/time.h"
#include "macaw/stats/sample.h"

namespace macaw::replay {

/// Since the thread's start, or between two such moments.
struct ThreadUsage {
  Nanos ran{};
  Nanos waited{};  ///< on a run queue; stays 0 where the kernel does not count it

  ThreadUsage operator-(const ThreadUsage& before) const {
    return {ran - before.ran, waited - before.waited};
  }
};

/// Reads the thread's clock and /proc/thread-self/schedstat (proc(5)).
class ThreadUsageReader {
 public:
  ThreadUsageReader();
  ~ThreadUsageReader();
  ThreadUsageReader(const ThreadUsageReader&) = delete;
  ThreadUsageReader& operator=(const ThreadUsageReader&) = delete;

  ThreadUsage read() const;

 private:
  int fd_ = -1;
};

/// Asks the scheduler to run the calling thread soon after it wakes, even in the middle of another
/// thread's time slice: for threads that wake often and run shortly. Linux 6.12 and later; nothing
/// happens elsewhere (sched_setattr(2): the slice of a normal thread).
void prefer_short_slices();

/// What a thread was doing while it should have been woken: kStall (it ran its own code),
/// kStarvation (it waited for a processor) or kSuspension (neither: stopped, blocked, or the
/// machine itself stood still). `usual` is what it used in the second before, `since` what it has
/// used in the time `span` that ends now, of which the last `late` are to be explained. Pure.
stats::EventKind explain_lateness(const ThreadUsage& usual, const ThreadUsage& since, Nanos span,
                                  Nanos late);

}  // namespace macaw::replay
