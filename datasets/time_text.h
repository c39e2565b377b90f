// SPDX-License-Identifier: MIT
//
// Times as web servers, browsers and data sets write them. Fields are checked, so that the 31st of
// June is no time. Private to datasets. Thread: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "macaw/base/time.h"

namespace macaw::datasets {

/// "17/May/2015:10:05:03 +0000", with a fraction of a second if there is one. Years 1970 to 2261.
std::optional<WallTime> parse_log_time(std::string_view text);

/// ISO 8601 as RFC 3339 has it: "2023-03-29T17:37:42.482-07:00", "...Z", a blank for the T; the
/// zone may lack its colon, or be missing (then it is UTC). Digits finer than a nanosecond are cut
/// off. Years 1970 to 2261.
std::optional<WallTime> parse_iso_time(std::string_view text);

/// Unix times in four units, with or without a fraction, and what parse_iso_time() reads.
enum class TimeForm : uint8_t { kSeconds, kMillis, kMicros, kNanos, kIso8601 };

/// The form of a file's times, told by one of them: Unix times of our days have 10 digits in
/// seconds, 13, 16 or 19 in finer units. Nothing: it is no time.
std::optional<TimeForm> time_form_of(std::string_view text);

/// From 1970 to 2106; parts of a second are left out. Nothing: it is none of that form.
std::optional<uint32_t> parse_whole_seconds(std::string_view text, TimeForm form);

}  // namespace macaw::datasets
