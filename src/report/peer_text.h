// SPDX-License-Identifier: MIT
//
// Numbers, times and strings as the languages of the peers write them (Go for vegeta and ghz,
// Python for Locust), and the small forms that our own CSV needs. Pure.
// Thread: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "macaw/base/time.h"

namespace macaw::report {

/// With its quotes, as encoding/json and easyjson: `<`, `>`, `&` and what is not UTF-8 escaped.
std::string go_json_string(std::string_view text);
/// A float64 as encoding/json: the shortest that reads back, with an exponent only below 1e-6 and
/// from 1e21. Not finite (which Go refuses to write): 0.
std::string go_json_number(double value);
/// time.Duration.String(): "0s", "1.5ms", "20µs", "1m0.5s".
std::string go_duration(int64_t ns);
/// vegeta's rounding of durations in text: to the unit below the largest one in it.
int64_t vegeta_round(int64_t ns);
/// RFC 3339 in UTC with as many digits of a second as it takes, as time.Time in JSON.
std::string go_time(WallTime time);
/// RFC 3339 in UTC, whole seconds.
std::string go_time_seconds(WallTime time);
/// time.Time{} in JSON: the time of nothing.
inline constexpr std::string_view kGoZeroTime = "0001-01-01T00:00:00Z";
/// A field as encoding/csv writes it.
std::string go_csv_field(std::string_view text);

/// repr() of a float: the shortest that reads back, always with a point or an exponent.
std::string python_float(double value);

/// A field of CSV as RFC 4180 and Python's csv.writer have it.
std::string csv_field(std::string_view text);
/// Milliseconds, exactly: "0.054", "12", "0.000001".
std::string exact_millis(uint64_t ns);
/// The shortest that reads back, "Inf" for infinity (as the sqlite3 shell).
std::string csv_number(double value);
/// Text of XML 1.0, attribute values included; what XML cannot hold becomes U+FFFD.
std::string xml_text(std::string_view text);

/// The phrase that stands behind a status on the wire, "" where none is known.
std::string_view status_phrase(uint32_t status);

}  // namespace macaw::report
