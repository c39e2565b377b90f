// SPDX-License-Identifier: MIT
//
// See service_line.h.
// Thread: one object belongs to one thread.

#include "service_line.h"

#include <algorithm>

namespace macaw::stub {

MonoTime ServiceLine::admit(MonoTime arrival, Nanos service) {
  if (at_a_time_ == 0) {
    return arrival + service;
  }
  MonoTime begin = arrival;
  if (free_.size() == at_a_time_) {
    begin = std::max(arrival, free_.top());
    free_.pop();
  }
  free_.push(begin + service);
  return begin + service;
}

}  // namespace macaw::stub
