// SPDX-License-Identifier: MIT
//
// Timers: order and "never too early" only; how late one fires is the machine's affair.

#include <boost/test/unit_test.hpp>
#include <memory>
#include <tuple>
#include <vector>

#include "macaw/net/loop.h"
#include "support/loop_fixture.h"

namespace macaw::net {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

using TimersWithDeadline = std::tuple<DeadlineTimer, PacingTimer>;

BOOST_FIXTURE_TEST_SUITE(timer_test, test::LoopFixture)

BOOST_AUTO_TEST_CASE_TEMPLATE(fires_once_and_never_early, Timer, TimersWithDeadline) {
  for (const Nanos wait : {Nanos(1), Nanos(microseconds(300)), Nanos(milliseconds(3))}) {
    int fired = 0;
    MonoTime at;
    Timer timer(loop, [&] {
      ++fired;
      at = MonoClock::now();
    });
    const MonoTime deadline = MonoClock::now() + wait;
    timer.arm(deadline);
    BOOST_TEST(fired == 0);
    run_until([&] { return fired > 0; });
    BOOST_TEST((at >= deadline));
    settle();
    BOOST_TEST(fired == 1);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_past_fires_in_the_next_turn, Timer, TimersWithDeadline) {
  for (const MonoTime past : {MonoTime(), MonoTime(Nanos(-5)), MonoClock::now()}) {
    int fired = 0;
    Timer timer(loop, [&] { ++fired; });
    timer.arm(past);
    BOOST_TEST(fired == 0);
    loop.run_once(Nanos::zero());
    BOOST_TEST(fired == 1);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_timer_has_its_own_deadline, Timer, TimersWithDeadline) {
  std::vector<std::unique_ptr<Timer>> timers;
  size_t fired = 0;
  size_t early = 0;
  const MonoTime start = MonoClock::now();
  for (const int rank : {3, 1, 4, 0, 2}) {
    const MonoTime deadline = start + milliseconds(2 * rank);
    timers.push_back(std::make_unique<Timer>(loop, [&fired, &early, deadline] {
      ++fired;
      early += MonoClock::now() < deadline ? 1U : 0U;
    }));
    timers.back()->arm(deadline);
  }
  bool far_fired = false;
  Timer far(loop, [&] { far_fired = true; });
  far.arm(start + hours(1));
  run_until([&] { return fired == timers.size(); });
  BOOST_TEST(early == 0U);
  BOOST_TEST(!far_fired);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(arming_again_replaces_the_deadline, Timer, TimersWithDeadline) {
  int fired = 0;
  Timer timer(loop, [&] { ++fired; });
  timer.arm(MonoTime());  // due at once ...
  timer.arm(MonoClock::now() + hours(1));
  settle();
  BOOST_TEST(fired == 0);  // ... but no more
  timer.arm(MonoTime());
  settle();
  BOOST_TEST(fired == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(disarmed_and_armed_for_the_same_deadline, Timer, TimersWithDeadline) {
  int fired = 0;
  Timer timer(loop, [&] { ++fired; });
  timer.arm(MonoTime());
  timer.disarm();
  settle();
  BOOST_TEST(fired == 0);
  timer.arm(MonoTime());
  settle();
  BOOST_TEST(fired == 1);
  timer.arm(MonoTime());
  timer.disarm();
  timer.arm(MonoTime());
  timer.arm(MonoTime());
  settle();
  BOOST_TEST(fired == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(armed_again_from_its_own_callback, Timer, TimersWithDeadline) {
  int fired = 0;
  std::unique_ptr<Timer> timer;
  timer = std::make_unique<Timer>(loop, [&] {
    if (++fired < 100) {
      timer->arm(MonoTime());
    }
  });
  timer->arm(MonoTime());
  run_until([&] { return fired == 100; });
  settle();
  BOOST_TEST(fired == 100);
}

// Two are due in one turn; the first one to run moves the other into the future.
BOOST_AUTO_TEST_CASE_TEMPLATE(moved_away_in_the_turn_in_which_it_was_due, Timer,
                              TimersWithDeadline) {
  std::unique_ptr<Timer> one;
  std::unique_ptr<Timer> two;
  int fired = 0;
  one = std::make_unique<Timer>(loop, [&] {
    ++fired;
    two->arm(MonoClock::now() + hours(1));
  });
  two = std::make_unique<Timer>(loop, [&] {
    ++fired;
    one->arm(MonoClock::now() + hours(1));
  });
  one->arm(MonoTime());
  two->arm(MonoTime());
  settle();
  BOOST_TEST(fired == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(destroyed_inside_its_own_callback, Timer, TimersWithDeadline) {
  const auto witness = std::make_shared<int>(7);
  std::unique_ptr<Timer> deadline;
  std::unique_ptr<PeriodicTimer> periodic;
  int seen = 0;
  deadline = std::make_unique<Timer>(loop, [&deadline, &seen, witness] {
    deadline.reset();
    seen += *witness;  // what was captured is still there
  });
  periodic = std::make_unique<PeriodicTimer>(loop, milliseconds(1), [&periodic, &seen, witness] {
    periodic.reset();
    seen += *witness;
  });
  deadline->arm(MonoTime());
  run_until([&] { return seen == 14; });
  settle();
  BOOST_TEST(witness.use_count() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(destroyed_by_another_timer_of_the_same_turn, Timer,
                              TimersWithDeadline) {
  std::unique_ptr<Timer> one;
  std::unique_ptr<Timer> two;
  int fired = 0;
  one = std::make_unique<Timer>(loop, [&] {
    ++fired;
    two.reset();
  });
  two = std::make_unique<Timer>(loop, [&] {
    ++fired;
    one.reset();
  });
  one->arm(MonoTime());
  two->arm(MonoTime());
  settle();
  BOOST_TEST(fired == 1);
}

BOOST_AUTO_TEST_CASE(a_spinning_timer_stays_awake_and_serves_others) {
  int fired = 0;
  int others = 0;
  PacingTimer spinning(
      loop, [&] { ++fired; }, PacingTimer::Wait::kSpin);
  const MonoTime start = MonoClock::now();
  spinning.arm(start + milliseconds(20));
  DeadlineTimer other(loop, [&] { ++others; });
  other.arm(start + milliseconds(5));
  run_until([&] { return others == 1; });
  BOOST_TEST(fired == 0);
  run_until([&] { return fired == 1; });
  const Nanos awake = spinning.awake_time();
  BOOST_TEST((awake >= milliseconds(19)));
  BOOST_TEST((awake <= milliseconds(20)));
  spinning.arm(MonoClock::now() + hours(1));
  spinning.disarm();  // and the loop may sleep again
  settle();
  BOOST_TEST(fired == 1);
}

BOOST_AUTO_TEST_CASE(a_periodic_timer_goes_on) {
  int fired = 0;
  MonoTime at;
  const MonoTime start = MonoClock::now();
  PeriodicTimer timer(loop, microseconds(1500), [&] {
    ++fired;
    at = MonoClock::now();
  });
  settle(1);
  run_until([&] { return fired == 3; });
  // libuv counts whole milliseconds of a coarse clock.
  BOOST_TEST((at - start >= milliseconds(3)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::net
