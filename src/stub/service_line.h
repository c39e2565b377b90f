// SPDX-License-Identifier: MIT
//
// A service that works on so many requests at a time: what comes meanwhile waits in line, first
// come, first served. Pure: when a request will be ready is known when it arrives.
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "macaw/base/time.h"

namespace macaw::stub {

class ServiceLine {
 public:
  /// 0: any number at a time, so nothing ever waits.
  explicit ServiceLine(uint64_t at_a_time) : at_a_time_(at_a_time) {}

  /// When a request that arrives now, and takes `service`, is done. Arrivals must not go back.
  MonoTime admit(MonoTime arrival, Nanos service);

 private:
  uint64_t at_a_time_;
  /// When those who serve, or will have served all that have come, are free; those who never had
  /// anything to do are not in it.
  std::priority_queue<MonoTime, std::vector<MonoTime>, std::greater<>> free_;
};

}  // namespace macaw::stub
