// SPDX-License-Identifier: MIT
//
// Recorded times as decimal seconds, without a detour over double. Private to replay/file. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "macaw/base/time.h"

namespace macaw::replay {

/// `number` is a JSON number ("1.5", "2e-3"). Digits finer than a nanosecond are rounded, halves
/// up. Nothing when it is negative or beyond Nanos.
std::optional<Nanos> parse_seconds(std::string_view number);

/// Appends the shortest decimal that parse_seconds gives back: "1.5", "0", "0.000000001". REQUIRES:
/// time >= 0.
void append_seconds(Nanos time, std::string& out);

}  // namespace macaw::replay
