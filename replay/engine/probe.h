// SPDX-License-Identifier: MIT
//
// Sends one request to a target and waits for its answer, outside of any run: is there anybody, and
// does the first record work? Thread: the caller's, blocking, on a loop of its own.
#pragma once

#include <string_view>

#include "macaw/base/result.h"
#include "macaw/replay/engine/check.h"
#include "macaw/replay/engine/options.h"
#include "macaw/replay/engine/replayer.h"
#include "renderer.h"
#include "target_table.h"

namespace macaw::replay {

/// REQUIRES: the target has addresses. All of them are tried.
Replayer::ProbeResult send_probe(const TargetEntry& target, const RenderedRequest& request,
                                 const RunOptions& options, Check& check);

}  // namespace macaw::replay
