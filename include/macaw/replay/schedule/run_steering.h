// SPDX-License-Identifier: MIT
//
// Steers a run while it plays: turns "200 a second", "pause" and "resume" into pieces of its
// RunClock, which take effect a little ahead of now, so that all workers see them before they
// count. A rate R, asked for while the profile says r, is the slope R / r of the clock from there
// on: for a constant profile the rate is then R, and what is to come of a ramp, of steps or of a
// sine is scaled with it. Pure: `now` is run time and an argument. Thread: one thread at a time;
// those that read the clock need not know of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/replay/schedule/rate_profile.h"
#include "macaw/replay/schedule/run_clock.h"

namespace macaw::replay {

/// What became of a wish.
struct Steered {
  /// False when it was so already: nothing was appended.
  bool changed = false;
  Nanos from{};  ///< run time from which it holds
  /// The plan's rate at that instant, before and after, in requests per second; what a pause
  /// interrupts and a resume goes on with. 0 where there is none (recorded times, `--rps max`).
  double rps_before = 0;
  double rps_after = 0;
};

class RunSteering {
 public:
  /// Between a change's being asked for and its taking effect: enough for every worker to be told.
  static constexpr Nanos kAhead = std::chrono::milliseconds(50);

  /// The clock outlives it, runs at `speed`, and nobody else appends to it. `no_rate` is why there
  /// is no rate that could be changed, where there is no `profile`.
  RunSteering(RunClock& clock, Speed speed, std::optional<RateProfile> profile,
              std::string no_rate);

  /// In a pause: the rate that resume() will go on with. Errors: no rate, a rate out of range, a
  /// profile that rests just then.
  Result<Steered> set_rate(double per_second, Nanos now);
  Result<Steered> pause(Nanos now);
  Result<Steered> resume(Nanos now);

  bool paused() const { return paused_; }

  /// The plan's rate at `now`, or, in a pause, that of its end; nullopt where there is none.
  std::optional<double> rps(Nanos now) const;

  /// Why set_rate() would be refused whatever the rate; empty when it would not.
  const std::string& no_rate() const { return no_rate_; }

 private:
  double rps_at(Nanos run, Speed speed) const;
  Status append(Nanos from, Speed speed);

  RunClock& clock_;
  std::optional<RateProfile> profile_;
  std::string no_rate_;
  Speed speed_;  // of the running clock, also while it is paused
  bool paused_ = false;
};

/// The fraction next to `ratio` with both parts below 2^32: exact where the ratio of two rates that
/// people type has one. REQUIRES: 2^-31 <= ratio <= 2^31
Speed speed_of(double ratio);

}  // namespace macaw::replay
