// SPDX-License-Identifier: MIT
//
// The latency rules of the built-in stub, as `replay stub` and `--target stub` take them.
// Thread: any.
#pragma once

#include <string_view>

#include "macaw/base/result.h"
#include "macaw/stub/seldon_stub.h"

namespace macaw::app {

/// "PATH=MODEL" where PATH begins with '/', or "MODEL" for all paths (the path is empty then).
Result<stub::LatencyRule> parse_latency_rule(std::string_view text);

}  // namespace macaw::app
