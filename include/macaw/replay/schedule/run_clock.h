// SPDX-License-Identifier: MIT
//
// Run time: intended(i) = C(nominal(i)). C is piecewise linear and append-only; changing the rate,
// pausing (slope 0) and playing faster are slopes of C. New pieces take effect a little ahead of
// now, so that all workers agree on every intended time. Pure: `now` is an argument. Times are
// since the start of the run. Thread: append() by one control thread; the rest by any number of
// others at the same time, without locks.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "macaw/base/time.h"

namespace macaw::replay {

/// Speed of nominal time against run time, as an exact fraction: 2/1 plays twice as fast, 0/1 is a
/// pause.
struct Speed {
  uint32_t nominal = 1;
  uint32_t run = 1;
  bool operator==(const Speed&) const = default;
};

class RunClock {
 public:
  /// `speed` from the start (not 0).
  explicit RunClock(Speed speed = {});

  /// Run time at which a nominal time is due, rounded down; Nanos::max() while it lies beyond a
  /// pause without end. What is due before a change (strictly) keeps its time to the nanosecond
  /// when the change is appended; what falls on its instant belongs to the new piece, so a pause
  /// holds it.
  Nanos intended(Nanos nominal) const;
  /// The nominal time reached at a run time, rounded down.
  Nanos nominal_at(Nanos run) const;

  /// How much of the run time before `run` was pause.
  Nanos paused_before(Nanos run) const;
  /// `run`, or when it lies in a pause the end of that pause; Nanos::max() when it has none.
  Nanos running_from(Nanos run) const;

  /// From run time `from` on, nominal time advances at `speed`. REQUIRES: from is not before any
  /// earlier change. False when the pieces (4096) are used up.
  bool append(Nanos from, Speed speed);

  struct Piece {
    Nanos run_start{};
    Nanos nominal_start{};
    uint64_t nominal_fraction = 0;  ///< of the start, in 2^-64 ns
    Speed speed;                    ///< in lowest terms
  };

  /// More than one: the clock has been changed.
  size_t pieces() const { return count_.load(std::memory_order_acquire); }

  const Piece& piece(size_t k) const { return pieces_[k]; }

 private:
  static constexpr size_t kPiecesMax = 4096;
  std::array<Piece, kPiecesMax> pieces_;
  std::atomic<size_t> count_{1};
};

}  // namespace macaw::replay
