// SPDX-License-Identifier: MIT
//
// Which worker gets a request. Open loop: the owner of its user or index, so that the same request
// always has the same worker. Closed loop: whoever has the fewest left, since users take what comes
// next; with `--per-user`, the worker of the user that plays the record's key. Thread: the reader
// thread's.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "macaw/replay/engine/options.h"
#include "run_state.h"

namespace macaw::replay {

class HandOut {
 public:
  HandOut(const Timing& timing, RunState& state);

  struct Place {
    uint32_t worker = 0;
    uint32_t user = 0;     ///< of the worker's; `--per-user` only
    uint64_t session = 0;  ///< a number for the key; 0 without one
  };

  /// `user` is the record's key, or empty. May wait until a worker of a closed loop has used up
  /// most of what it got; not after a stop.
  Place place_of(uint64_t index, std::string_view user);

 private:
  Place hungriest();
  uint32_t number_of(uint64_t user_hash);

  RunState& state_;
  const bool is_closed_;
  const bool per_user_;
  const uint32_t users_;
  std::vector<uint64_t> given_;                     // per worker
  std::unordered_map<uint64_t, uint32_t> numbers_;  // of users, by hash of their key
};

}  // namespace macaw::replay
