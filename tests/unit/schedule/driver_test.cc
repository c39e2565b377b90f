// SPDX-License-Identifier: MIT
//
// Drivers in virtual time (no drift, whatever the waits do), and who owns a request.

#include "macaw/replay/schedule/driver.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <vector>

#include "macaw/base/random.h"
#include "macaw/replay/schedule/arrivals.h"
#include "reference.h"

namespace macaw::replay::test {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A generator whose every wait ends late by a random amount, in virtual time; returns the largest
/// and the last error.
struct Errors {
  Nanos largest{};
  Nanos last{};
};

Errors play_open_loop(Driver& driver, Arrivals& arrivals, uint64_t requests, Nanos overshoot_max) {
  Random random(/*seed=*/21);
  Errors errors;
  Nanos now{};
  for (uint64_t k = 0; k < requests; ++k) {
    const Head head{.index = arrivals.index(), .nominal = arrivals.next()};
    const Due due = driver.next(head, now);
    if (due.intended > now) {
      now = due.intended +
            Nanos(static_cast<int64_t>(random.below(static_cast<uint64_t>(overshoot_max.count()))));
    }
    BOOST_REQUIRE(driver.next(head, now) == due);
    const uint32_t sender = driver.taken(head, now);
    errors.last = now - due.intended;
    errors.largest = std::max(errors.largest, errors.last);
    driver.completed(sender, now);
  }
  return errors;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(driver_test)

BOOST_AUTO_TEST_CASE(a_million_late_waits_do_not_add_up) {
  constexpr uint64_t kRequests = 1'000'000;
  for (const Nanos overshoot : {Nanos(microseconds(60)), Nanos(milliseconds(3))}) {
    for (const ArrivalProcess process : {ArrivalProcess::kConstant, ArrivalProcess::kPoisson}) {
      const auto clock = std::make_unique<RunClock>();
      OpenLoopDriver driver(*clock);
      Arrivals arrivals(RateProfile::constant(per_second(1'000)), process, /*seed=*/1);
      const Errors errors = play_open_loop(driver, arrivals, kRequests, overshoot);
      BOOST_TEST(errors.largest.count() < overshoot.count());
      BOOST_TEST(errors.last.count() < overshoot.count());
    }
  }
}

BOOST_AUTO_TEST_CASE(changes_of_the_clock_do_not_add_up_either) {
  const auto clock = std::make_unique<RunClock>(Speed{3, 7});
  for (int change = 1; change < 1000; ++change) {
    clock->append(milliseconds(97 * change),
                  {static_cast<uint32_t>(change % 4), static_cast<uint32_t>(1 + change % 3)});
  }
  OpenLoopDriver driver(*clock);
  Arrivals arrivals(RateProfile::constant(per_second(1'000)), ArrivalProcess::kConstant, 1);
  const Errors errors = play_open_loop(driver, arrivals, 100'000, microseconds(500));
  BOOST_TEST(errors.largest.count() < 500'000);
}

BOOST_AUTO_TEST_CASE(open_loop_is_due_when_the_clock_says) {
  const auto clock = std::make_unique<RunClock>();
  OpenLoopDriver driver(*clock);
  BOOST_TEST(driver.has_plan());
  BOOST_TEST(driver.intends());
  const Head head{.index = 7, .nominal = seconds(10)};
  BOOST_TEST((driver.next(head, seconds(1)) == Due{seconds(10), 0}));
  driver.completed(driver.taken({.index = 6, .nominal = seconds(2)}, seconds(2)), seconds(2));
  BOOST_TEST((driver.next(head, seconds(99)) == Due{seconds(10), 0}));
  clock->append(seconds(4), {0, 1});
  BOOST_TEST((driver.next(head, seconds(5)) == Due{Nanos::max(), 0}));
  clock->append(seconds(8), {2, 1});
  BOOST_TEST((driver.next(head, seconds(8)) == Due{seconds(11), 0}));
}

BOOST_AUTO_TEST_CASE(saturation_is_always_due) {
  const auto clock = std::make_unique<RunClock>();
  SaturatingDriver driver(*clock);
  BOOST_TEST(!driver.has_plan());
  BOOST_TEST(!driver.intends());
  BOOST_TEST((driver.next({.index = 1, .nominal = seconds(10)}, seconds(1)) == Due{Nanos(0), 0}));
  driver.completed(driver.taken({.index = 1, .nominal = seconds(10)}, seconds(1)), seconds(1));
  BOOST_TEST((driver.next({.index = 2, .nominal = Nanos::max()}, seconds(1)) == Due{Nanos(0), 0}));
}

BOOST_AUTO_TEST_CASE(owners_share_fairly) {
  constexpr uint64_t kRequests = 200'000;
  for (const uint32_t workers : {1U, 2U, 3U, 7U, 16U}) {
    std::vector<double> owned(workers);
    std::vector<double> odd(workers);
    for (uint64_t i = 0; i < kRequests; ++i) {
      const uint32_t owner = owner_of(i, /*user_hash=*/0, workers);
      BOOST_REQUIRE(owner < workers);
      owned[owner] += 1.0;
      odd[owner] += i % 2 == 1 ? 1.0 : 0.0;
    }
    // Five standard deviations of a fair share, also among every second line.
    const double share = static_cast<double>(kRequests) / workers;
    for (uint32_t k = 0; k < workers; ++k) {
      BOOST_TEST(std::abs(owned[k] - share) <= 5.0 * std::sqrt(share));
      BOOST_TEST(std::abs(odd[k] - share / 2.0) <= 5.0 * std::sqrt(share / 2.0));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_user_has_one_owner) {
  for (uint64_t user = 1; user < 1000; ++user) {
    const uint32_t owner = owner_of(0, user, 5);
    for (uint64_t i = 1; i < 20; ++i) {
      BOOST_REQUIRE(owner_of(i, user, 5) == owner);
    }
  }
}

BOOST_AUTO_TEST_CASE(owners_are_pinned) {
  // Machines of one run must agree on these.
  std::string owners;
  for (uint64_t i = 0; i < 32; ++i) {
    owners += static_cast<char>('0' + owner_of(i, 0, 4));
  }
  BOOST_TEST(owners == "01302230320003003033033033303101");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay::test
