// SPDX-License-Identifier: MIT
//
// The two ways in which web servers and browsers write a time. Fields are checked, so that the 31st
// of June is no time. Private to datasets. Thread: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "macaw/base/time.h"

namespace macaw::datasets {

/// "17/May/2015:10:05:03 +0000", with a fraction of a second if there is one. Years 1970 to 2261.
std::optional<WallTime> parse_log_time(std::string_view text);

/// ISO 8601 as RFC 3339 has it: "2023-03-29T17:37:42.482-07:00", "...Z"; the zone may lack its
/// colon, or be missing (then it is UTC). Digits finer than a nanosecond are cut off.
std::optional<WallTime> parse_iso_time(std::string_view text);

}  // namespace macaw::datasets
