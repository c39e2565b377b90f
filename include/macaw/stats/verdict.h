// SPDX-License-Identifier: MIT
//
// Can this run be believed? A pure function of its totals. A slow, refusing or broken target leaves
// a run VALID; a late generator, or lost rows, does not. Thread: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "macaw/stats/aggregate.h"
#include "macaw/stats/fault.h"
#include "macaw/stats/worker_seconds.h"

namespace macaw::stats {

enum class VerdictKind : uint8_t { kValid = 1, kSuspect = 2, kInvalid = 3 };
/// "VALID", "SUSPECT", "INVALID"
std::string_view verdict_name(VerdictKind kind);

struct Verdict {
  VerdictKind kind = VerdictKind::kValid;
  /// One sentence, to be printed after "INVALID: "; empty when VALID. What was moved or late, how
  /// much of the run it touched, and the cause with its time.
  std::string reason;

  bool operator==(const Verdict&) const = default;
};

/// A request that went out later than this through our own lag is late.
inline constexpr uint64_t kLateNs = 10'000'000;

/// The second of the schedule with the largest share of late requests, over all workers.
struct LateSecond {
  uint64_t second = 0;
  uint64_t requests = 0;
  uint64_t late = 0;

  double share() const {
    return requests == 0 ? 0 : static_cast<double>(late) / static_cast<double>(requests);
  }
};

struct VerdictInput {
  const Aggregate* total = nullptr;
  bool lag_is_judged = true;  ///< false for saturating runs
  uint64_t rows_lost = 0;     ///< samples that did not fit into a ring or could not be written
  bool conservation_holds = true;
  LateSecond worst_second = {};
  const FaultBook* faults = nullptr;              ///< null: none are known
  const WorkerSeconds* worker_seconds = nullptr;  ///< null: not known
};

/// The rules, each on its own (percentiles: those shown, as far as the number of samples supports
/// them):
///                                                              SUSPECT        INVALID
/// taking our lag out of every row moves a percentile of
/// response time by more than 0.1 ms and                        5 %            20 %
/// requests that went out over 10 ms late through us, in the
/// worst second (two of them at least)                          1 %            5 %
/// rows lost, or outcomes that do not add up                                   any
/// a worker that was busy all the time and still fell behind                   any
/// descriptors or ports exhausted, the clock in trouble         any
/// Waiting for a connection at the limit is no fault, and nothing that the target does is. Behind
/// what lag did stands its cause, if one is clear: the fault that cost the most time, or, for many
/// lags too short to be faults, what WorkerSeconds says.
Verdict judge(const VerdictInput& input);

}  // namespace macaw::stats
