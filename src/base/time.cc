// SPDX-License-Identifier: MIT
//
// The two clocks of the system, and the one way an instant is written.
#include "macaw/base/time.h"

#include <fmt/format.h>

#include <ctime>

#include "macaw/base/check.h"

namespace macaw {

namespace {

Nanos read_clock(clockid_t id) {
  timespec spec{};
  const int result = clock_gettime(id, &spec);
  MACAW_CHECK(result == 0, "clock_gettime({})", id);
  return std::chrono::seconds(spec.tv_sec) + Nanos(spec.tv_nsec);
}

}  // namespace

MonoClock::time_point MonoClock::now() {
  return time_point(read_clock(CLOCK_MONOTONIC));
}

WallTime wall_now() {
  return WallTime(read_clock(CLOCK_REALTIME));
}

std::string format_iso8601(WallTime time) {
  using std::chrono::floor;
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(floor<std::chrono::milliseconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

}  // namespace macaw
