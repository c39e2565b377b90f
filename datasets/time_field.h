// SPDX-License-Identifier: MIT
//
// Times as data sets write them, as whole Unix seconds. Private to datasets. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace macaw::datasets {

enum class TimeForm : uint8_t { kSeconds, kMillis, kMicros, kNanos, kIso8601 };

/// The form of a file's times, told by one of them: Unix times of our days have 10 digits in
/// seconds, 13, 16 or 19 in finer units. Nothing: it is no time.
std::optional<TimeForm> time_form_of(std::string_view field);

/// From 1970 to 2106; parts of a second are left out. Nothing: it is none of that form.
std::optional<uint32_t> parse_time(std::string_view field, TimeForm form);

}  // namespace macaw::datasets
