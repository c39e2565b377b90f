// SPDX-License-Identifier: MIT
//
// What main and the UI may do to a run while it plays. The workers act on a stop within their next
// turn; a change of the rate and a pause hold from an instant a little ahead of the call, so that
// all workers agree on the intended time of every request. Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/stats/sample.h"

namespace macaw::replay {

/// A run as one who steers it sees it.
struct RunStatus {
  bool playing = false;  ///< false: nothing can be changed (any more)
  bool paused = false;
  /// What the plan asks for now, or, in a pause, when it goes on; nothing for recorded times and
  /// `--rps max`.
  std::optional<double> target_rps;
  std::string no_rate;  ///< why the rate cannot be changed; empty: it can
  Nanos elapsed{};      ///< run time
  Nanos planned_end{};  ///< run time at which the plan ends as things stand; 0: not known, or never
};

/// What a change came to.
struct RunChange {
  bool changed = false;  ///< false: it was so already
  Nanos from{};          ///< run time from which it holds
  double rps_before = 0;
  double rps_after = 0;
  /// This thread was held up for so long that workers may have acted on the old plan after `from`.
  bool late = false;
};

class RunControl {
 public:
  virtual ~RunControl() = default;

  virtual RunStatus status() const = 0;

  /// The total rate from now on. A profile that is not constant goes on from there, scaled; in a
  /// pause, the rate to resume with. Errors, of this and the next two: one line that says why not.
  /// `who` asked for it, for the record ("the page").
  virtual Result<RunChange> set_rate(double per_second, std::string_view who) = 0;
  /// Nothing becomes due; what is due already is sent, and what is in flight goes on. The rest of
  /// the plan moves by the length of the pause.
  virtual Result<RunChange> pause(std::string_view who) = 0;
  virtual Result<RunChange> resume(std::string_view who) = 0;
  /// Ends the run as the first Ctrl-C does. Error: it is ending already.
  virtual Status stop(std::string_view who) = 0;

  /// Nothing more is scheduled; what is in flight finishes (first Ctrl-C, --abort-if). What is due
  /// and waits for a connection becomes unsent, with the reason. The first call's text is the end
  /// reason.
  virtual void stop_scheduling(stats::UnsentReason reason, std::string why) = 0;
  /// As above, and what is in flight becomes `unfinished` at once (second Ctrl-C).
  virtual void stop_now(std::string why) = 0;
};

}  // namespace macaw::replay
