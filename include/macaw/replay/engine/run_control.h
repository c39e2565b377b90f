// SPDX-License-Identifier: MIT
//
// What main and the UI may do to a run while it plays. All of it is asynchronous: the workers act
// on it within their next turn. Thread: any.
#pragma once

#include <cstdint>
#include <string>

#include "macaw/stats/sample.h"

namespace macaw::replay {

class RunControl {
 public:
  virtual ~RunControl() = default;

  /// Nothing more is scheduled; what is in flight finishes (first Ctrl-C, --abort-if). What is due
  /// and waits for a connection becomes unsent, with the reason. The first call's text is the end
  /// reason.
  virtual void stop_scheduling(stats::UnsentReason reason, std::string why) = 0;
  /// As above, and what is in flight becomes `unfinished` at once (second Ctrl-C).
  virtual void stop_now(std::string why) = 0;
};

}  // namespace macaw::replay
