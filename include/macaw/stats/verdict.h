// SPDX-License-Identifier: MIT
//
// Can this run be believed? A pure function of its totals. A slow, refusing or broken target leaves
// a run VALID; a late generator, or lost rows, does not. Thread: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "macaw/stats/aggregate.h"

namespace macaw::stats {

enum class VerdictKind : uint8_t { kValid = 1, kSuspect = 2, kInvalid = 3 };
/// "VALID", "SUSPECT", "INVALID"
std::string_view verdict_name(VerdictKind kind);

struct Verdict {
  VerdictKind kind = VerdictKind::kValid;
  /// One sentence, to be printed after "INVALID: "; empty when VALID.
  std::string reason;

  bool operator==(const Verdict&) const = default;
};

struct VerdictInput {
  const Aggregate* total = nullptr;
  bool lag_is_judged = true;  ///< false for saturating runs
  uint64_t rows_lost = 0;     ///< samples that did not fit into a ring or could not be written
  bool conservation_holds = true;
  /// Longest stall of a worker's loop and when it ended, for the sentence ("the loop stalled 1.0 s
  /// at 12.3 s", where it began); 0 = none.
  uint64_t stall_ns_max = 0;
  int64_t stall_at_ns = 0;
};

/// INVALID when rows were lost, when the outcomes do not add up, or when taking the scheduler lag
/// out of the rows moves a shown percentile of response time by more than 20 % and more than 0.1 ms
/// (percentiles that the number of samples supports).
Verdict judge(const VerdictInput& input);

}  // namespace macaw::stats
