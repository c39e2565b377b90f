// SPDX-License-Identifier: MIT
//
// See run_clock.h. Times are whole nanoseconds, and the nominal start of a piece has a fraction of
// 2^-64 ns besides: without it, a request due just before a change could move by a nanosecond when
// the change is appended, and two workers would disagree.

#include "macaw/replay/schedule/run_clock.h"

#include <algorithm>
#include <numeric>

#include "macaw/base/check.h"
#include "wide_fixed.h"

namespace macaw::replay {
namespace {

Speed lowest_terms(Speed speed) {
  MACAW_CHECK(speed.run > 0, "speed={}/{}", speed.nominal, speed.run);
  const uint32_t divisor = std::gcd(speed.nominal, speed.run);
  return {speed.nominal / divisor, speed.run / divisor};
}

/// A nominal instant: nanoseconds and a fraction in 2^-64 ns.
struct NominalPoint {
  Nanos whole{};
  uint64_t fraction = 0;
};

Nanos saturated(uint128 ns) {
  return ns > static_cast<uint128>(Nanos::max().count()) ? Nanos::max()
                                                         : Nanos(static_cast<int64_t>(ns));
}

Nanos sum_or_max(Nanos a, Nanos b) {
  return a > Nanos::max() - b ? Nanos::max() : a + b;
}

/// The nominal instant that a piece reaches at `run`. REQUIRES: run >= piece.run_start
NominalPoint point_at(const RunClock::Piece& piece, Nanos run) {
  const auto elapsed = static_cast<uint64_t>((run - piece.run_start).count());
  const uint128 scaled = uint128{elapsed} * piece.speed.nominal;
  const uint128 rest = scaled % piece.speed.run;
  const uint128 fraction = (rest << 64) / piece.speed.run + piece.nominal_fraction;
  const Nanos advanced = saturated(scaled / piece.speed.run + (fraction >> 64));
  return {sum_or_max(piece.nominal_start, advanced), static_cast<uint64_t>(fraction)};
}

/// Whether the piece has begun at a (whole) nominal time.
bool begun(const RunClock::Piece& piece, Nanos nominal) {
  return nominal > piece.nominal_start ||
         (nominal == piece.nominal_start && piece.nominal_fraction == 0);
}

}  // namespace

RunClock::RunClock(Speed speed) {
  pieces_[0].speed = lowest_terms(speed);
  MACAW_CHECK(speed.nominal > 0, "a run cannot start with a pause");
}

Nanos RunClock::intended(Nanos nominal) const {
  size_t k = count_.load(std::memory_order_acquire) - 1;  // pairs with the release in append()
  // From the back: what is asked for is nearly always in the last piece or the one before it.
  while (k > 0 && !begun(pieces_[k], nominal)) {
    --k;
  }
  const Piece& piece = pieces_[k];
  if (nominal == Nanos::max()) {
    return Nanos::max();
  }
  nominal = std::max(nominal, Nanos::zero());
  if (piece.speed == Speed{} && piece.nominal_fraction == 0) {
    return sum_or_max(piece.run_start, nominal - piece.nominal_start);
  }
  if (piece.speed.nominal == 0) {
    return Nanos::max();  // a pause without end: what follows a pause has the same nominal start
  }
  // nominal - (start + fraction), as whole nanoseconds and a fraction that is not negative.
  auto whole = static_cast<uint64_t>((nominal - piece.nominal_start).count());
  whole -= piece.nominal_fraction > 0 ? 1 : 0;
  const uint64_t fraction = uint64_t{0} - piece.nominal_fraction;
  const uint128 scaled =
      uint128{whole} * piece.speed.run + ((uint128{fraction} * piece.speed.run) >> 64);
  return sum_or_max(piece.run_start, saturated(scaled / piece.speed.nominal));
}

Nanos RunClock::nominal_at(Nanos run) const {
  run = std::max(run, Nanos::zero());
  size_t k = count_.load(std::memory_order_acquire) - 1;  // pairs with the release in append()
  while (pieces_[k].run_start > run) {
    --k;  // the first piece starts at 0
  }
  return point_at(pieces_[k], run).whole;
}

Nanos RunClock::paused_before(Nanos run) const {
  const size_t count =
      count_.load(std::memory_order_acquire);  // pairs with the release in append()
  Nanos paused{};
  for (size_t k = 0; k < count && pieces_[k].run_start < run; ++k) {
    if (pieces_[k].speed.nominal == 0) {
      const Nanos end = k + 1 < count ? std::min(run, pieces_[k + 1].run_start) : run;
      paused += end - pieces_[k].run_start;
    }
  }
  return paused;
}

Nanos RunClock::running_from(Nanos run) const {
  const size_t count =
      count_.load(std::memory_order_acquire);  // pairs with the release in append()
  size_t k = count - 1;
  while (k > 0 && pieces_[k].run_start > run) {
    --k;
  }
  if (pieces_[k].speed.nominal > 0) {
    return run;
  }
  while (k < count && pieces_[k].speed.nominal == 0) {
    ++k;
  }
  return k < count ? pieces_[k].run_start : Nanos::max();
}

bool RunClock::append(Nanos from, Speed speed) {
  const size_t count = count_.load(std::memory_order_relaxed);  // only this thread writes it
  const Piece& last = pieces_[count - 1];
  MACAW_CHECK(from >= last.run_start, "from={} last={}", from.count(), last.run_start.count());
  if (count == kPiecesMax) {
    return false;
  }
  const NominalPoint start = point_at(last, from);
  pieces_[count] = {from, start.whole, start.fraction, lowest_terms(speed)};
  count_.store(count + 1, std::memory_order_release);  // publishes the piece
  return true;
}

}  // namespace macaw::replay
