// SPDX-License-Identifier: MIT
//
// Whose fault was the delay? In virtual time.

#include "replay/engine/ready_tracker.h"

#include <boost/test/unit_test.hpp>

using macaw::Nanos;
using macaw::replay::ReadyTracker;

namespace {

constexpr Nanos us(int64_t count) {
  return std::chrono::microseconds(count);
}

constexpr Nanos ms(int64_t count) {
  return std::chrono::milliseconds(count);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ready_tracker_test)

BOOST_AUTO_TEST_CASE(a_late_wake_up_is_our_own_lag) {
  ReadyTracker tracker;
  tracker.look(ms(10));
  tracker.look(ms(13));
  BOOST_TEST((tracker.ready(ms(11), ms(13)) == ms(13)));
}

BOOST_AUTO_TEST_CASE(a_request_that_found_no_lane_was_ready_at_the_first_look_after_its_time) {
  ReadyTracker tracker;
  tracker.look(ms(10));
  tracker.look(ms(11) + us(5));     // sees the request of 11 ms ...
  tracker.blocked(ms(11) + us(5));  // ... and has no lane for it
  for (int64_t at = 12; at <= 50; ++at) {
    tracker.look(ms(at));
    tracker.blocked(ms(at));
  }
  tracker.look(ms(51));
  BOOST_TEST((tracker.ready(ms(11), ms(51)) == ms(11) + us(5)));
}

BOOST_AUTO_TEST_CASE(a_stall_of_ours_during_a_wait_for_connections_stays_ours) {
  ReadyTracker tracker;
  tracker.look(ms(10));
  tracker.blocked(ms(10));
  tracker.look(ms(1010));  // stopped for a second
  tracker.blocked(ms(1010));
  tracker.look(ms(1500));
  // Due in the middle of our stall: 500 ms are ours, the rest is the wait.
  BOOST_TEST((tracker.ready(ms(510), ms(1500)) == ms(1010)));
  // Due after the stall: taken up at the look at 1500.
  BOOST_TEST((tracker.ready(ms(1200), ms(1500)) == ms(1500)));
}

BOOST_AUTO_TEST_CASE(looks_in_quick_succession_leave_no_lag_for_those_that_wait) {
  ReadyTracker tracker;
  for (int64_t at = 0; at <= 100; ++at) {
    tracker.look(us(at * 10));
    tracker.blocked(us(at * 10));
  }
  tracker.look(ms(2));
  BOOST_TEST((tracker.ready(us(505), ms(2)) == us(505)));
}

BOOST_AUTO_TEST_CASE(what_was_not_in_the_queue_was_not_ready) {
  ReadyTracker tracker;
  tracker.look(ms(1));
  tracker.blocked(ms(200));
  tracker.look(ms(200));
  tracker.refilled(ms(150));
  BOOST_TEST((tracker.ready(ms(100), ms(200)) >= ms(150)));
}

BOOST_AUTO_TEST_CASE(never_later_than_now) {
  ReadyTracker tracker;
  tracker.look(ms(5));
  BOOST_TEST((tracker.ready(ms(9), ms(5)) == ms(5)));
}

BOOST_AUTO_TEST_CASE(a_full_memory_never_understates_our_lag) {
  ReadyTracker tracker;
  constexpr int64_t kStalls = 10'000;  // far more than are remembered
  for (int64_t k = 0; k <= kStalls; ++k) {
    tracker.look(ms(k * 30));
    tracker.blocked(ms(k * 30));
  }
  for (int64_t k = 0; k < kStalls; k += 7) {
    const Nanos ready = tracker.ready(ms(k * 30 + 20), ms(kStalls * 30));
    BOOST_REQUIRE((ready >= ms(k * 30 + 30)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
