// SPDX-License-Identifier: MIT
//
// What people type and read: "5k", "2500/m", "30s", "1h30m", "10 %". Parsers are strict (the whole
// text must match) and their errors say what was found and which forms are understood.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "macaw/base/result.h"
#include "macaw/base/time.h"

namespace macaw {

/// A rate as an exact fraction, events / span, in lowest terms of nanoseconds, so that equal rates
/// compare equal: "2500/m" is 1 per 24 ms, "0.1" is 1 per 10 s. Invariant: 1 <= events <= 10^15 and
/// 1 ns <= per.
struct Rate {
  uint64_t events = 1;
  Nanos per = std::chrono::seconds(1);

  double per_second() const;
  bool operator==(const Rate&) const = default;
};

/// "100", "0.1", "5k", "1.5m" (k = 10^3, m = 10^6), with "/s" (default), "/m", "/h". Rate 0 is
/// refused.
Result<Rate> parse_rate(std::string_view text);
/// "30s", "250ms", "10us", "5ns", "2m", "1h", "1h30m", "1.5s"; without a unit: seconds. Not
/// negative.
Result<Nanos> parse_duration(std::string_view text);
/// "100000", "10k", "5m", "1.5k"; an integer after expansion.
Result<uint64_t> parse_count(std::string_view text);
/// Decimal digits only, the whole text.
Result<uint64_t> parse_u64(std::string_view text);
/// A plain decimal number ("12", "-0.5"; no exponent), the whole text, finite.
Result<double> parse_double(std::string_view text);

/// "30 s", "1 h 30 min", "250 ms": for sentences.
std::string format_duration(Nanos span);
/// "12.3 us", "4.56 ms", "1.20 s": three significant digits, for tables.
std::string format_latency(Nanos span);
/// "100,000"
std::string format_count(uint64_t count);
/// "1 request", "5,000 requests"
std::string format_counted(uint64_t count, std::string_view noun);
/// "100", "0.1", "2,500": as short as it can be, without a unit.
std::string format_rate(double per_second);
/// "1.5 MB" (powers of 1000)
std::string format_bytes(uint64_t bytes);

}  // namespace macaw
