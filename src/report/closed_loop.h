// SPDX-License-Identifier: MIT
//
// What a closed loop's summary adds: its rate is an outcome, so it is checked against Little's law
// (J. D. C. Little, Operations Research 9 (3), 1961): users = rate x time that a user's cycle
// takes. Pure. Thread: any.
#pragma once

#include <optional>
#include <string>

#include "macaw/report/summary.h"

namespace macaw::report {

/// Two ways to the number of users: as played, and from what was measured.
struct LittleCheck {
  double rate = 0;        ///< requests per second, as achieved
  double response_s = 0;  ///< mean response time of the successes
  double waiting_s = 0;   ///< mean think time; with pacing, what was left of it after the answers
  double played = 0;      ///< mean number of users, by their plan

  double users() const { return rate * (response_s + waiting_s); }

  /// How far apart the two are, as a share of `played`.
  double deviation() const;
};

/// Nothing for an open loop, and where a part is not known: the run has not ended or was paused, or
/// over 1 % of the requests failed (how long those took is in no sum).
std::optional<LittleCheck> check_littles_law(const RunSummary& summary);

/// Lines for the text summary, each with a newline; empty for an open loop.
std::string closed_loop_lines(const RunSummary& summary);

}  // namespace macaw::report
