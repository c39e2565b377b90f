// SPDX-License-Identifier: MIT
//
// C: continuity, pauses, inverses, and that a change moves nothing that was due before it.

#include "macaw/replay/schedule/run_clock.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "macaw/base/random.h"

namespace macaw::replay::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

int64_t intended(const RunClock& clock, Nanos nominal) {
  return clock.intended(nominal).count();
}

/// A clock is 160 kB: not for the stack of a test with several.
std::unique_ptr<RunClock> make_clock(Speed speed = {}) {
  return std::make_unique<RunClock>(speed);
}

/// Speeds as people set them, and odd ones; every fifth a pause.
Speed random_speed(Random& random) {
  if (random.below(5) == 0) {
    return {0, 1};
  }
  const auto part = [&random] {
    return static_cast<uint32_t>(1 + random.below(uint64_t{1} << (1 + random.below(20))));
  };
  return {part(), part()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(run_clock_test)

BOOST_AUTO_TEST_CASE(at_speed_one_run_time_is_nominal_time) {
  const auto clock = make_clock();
  for (const int64_t ns : {int64_t{0}, int64_t{1}, int64_t{1} << 62, INT64_MAX}) {
    BOOST_TEST(intended(*clock, Nanos(ns)) == ns);
    BOOST_TEST(clock->nominal_at(Nanos(ns)).count() == ns);
  }
}

BOOST_AUTO_TEST_CASE(speeds_are_fractions) {
  const auto twice = make_clock({2, 1});
  BOOST_TEST(intended(*twice, seconds(10)) == 5'000'000'000);
  BOOST_TEST(intended(*twice, Nanos(1)) == 0);
  BOOST_TEST(twice->nominal_at(seconds(5)).count() == 10'000'000'000);
  const auto third = make_clock({1, 3});
  BOOST_TEST(intended(*third, seconds(10)) == 30'000'000'000);
  BOOST_TEST(third->nominal_at(Nanos(2)).count() == 0);
  const auto same = make_clock({6, 6});
  BOOST_TEST((same->piece(0).speed == Speed{1, 1}));
}

BOOST_AUTO_TEST_CASE(changes_are_continuous) {
  const auto clock = make_clock();
  BOOST_TEST(clock->append(seconds(10), {2, 1}));
  BOOST_TEST(clock->append(seconds(20), {1, 2}));
  // nominal 10 s at 10 s, 30 s at 20 s
  BOOST_TEST(intended(*clock, seconds(9)) == 9'000'000'000);
  BOOST_TEST(intended(*clock, seconds(10)) == 10'000'000'000);
  BOOST_TEST(intended(*clock, seconds(20)) == 15'000'000'000);
  BOOST_TEST(intended(*clock, seconds(30)) == 20'000'000'000);
  BOOST_TEST(intended(*clock, seconds(31)) == 22'000'000'000);
  BOOST_TEST(clock->nominal_at(seconds(15)).count() == 20'000'000'000);
  BOOST_TEST(clock->nominal_at(seconds(22)).count() == 31'000'000'000);
  BOOST_TEST(clock->pieces() == 3U);
}

BOOST_AUTO_TEST_CASE(a_pause_holds_what_is_due_in_it) {
  const auto clock = make_clock();
  clock->append(seconds(10), {0, 1});
  BOOST_TEST(intended(*clock, seconds(10) - Nanos(1)) == 9'999'999'999);
  BOOST_TEST((clock->intended(seconds(10)) == Nanos::max()));
  BOOST_TEST((clock->intended(seconds(1000)) == Nanos::max()));
  BOOST_TEST(clock->nominal_at(seconds(500)).count() == 10'000'000'000);
  clock->append(seconds(60), {1, 1});
  BOOST_TEST(intended(*clock, seconds(10) - Nanos(1)) == 9'999'999'999);
  BOOST_TEST(intended(*clock, seconds(10)) == 60'000'000'000);
  BOOST_TEST(intended(*clock, seconds(11)) == 61'000'000'000);
  BOOST_TEST(clock->nominal_at(seconds(59)).count() == 10'000'000'000);
  BOOST_TEST(clock->nominal_at(seconds(61)).count() == 11'000'000'000);
}

BOOST_AUTO_TEST_CASE(the_last_of_two_changes_at_one_time_counts) {
  const auto clock = make_clock();
  clock->append(seconds(10), {0, 1});
  clock->append(seconds(10), {4, 1});
  BOOST_TEST(intended(*clock, seconds(14)) == 11'000'000'000);
  BOOST_TEST(clock->nominal_at(seconds(11)).count() == 14'000'000'000);
}

BOOST_AUTO_TEST_CASE(never_stays_never) {
  const auto clock = make_clock({3, 1});
  BOOST_TEST((clock->intended(Nanos::max()) == Nanos::max()));
  clock->append(seconds(1), {1, 1000});
  BOOST_TEST((clock->intended(Nanos::max()) == Nanos::max()));
  BOOST_TEST(
      (clock->intended(Nanos(INT64_MAX / 10)) == Nanos::max()));  // would be beyond the range
}

BOOST_AUTO_TEST_CASE(takes_4096_pieces) {
  const auto clock = make_clock();
  int appended = 0;
  while (clock->append(milliseconds(appended + 1), {static_cast<uint32_t>(1 + appended % 2), 1})) {
    ++appended;
    BOOST_REQUIRE(appended < 5000);
  }
  BOOST_TEST(clock->pieces() == 4096U);
  BOOST_TEST(appended == 4095);
  // Speed 1 until 2 ms, then 2 and 1 in turn.
  BOOST_TEST(clock->nominal_at(milliseconds(4096)).count() ==
             (2 + 2047 * 3 - 1 + 1) * int64_t{1'000'000});
}

BOOST_AUTO_TEST_CASE(a_change_moves_nothing_that_was_due_before_it) {
  Random random(/*seed=*/11);
  for (int round = 0; round < 40; ++round) {
    const auto clock = make_clock({static_cast<uint32_t>(1 + random.below(1000)),
                                   static_cast<uint32_t>(1 + random.below(1000))});
    Nanos from{};
    for (int change = 0; change < 30; ++change) {
      from += Nanos(static_cast<int64_t>(random.below(1'000'000)));
      const Nanos around = clock->nominal_at(from);
      std::vector<std::pair<Nanos, Nanos>> before;
      for (int64_t d = -50; d <= 50; ++d) {
        const Nanos nominal = around + Nanos(d);
        if (nominal >= Nanos::zero()) {
          before.emplace_back(nominal, clock->intended(nominal));
        }
      }
      BOOST_REQUIRE(clock->append(from, random_speed(random)));
      for (const auto& [nominal, due] : before) {
        if (due < from) {
          BOOST_REQUIRE(clock->intended(nominal) == due);
        } else {
          BOOST_REQUIRE(clock->intended(nominal) >= from);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(is_monotone_and_undoes_itself) {
  Random random(/*seed=*/12);
  const auto clock = make_clock();
  Nanos from{};
  for (int change = 0; change < 1000; ++change) {
    from += Nanos(static_cast<int64_t>(random.below(1'000'000'000)));
    clock->append(from, random_speed(random));
  }
  clock->append(from, {1, 1});
  std::vector<int64_t> runs;
  for (int k = 0; k < 20'000; ++k) {
    runs.push_back(static_cast<int64_t>(random.below(static_cast<uint64_t>(from.count()))));
  }
  std::sort(runs.begin(), runs.end());
  Nanos nominal_before{};
  Nanos due_before{};
  for (const int64_t run_ns : runs) {
    const Nanos nominal = clock->nominal_at(Nanos(run_ns));
    BOOST_REQUIRE(nominal >= nominal_before);
    nominal_before = nominal;
    const Nanos due = clock->intended(nominal);
    BOOST_REQUIRE(due >= due_before);
    due_before = due;
    // What is due at or before `run` is what nominal_at(run) says: the next nanosecond is due
    // later.
    BOOST_REQUIRE(clock->intended(nominal + Nanos(1)).count() >= run_ns);
    BOOST_REQUIRE(clock->nominal_at(due) <= nominal);
  }
}

// 4,000 changes by thirds: the remainders must not be lost one by one.
BOOST_AUTO_TEST_CASE(many_changes_do_not_drift) {
  const auto clock = make_clock({1, 3});
  for (int change = 1; change <= 4000; ++change) {
    clock->append(Nanos(1000 * change), {1, change % 2 == 0 ? 3U : 7U});
  }
  // 2,000 stretches of 1000/3 and of 1000/7, and the first of 1000/3 is the first piece's.
  const int64_t nominal = clock->nominal_at(Nanos(4'000'000)).count();
  BOOST_TEST(nominal == 2000 * 1000 / 3 + 2000 * 1000 / 7);
}

BOOST_AUTO_TEST_CASE(readers_agree_while_changes_are_appended) {
  const auto clock = make_clock();
  std::atomic<int64_t> settled_ns{0};  // every change from here on is still to come
  std::atomic<int> wrong{0};
  const auto read = [&] {
    Nanos before{};
    while (settled_ns.load(std::memory_order_acquire) < 4'000'000) {
      const Nanos settled(settled_ns.load(std::memory_order_acquire));
      const Nanos nominal = clock->nominal_at(settled);
      const Nanos due = clock->intended(nominal);
      wrong += nominal < before || due > settled + Nanos(8) ? 1 : 0;
      before = nominal;
    }
  };
  std::thread first(read);
  std::thread second(read);
  for (int change = 1; change < 4000; ++change) {
    clock->append(Nanos(1000 * change + 500), {static_cast<uint32_t>(1 + change % 5), 4});
    settled_ns.store(1000 * change, std::memory_order_release);
  }
  settled_ns.store(4'000'000, std::memory_order_release);
  first.join();
  second.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay::test
