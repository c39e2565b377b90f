// SPDX-License-Identifier: MIT
//
// Works out, before the start, how many requests a run will have, how long it takes and how often
// the file is started. Pure but for --only, which needs one more pass over the file. Thread: any.
#pragma once

#include "macaw/base/result.h"
#include "macaw/replay/engine/options.h"
#include "macaw/replay/engine/replayer.h"
#include "macaw/replay/file/reader.h"
#include "macaw/replay/schedule/run_clock.h"

namespace macaw::replay {

/// `survey` may be null: then the length of the file is not known.
Result<Plan> make_plan(const RunOptions& options, const FileSurvey* survey, const RunClock& clock);

/// Run time at which the plan ends, as changes of the clock have moved it: Nanos::max() in a pause
/// without end, 0 when it is not known.
Nanos plan_end(const Plan& plan, const RunClock& clock);

/// Run time at which `requests` requests of the profile have been due and one more would be; 0 when
/// that is never or not worth counting. REQUIRES: timing.source is kProfile
Nanos schedule_span(const Timing& timing, uint64_t requests, const RunClock& clock);

/// The same in nominal time; Nanos::max() when never, 0 when not worth counting.
Nanos nominal_span(const Timing& timing, uint64_t requests);

/// Whether the file is started again at its end: asked for, or needed by --requests or --duration.
bool restarts(const Selection& selection);

}  // namespace macaw::replay
