// SPDX-License-Identifier: MIT
//
// How many users play at which time of a closed loop. Users are numbered from 0; the one that
// started last stops first, so that user k plays exactly while more than k are asked for. Pure: no
// clock. Times are since the start of the run. Thread: immutable after construction; may be shared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/base/units.h"

namespace macaw::replay {

class UserPlan {
 public:
  static constexpr uint32_t kUsersMax = 65'000;

  /// From `from` on so many users are wanted.
  struct Stage {
    Nanos from{};
    uint32_t users = 0;
  };

  /// Users come and go at `spawn_rate`; without it all at once. A stage that begins before the one
  /// before it was reached goes on from there. REQUIRES: at least one stage; the first begins at 0;
  /// each later than the one before; one with users.
  static UserPlan stages(const std::vector<Stage>& stages, std::optional<Rate> spawn_rate);
  /// Evenly from `from` users to `to` over `span`; `to` after it. REQUIRES: one of them > 0, span >
  /// 0
  static UserPlan ramp(uint32_t from, uint32_t to, Nanos span);

  /// The most at any time.
  uint32_t users_max() const { return users_max_; }

  uint32_t users_at(Nanos t) const;
  /// Of them, those of one worker of several: users worker, worker + workers, ...
  uint32_t users_at(Nanos t, uint32_t worker, uint32_t workers) const;
  /// The earliest time at or after `t` at which the user plays; Nanos::max(): never again.
  Nanos active_from(uint32_t user, Nanos t) const;
  /// The mean of users_at over [from, to). REQUIRES: from < to
  double mean_users(Nanos from, Nanos to) const;

  /// From when on no user plays ever again; Nanos::max(): never.
  Nanos ends_at() const;

  /// "50 users", "50 users, 5/s more", "1 to 50 users over 30 s", "10, 50 users": for the start
  /// line and the database.
  const std::string& describe() const { return description_; }

 private:
  /// From `from` users to `to`, evenly over `span` (0: at once), then `to` until the next one.
  struct Ramp {
    Nanos start{};
    uint32_t from = 0;
    uint32_t to = 0;
    Nanos span{};
  };

  UserPlan(std::vector<Ramp> ramps, std::string description);

  static uint32_t users_within(const Ramp& ramp, Nanos t);
  static Nanos change_of(const Ramp& ramp, uint32_t user);
  Nanos end_of(size_t ramp) const;

  std::vector<Ramp> ramps_;
  uint32_t users_max_ = 0;
  std::string description_;
};

/// The command line's `--users`: "50", "1..50:30s" (a ramp), "10x30s,50x1m,10" (stages; the last
/// one stays). `spawn_rate` is --spawn-rate, which a ramp refuses. Errors list the forms.
Result<UserPlan> parse_user_plan(std::string_view text, std::optional<Rate> spawn_rate);

}  // namespace macaw::replay
