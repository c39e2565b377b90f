// SPDX-License-Identifier: MIT
//
// Whether the monotonic clock, which all times of a run are read from, did what a clock should. It
// stands still while the machine sleeps, and time services may bend it. Thread: any.
#pragma once

#include <optional>

#include "macaw/base/time.h"
#include "macaw/replay/engine/replayer.h"

namespace macaw::replay {

/// The system's clocks at one moment.
struct ClockReadings {
  Nanos monotonic{};
  Nanos boot{};  ///< goes on while the machine sleeps
  Nanos raw{};   ///< the hardware's own, which nobody bends
};

ClockReadings read_clocks();

/// Between two readings: the machine slept, or the clock was bent by more than 0.1 % and 10 ms (a
/// time service may bend it by 0.05 %). Pure.
std::optional<RunResult::ClockTrouble> find_clock_trouble(const ClockReadings& before,
                                                          const ClockReadings& after);

}  // namespace macaw::replay
