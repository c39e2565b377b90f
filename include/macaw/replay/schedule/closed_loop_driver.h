// SPDX-License-Identifier: MIT
//
// The closed loop: each user sends a request, waits for its end, thinks, and sends the next. A
// request's intended time is when its user was ready to send it, so scheduler lag is still ours,
// but a slow target delays what comes after: the rate is an outcome. Pure. Thread: one object
// belongs to one worker.
#pragma once

#include <cstdint>
#include <vector>

#include "macaw/base/time.h"
#include "macaw/replay/schedule/driver.h"
#include "macaw/replay/schedule/run_clock.h"
#include "macaw/replay/schedule/think_time.h"
#include "macaw/replay/schedule/user_plan.h"

namespace macaw::replay {

struct ClosedLoop {
  UserPlan users;
  ThinkTime think;
  /// From the start of a user's request to the start of its next one, unless the answer takes
  /// longer; 0: `think` applies instead.
  Nanos pacing{};
  /// Each user plays the records of its own `user` keys; otherwise whoever is ready takes the next.
  bool per_user = false;

  /// "50 users, 5/s more, think time 1 s": for the start line and the database.
  std::string describe() const;
};

/// Of `users`, those that one worker plays: users worker, worker + workers, ...
class ClosedLoopDriver final : public Driver {
 public:
  /// `loop` and `clock` outlive the driver.
  ClosedLoopDriver(const ClosedLoop& loop, uint64_t seed, const RunClock& clock, uint32_t worker,
                   uint32_t workers);

  Due next(const Head& head, Nanos now) override;
  uint32_t taken(const Head& head, Nanos now) override;
  void completed(uint32_t sender, Nanos now) override;

  bool has_plan() const override { return false; }

  bool intends() const override { return true; }

  /// `per_user` only: there is one more record for a user. It is not due before it was there.
  void offered(uint32_t user, Nanos now);

 private:
  struct User {
    Nanos intended{};       // of its last request
    uint64_t requests = 0;  // so far
    // per_user only.
    uint64_t records = 0;  // offered and not taken
    bool waits = false;    // for a record; since:
    Nanos ready{};
  };

  struct Ready {
    Nanos at{};
    uint32_t user = 0;  // of this worker's
  };

  static bool later(const Ready& a, const Ready& b);

  uint32_t number_of(uint32_t user) const { return worker_ + user * workers_; }

  void settle();
  void get_ready(uint32_t user, Nanos at);

  const ClosedLoop& loop_;
  const uint64_t seed_;
  const RunClock& clock_;
  const uint32_t worker_;
  const uint32_t workers_;
  std::vector<User> users_;
  std::vector<Ready> ready_;  // a heap of those that wait for their time: the earliest first
};

}  // namespace macaw::replay
