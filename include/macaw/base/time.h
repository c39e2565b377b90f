// SPDX-License-Identifier: MIT
//
// Time as types. Inside Macaw a span is Nanos and an instant MonoTime (monotonic); raw integers
// with their unit in the name appear only at the borders (files, SQL, command line, sample cells).
// There is no Clock interface: pure code takes `now` as an argument, so a fake clock is a variable.
// Thread: all functions may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

namespace macaw {

using Nanos = std::chrono::nanoseconds;

/// CLOCK_MONOTONIC. Never stepped by an administrator or NTP, so differences are durations.
struct MonoClock {
  using rep = Nanos::rep;
  using period = Nanos::period;
  using duration = Nanos;
  using time_point = std::chrono::time_point<MonoClock>;
  static constexpr bool is_steady = true;

  static time_point now();
};

using MonoTime = MonoClock::time_point;

/// Nanoseconds since the Unix epoch, UTC. Read once per run, as the anchor of its monotonic times.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Nanos>;
WallTime wall_now();

/// The wall clock, read between two readings of the monotonic one.
struct ClockBracket {
  MonoTime before;
  WallTime wall;
  MonoTime after;
};

/// The wall time at `instant`, by the narrowest of the brackets: a thread that is put aside between
/// two readings makes a wide one. Wrong by half of its width at most. REQUIRES: not empty
WallTime wall_time_at(MonoTime instant, std::span<const ClockBracket> brackets);
/// By a few brackets that are read now.
WallTime wall_time_at(MonoTime instant);

/// "2026-11-21T02:25:01.123Z"
std::string format_iso8601(WallTime time);

constexpr double to_seconds(Nanos span) {
  return static_cast<double>(span.count()) / 1e9;
}

constexpr double to_millis(Nanos span) {
  return static_cast<double>(span.count()) / 1e6;
}

constexpr Nanos from_seconds(int64_t seconds) {
  return std::chrono::seconds(seconds);
}

}  // namespace macaw
