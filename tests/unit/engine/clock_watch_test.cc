// SPDX-License-Identifier: MIT
//
// What is wrong with a clock, and what is not.

#include "replay/engine/clock_watch.h"

#include <boost/test/unit_test.hpp>

namespace macaw::replay {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(clock_watch_test)

BOOST_AUTO_TEST_CASE(clocks_that_agree_are_no_trouble) {
  const ClockReadings before{.monotonic = 5s, .boot = 9s, .raw = 4s};
  BOOST_TEST(!find_clock_trouble(before, {65s, 69s, 64s}).has_value());
  // A time service at work: 0.05 %.
  BOOST_TEST(!find_clock_trouble(before, {65s, 69s, 64s - 30ms}).has_value());
  // A short run, and clocks that are not read in the same moment.
  BOOST_TEST(!find_clock_trouble(before, {6s, 10s + 5ms, 5s + 5ms}).has_value());
}

BOOST_AUTO_TEST_CASE(a_machine_that_slept) {
  const auto trouble = find_clock_trouble({}, {60s, 90s, 60s});
  BOOST_TEST_REQUIRE(trouble.has_value());
  BOOST_TEST((trouble->by == 30s));
  BOOST_TEST(trouble->text == "the machine slept for 30.0 s during the run");
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_bent) {
  auto trouble = find_clock_trouble({}, {60s, 60s, 60s - 120ms});
  BOOST_TEST_REQUIRE(trouble.has_value());
  BOOST_TEST(trouble->text == "the clock ran fast by 120 ms during the run");
  trouble = find_clock_trouble({}, {60s, 60s, 60s + 120ms});
  BOOST_TEST_REQUIRE(trouble.has_value());
  BOOST_TEST(trouble->text == "the clock ran slow by 120 ms during the run");
}

BOOST_AUTO_TEST_CASE(the_real_clocks_now) {
  const ClockReadings before = read_clocks();
  BOOST_TEST((before.monotonic > Nanos(0)));
  BOOST_TEST((before.boot >= before.monotonic));
  BOOST_TEST(!find_clock_trouble(before, read_clocks()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
