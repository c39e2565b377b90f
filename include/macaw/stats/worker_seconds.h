// SPDX-License-Identifier: MIT
//
// Lags too short for an event of their own can still move a percentile when there are many. What
// the workers' threads did in the seconds in which requests were late may say why: they waited for
// a processor, or they had no time left. When it does not, no cause is named. Thread: any; a
// WorkerSeconds is one thread's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "macaw/stats/sample.h"

namespace macaw::stats {

/// Shares of the time of a worker's thread; what is left it slept.
struct ThreadShares {
  double ran = 0;
  double waited = 0;  ///< ready to run, without a processor
};

/// Lag below this touches nobody: a verdict forgives it.
inline constexpr uint64_t kTouchedNs = 100'000;

/// Why requests were late in seconds in which the threads did `late`, while in the other seconds
/// they did `others` (null: there were none). `touched` is the share of the late seconds' requests
/// that went out more than kTouchedNs late.
///   kOverload    the threads ran most of the time
///   kStarvation  they waited for a processor as much longer than in the other seconds as it takes
///                to touch so many: who is due while the thread waits is late
///   nothing      neither is clear
std::optional<EventKind> explain_short_lags(const ThreadShares& late, const ThreadShares* others,
                                            double touched);

/// Seconds of workers, in two sorts: those in which more than 1 % of the requests were touched, and
/// the others. Each second counts by its requests.
class WorkerSeconds {
 public:
  void add(uint64_t requests, double lag_p99_ms, const ThreadShares& shares);

  /// How many seconds of workers there were.
  uint64_t count() const { return late_.seconds + others_.seconds; }

  /// "other programs had the processor for 4.2 % of the seconds that were late (0.3 % of the
  /// others)"; empty when nothing is clear. `touched`: requests that were more than kTouchedNs
  /// late.
  std::string describe_short_lags(uint64_t touched) const;

 private:
  struct Sum {
    uint64_t seconds = 0;
    uint64_t requests = 0;
    double ran = 0;  // shares times requests
    double waited = 0;

    ThreadShares mean() const;
  };

  Sum late_;
  Sum others_;
};

}  // namespace macaw::stats
