// SPDX-License-Identifier: MIT
//
// A worker's distinct errors: the first of a kind is told with its text, the rest is counted and
// told now and then. Bounded, without allocation. Thread: one worker's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "macaw/replay/engine/check.h"
#include "macaw/stats/sample.h"

namespace macaw::replay {

class ErrorBook {
 public:
  struct Entry {
    stats::Outcome outcome = stats::Outcome::kOk;
    uint16_t endpoint = 0;
    ReasonText reason;
    uint64_t first_index = 0;
    uint64_t untold = 0;  ///< occurrences not told yet
  };

  /// Counts an error. Returns its entry when it is the first of its kind (to be told at once), else
  /// nullptr. Beyond 64 kinds, an error counts for its outcome as a whole ("further kinds").
  Entry* count(stats::Outcome outcome, uint16_t endpoint, std::string_view reason, uint64_t index);

  /// Visits entries with something untold.
  template <typename Visit>
  void for_each_untold(Visit&& visit) {
    for (size_t k = 0; k < size_; ++k) {
      if (entries_[k].untold > 0) {
        visit(entries_[k]);
      }
    }
  }

 private:
  static constexpr size_t kKindsMax = 64;

  Entry* find(stats::Outcome outcome, uint16_t endpoint, std::string_view reason);
  Entry* add(stats::Outcome outcome, uint16_t endpoint, std::string_view reason, uint64_t index);

  std::array<Entry, kKindsMax + stats::kOutcomes> entries_{};
  size_t size_ = 0;
};

}  // namespace macaw::replay
