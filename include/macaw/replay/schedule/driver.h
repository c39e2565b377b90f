// SPDX-License-Identifier: MIT
//
// The driver decides when a worker's next request is due. It sees the head of the worker's queue
// (index and nominal time of the next record) and what has completed; it knows no socket, no timer
// and no clock. Open loop: due at the intended time, whatever the server does. Saturating: due
// whenever a lane is free. Closed loop (closed_loop_driver.h): due when a user has thought.
// Thread: one object belongs to one worker.
#pragma once

#include <cstdint>

#include "macaw/base/time.h"
#include "macaw/replay/schedule/run_clock.h"

namespace macaw::replay {

/// The next record of this worker, not yet taken.
struct Head {
  uint64_t index = 0;
  Nanos nominal{};
};

struct Due {
  /// Intended run time of the head; Nanos::max() when only a completion or a change of the clock
  /// can make it due.
  Nanos intended{};
  /// Who sends it, as taken() will say; closed loop only.
  uint32_t sender = 0;
  bool operator==(const Due&) const = default;
};

class Driver {
 public:
  virtual ~Driver() = default;

  /// When the head is due. `now` is run time. Calling it again without a change gives the same
  /// answer.
  virtual Due next(const Head& head, Nanos now) = 0;
  /// The head was handed to a lane at `now`. Returns who sends it, to be given to completed().
  virtual uint32_t taken(const Head& head, Nanos now) = 0;
  /// A request of `sender` has its outcome.
  virtual void completed(uint32_t sender, Nanos now) = 0;
  /// Whether due times are known in advance. Otherwise completions make requests due.
  virtual bool has_plan() const = 0;
  /// False when intended is defined as sent, so that scheduler lag means nothing (saturation).
  virtual bool intends() const = 0;
};

class OpenLoopDriver final : public Driver {
 public:
  explicit OpenLoopDriver(const RunClock& clock) : clock_(clock) {}

  Due next(const Head& head, Nanos now) override;
  uint32_t taken(const Head& head, Nanos now) override;
  void completed(uint32_t sender, Nanos now) override;

  bool has_plan() const override { return true; }

  bool intends() const override { return true; }

 private:
  const RunClock& clock_;
};

/// `--rps max`: everything is due at once (intended 0: the caller defines it as sent); free lanes
/// are the only limit. In a pause of the clock everything is due at its end.
class SaturatingDriver final : public Driver {
 public:
  explicit SaturatingDriver(const RunClock& clock) : clock_(clock) {}

  Due next(const Head& head, Nanos now) override;
  uint32_t taken(const Head& head, Nanos now) override;
  void completed(uint32_t sender, Nanos now) override;

  bool has_plan() const override { return false; }

  bool intends() const override { return false; }

 private:
  const RunClock& clock_;
};

/// Owner of a request among n workers (and, later, machines): the user's requests stay together,
/// everything else is spread by index, so that alternating lines do not end up apart. `user_hash` 0
/// means no user.
uint32_t owner_of(uint64_t index, uint64_t user_hash, uint32_t workers);

}  // namespace macaw::replay
