// SPDX-License-Identifier: MIT
//
// See include/macaw/replay/schedule/closed_loop_driver.h.

#include "macaw/replay/schedule/closed_loop_driver.h"

#include <fmt/format.h>

#include <algorithm>

#include "macaw/base/check.h"
#include "macaw/base/units.h"

namespace macaw::replay {

std::string ClosedLoop::describe() const {
  return fmt::format("{}, {}{}", users.describe(),
                     pacing > Nanos(0) ? fmt::format("a request every {}", format_duration(pacing))
                                       : think.describe(),
                     per_user ? ", each with records of its own" : "");
}

ClosedLoopDriver::ClosedLoopDriver(const ClosedLoop& loop, uint64_t seed, const RunClock& clock,
                                   uint32_t worker, uint32_t workers)
    : loop_(loop), seed_(seed), clock_(clock), worker_(worker), workers_(workers) {
  for (uint32_t number = worker; number < loop.users.users_max(); number += workers) {
    users_.emplace_back();
    get_ready(static_cast<uint32_t>(users_.size() - 1), Nanos(0));
  }
}

void ClosedLoopDriver::get_ready(uint32_t user, Nanos at) {
  if (loop_.per_user && users_[user].records == 0) {
    users_[user].waits = true;
    users_[user].ready = at;
    return;
  }
  ready_.push_back({at, user});
  std::push_heap(ready_.begin(), ready_.end(), later);
}

void ClosedLoopDriver::offered(uint32_t user, Nanos now) {
  User& of = users_[user];
  ++of.records;
  if (of.waits) {
    of.waits = false;
    get_ready(user, std::max(of.ready, now));
  }
}

/// Users that are ready at the same time take turns in order of their numbers.
bool ClosedLoopDriver::later(const Ready& a, const Ready& b) {
  return a.at != b.at ? a.at > b.at : a.user > b.user;
}

/// Moves the earliest user to the time at which it may really send: while it plays, and not in a
/// pause. One that never will again leaves.
void ClosedLoopDriver::settle() {
  while (!ready_.empty()) {
    const Ready first = ready_.front();
    const Nanos active = loop_.users.active_from(number_of(first.user), first.at);
    if (active == Nanos::max()) {
      std::pop_heap(ready_.begin(), ready_.end(), later);
      ready_.pop_back();
      continue;
    }
    const Nanos running = clock_.running_from(active);
    const Nanos at = running == Nanos::max() ? active : running;  // a pause without end, so far
    if (at == first.at) {
      return;
    }
    std::pop_heap(ready_.begin(), ready_.end(), later);
    ready_.back().at = at;
    std::push_heap(ready_.begin(), ready_.end(), later);
  }
}

Due ClosedLoopDriver::next(const Head& /*head*/, Nanos /*now*/) {
  settle();
  if (ready_.empty()) {
    return {Nanos::max(), 0};
  }
  return {clock_.running_from(ready_.front().at), ready_.front().user};
}

uint32_t ClosedLoopDriver::taken(const Head& /*head*/, Nanos /*now*/) {
  MACAW_CHECK(!ready_.empty(), "no user is ready");
  const Ready first = ready_.front();
  std::pop_heap(ready_.begin(), ready_.end(), later);
  ready_.pop_back();
  users_[first.user].intended = first.at;
  ++users_[first.user].requests;
  users_[first.user].records -= loop_.per_user ? 1U : 0U;
  return first.user;
}

void ClosedLoopDriver::completed(uint32_t sender, Nanos now) {
  const User& user = users_[sender];
  const Nanos at = loop_.pacing > Nanos(0)
                       ? std::max(user.intended + loop_.pacing, now)
                       : now + loop_.think.draw(seed_, number_of(sender), user.requests);
  get_ready(sender, at);
}

}  // namespace macaw::replay
