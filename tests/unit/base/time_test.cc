// SPDX-License-Identifier: MIT
#include "macaw/base/time.h"

#include <boost/test/unit_test.hpp>
#include <ctime>
#include <vector>

namespace macaw {

BOOST_AUTO_TEST_SUITE(time_test)

BOOST_AUTO_TEST_CASE(instants_are_written_in_utc_with_milliseconds) {
  BOOST_TEST(format_iso8601(WallTime{}) == "1970-01-01T00:00:00.000Z");
  BOOST_TEST(format_iso8601(WallTime(Nanos(1'795'227'901'123'999'999))) ==
             "2026-11-21T02:25:01.123Z");
  BOOST_TEST(format_iso8601(WallTime(Nanos(951'782'400'000'000'000))) ==
             "2000-02-29T00:00:00.000Z");
  BOOST_TEST(format_iso8601(WallTime(Nanos(-1))) == "1969-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(the_clock_is_the_kernels_monotonic_one) {
  timespec spec{};
  const MonoTime before = MonoClock::now();
  BOOST_REQUIRE(clock_gettime(CLOCK_MONOTONIC, &spec) == 0);
  const MonoTime after = MonoClock::now();
  const Nanos between = std::chrono::seconds(spec.tv_sec) + Nanos(spec.tv_nsec);
  BOOST_TEST((before.time_since_epoch() <= between));
  BOOST_TEST((between <= after.time_since_epoch()));
}

BOOST_AUTO_TEST_CASE(the_narrowest_bracket_ties_the_two_clocks) {
  const auto mono = [](int64_t at) { return MonoTime(Nanos(at)); };
  const auto wall = [](int64_t at) { return WallTime(Nanos(at)); };
  // The wall clock is 1,000,000 ahead. Put aside before or after reading it, one is wrong by half
  // of what that took.
  const std::vector<ClockBracket> brackets = {
      {mono(1'000), wall(1'004'950), mono(5'000)},
      {mono(6'000), wall(1'006'030), mono(6'060)},
      {mono(7'000), wall(1'007'001), mono(7'900)},
  };
  BOOST_TEST((wall_time_at(mono(6'030), brackets) == wall(1'006'030)));
  BOOST_TEST((wall_time_at(mono(500), brackets) == wall(1'000'500)));     // before they were read
  BOOST_TEST((wall_time_at(mono(90'000), brackets) == wall(1'090'000)));  // and after
  const std::vector<ClockBracket> one(brackets.begin(), brackets.begin() + 1);
  BOOST_TEST((wall_time_at(mono(1'000), one) == wall(1'002'950)));
}

BOOST_AUTO_TEST_CASE(the_wall_time_of_now_is_now) {
  const WallTime earlier = wall_now();
  const MonoTime before = MonoClock::now();
  const WallTime found = wall_time_at(before);
  const MonoTime after = MonoClock::now();
  const WallTime later = wall_now();
  // However slowly this runs: `found` stands for `before`, give or take half of a bracket.
  BOOST_TEST((found >= earlier - (after - before)));
  BOOST_TEST((found <= later + (after - before)));
}

BOOST_AUTO_TEST_CASE(conversions) {
  BOOST_TEST(to_seconds(Nanos(1'500'000'000)) == 1.5);
  BOOST_TEST(to_millis(Nanos(1'500'000)) == 1.5);
  BOOST_TEST(from_seconds(2).count() == 2'000'000'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
