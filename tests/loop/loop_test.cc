// SPDX-License-Identifier: MIT

#include "macaw/net/loop.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include "macaw/base/ring.h"
#include "support/loop_fixture.h"

namespace macaw::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

BOOST_FIXTURE_TEST_SUITE(loop_test, test::LoopFixture)

BOOST_AUTO_TEST_CASE(run_returns_when_nothing_can_call_back) {
  loop.run();
  DeadlineTimer idle(loop, [] {});
  Waker background(
      loop, [] {}, /*keeps_loop_alive=*/false);
  loop.run();
  int fired = 0;
  DeadlineTimer timer(loop, [&] { ++fired; });
  timer.arm(MonoClock::now() + milliseconds(2));
  loop.run();
  BOOST_TEST(fired == 1);
}

BOOST_AUTO_TEST_CASE(stop_ends_run) {
  int ticks = 0;
  PeriodicTimer timer(loop, milliseconds(1), [&] {
    if (++ticks == 3) {
      loop.stop();
    }
  });
  loop.run();
  BOOST_TEST(ticks == 3);
  loop.stop();
  loop.run();  // returns at once
  BOOST_TEST(ticks == 3);
}

BOOST_AUTO_TEST_CASE(run_once_waits_no_longer_than_asked) {
  Waker never(loop, [] {});
  for (const Nanos timeout : {Nanos(1), Nanos(150'000), Nanos(2'000'000)}) {
    const MonoTime start = MonoClock::now();
    loop.run_once(timeout);
    BOOST_TEST((MonoClock::now() - start >= timeout));
  }
  loop.run_once(Nanos::zero());
}

BOOST_AUTO_TEST_CASE(run_once_returns_after_the_first_events) {
  int fired = 0;
  DeadlineTimer timer(loop, [&] { ++fired; });
  timer.arm(MonoTime());
  loop.run_once(hours(1));
  BOOST_TEST(fired == 1);
  timer.arm(MonoTime());
  loop.run_once(Nanos(-1));
  BOOST_TEST(fired == 2);
}

BOOST_AUTO_TEST_CASE(waiting_is_idle_time) {
  const Nanos before = loop.idle_time();
  const MonoTime start = MonoClock::now();
  loop.run_once(milliseconds(20));
  const Nanos elapsed = MonoClock::now() - start;
  const Nanos idle = loop.idle_time() - before;
  BOOST_TEST((idle > Nanos::zero()));
  BOOST_TEST((idle <= elapsed));
}

BOOST_AUTO_TEST_CASE(live_objects_are_counted) {
  BOOST_TEST(loop.live_objects() == 0U);
  {
    DeadlineTimer one(loop, [] {});
    Waker two(loop, [] {});
    BOOST_TEST(loop.live_objects() == 2U);
  }
  BOOST_TEST(loop.live_objects() == 0U);
}

BOOST_AUTO_TEST_CASE(several_wakes_may_be_one_call) {
  int calls = 0;
  Waker waker(loop, [&] { ++calls; });
  settle();
  BOOST_TEST(calls == 0);
  for (int k = 0; k < 1000; ++k) {
    waker.wake();
  }
  settle();
  BOOST_TEST(calls == 1);
  waker.wake();
  settle();
  BOOST_TEST(calls == 2);
}

// Publish first, wake after: nothing is lost, however the wakes coalesce.
BOOST_AUTO_TEST_CASE(wakes_from_another_thread_lose_nothing) {
  constexpr uint64_t kCount = 100'000;
  SpscRing<uint64_t> ring(1024);
  uint64_t received = 0;
  uint64_t calls = 0;
  bool in_order = true;
  Waker waker(loop, [&] {
    ++calls;
    std::array<uint64_t, 64> cells{};
    for (size_t count = ring.pop(cells); count > 0; count = ring.pop(cells)) {
      for (size_t k = 0; k < count; ++k) {
        in_order = in_order && cells[k] == received;
        ++received;
      }
    }
  });
  std::thread producer([&] {
    for (uint64_t k = 0; k < kCount; ++k) {
      while (!ring.try_push(k)) {
        std::this_thread::yield();
      }
      waker.wake();
    }
  });
  run_until([&] { return received == kCount; });
  producer.join();
  BOOST_TEST(in_order);
  BOOST_TEST(calls <= kCount);
}

// What was written before wake() is seen by the callback without any lock (checked by TSan).
BOOST_AUTO_TEST_CASE(a_wake_publishes) {
  int plain = 0;
  int seen = 0;
  Waker waker(loop, [&] { seen = plain; });
  std::thread other([&] {
    plain = 42;
    waker.wake();
  });
  run_until([&] { return seen == 42; });
  other.join();
}

BOOST_AUTO_TEST_CASE(a_turn_ends_after_all_its_events) {
  int events = 0;
  std::vector<int> events_at_end;
  TurnEnd end(loop, [&] { events_at_end.push_back(events); });
  Waker one(loop, [&] {
    ++events;
    end.ask();
  });
  Waker two(loop, [&] {
    ++events;
    end.ask();
  });
  one.wake();
  two.wake();
  loop.run_once(Nanos::zero());
  BOOST_TEST(events_at_end == std::vector<int>{2}, boost::test_tools::per_element());
  settle();
  BOOST_TEST(events_at_end.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_turn_asked_for_outside_of_one_waits_for_nobody) {
  Waker never(loop, [] {});
  int ends = 0;
  TurnEnd end(loop, [&] {
    if (++ends < 3) {
      end.ask();
    }
  });
  end.ask();
  run_until([&] { return ends == 3; });  // would wait for ever if a turn waited for an event
  settle();
  BOOST_TEST(ends == 3);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_turn_keeps_no_loop_going) {
  int ends = 0;
  TurnEnd end(loop, [&] { ++ends; });
  end.ask();
  loop.run();
  BOOST_TEST(ends <= 1);
}

BOOST_AUTO_TEST_CASE(an_end_of_turn_destroyed_inside_its_own_callback) {
  std::unique_ptr<TurnEnd> end;
  bool seen = false;
  end = std::make_unique<TurnEnd>(loop, [&] {
    end.reset();
    seen = true;
  });
  end->ask();
  run_until([&] { return seen; });
}

BOOST_AUTO_TEST_CASE(signals_arrive_on_the_loop) {
  int seen = 0;
  {
    SignalWatcher watcher(loop, SIGUSR1, [&] { ++seen; });
    SignalWatcher second(loop, SIGUSR1, [&] { seen += 10; });
    BOOST_REQUIRE(raise(SIGUSR1) == 0);
    BOOST_TEST(seen == 0);
    run_until([&] { return seen == 11; });
  }
  std::unique_ptr<SignalWatcher> doomed;
  doomed = std::make_unique<SignalWatcher>(loop, SIGUSR2, [&] {
    doomed.reset();
    ++seen;
  });
  BOOST_REQUIRE(raise(SIGUSR2) == 0);
  run_until([&] { return seen == 12; });
}

BOOST_AUTO_TEST_CASE(sigpipe_is_ignored) {
  struct sigaction action {};

  BOOST_REQUIRE(sigaction(SIGPIPE, nullptr, &action) == 0);
  BOOST_TEST((action.sa_handler == SIG_IGN));
}

BOOST_AUTO_TEST_CASE(a_waker_destroyed_inside_its_own_callback) {
  const auto witness = std::make_shared<int>(7);
  std::unique_ptr<Waker> waker;
  int seen = 0;
  waker = std::make_unique<Waker>(loop, [&waker, &seen, witness] {
    waker.reset();
    seen = *witness;
  });
  waker->wake();
  run_until([&] { return seen == 7; });
}

// What a callback has captured dies in a close callback; here it holds a timer of the same loop.
BOOST_AUTO_TEST_CASE(captured_objects_are_cleaned_up_with_the_loop) {
  auto own_loop = std::make_unique<Loop>();
  auto inner = std::make_shared<DeadlineTimer>(*own_loop, [] {});
  auto outer = std::make_unique<DeadlineTimer>(*own_loop, [inner] {});
  inner.reset();
  outer.reset();
  own_loop.reset();  // would abort if anything was left
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::net
