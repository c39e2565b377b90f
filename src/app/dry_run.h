// SPDX-License-Identifier: MIT
//
// `replay FILE --dry-run`: what a run would do, or every line that it could not play. Sends
// nothing, writes no database. Thread: main.
#pragma once

#include "play.h"
#include "play_settings.h"

namespace macaw::app {

/// Returns the exit code; everything has been said by then.
int dry_run(PlaySettings settings, const Invocation& invocation);

}  // namespace macaw::app
