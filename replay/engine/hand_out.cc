// SPDX-License-Identifier: MIT
//
// See hand_out.h.

#include "hand_out.h"

#include <chrono>
#include <thread>

#include "macaw/base/hash.h"
#include "macaw/replay/schedule/driver.h"

namespace macaw::replay {
namespace {

/// Enough for a worker of a closed loop until the reader looks again, at 100,000 requests a second.
constexpr uint64_t kGivenAhead = 1024;
constexpr Nanos kWaitForHunger = std::chrono::milliseconds(5);

/// Keys beyond this many are spread by their hash: some users may get more of them than others.
constexpr size_t kKeysMax = 4'000'000;

}  // namespace

HandOut::HandOut(const Timing& timing, RunState& state)
    : state_(state),
      is_closed_(timing.source == Timing::Source::kUsers),
      per_user_(is_closed_ && timing.closed_loop->per_user),
      users_(is_closed_ ? timing.closed_loop->users.users_max() : 0),
      given_(state.workers()) {}

HandOut::Place HandOut::place_of(uint64_t index, std::string_view user) {
  const uint64_t user_hash = user.empty() ? 0 : hash64(user) | 1;  // 0 means no user
  if (per_user_) {
    const uint32_t number = number_of(user_hash);
    return {.worker = number % state_.workers(),
            .user = number / state_.workers(),
            .session = user_hash};
  }
  if (is_closed_) {
    return hungriest();
  }
  return {.worker = owner_of(index, user_hash, state_.workers()), .session = user_hash};
}

HandOut::Place HandOut::hungriest() {
  while (state_.workers() > 1) {
    uint64_t least = UINT64_MAX;
    uint32_t worker = 0;
    for (uint32_t k = 0; k < state_.workers(); ++k) {
      const uint64_t left = given_[k] - state_.link(k).taken.load(std::memory_order_relaxed);
      if (left < least) {
        least = left;
        worker = k;
      }
    }
    if (least < kGivenAhead || state_.stop() != RunState::Stop::kNone) {
      ++given_[worker];
      return {.worker = worker};
    }
    std::this_thread::sleep_for(kWaitForHunger);
  }
  return {};
}

/// Keys get users in the order in which they appear first, one after the other.
uint32_t HandOut::number_of(uint64_t user_hash) {
  if (const auto known = numbers_.find(user_hash); known != numbers_.end()) {
    return known->second;
  }
  if (numbers_.size() == kKeysMax) {
    return static_cast<uint32_t>(user_hash % users_);
  }
  const auto number = static_cast<uint32_t>(numbers_.size() % users_);
  numbers_.emplace(user_hash, number);
  return number;
}

}  // namespace macaw::replay
