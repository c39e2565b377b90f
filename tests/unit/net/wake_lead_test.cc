// SPDX-License-Identifier: MIT
//
// The early wake-up: how far it follows the lateness, and what it may cost.

#include "src/net/wake_lead.h"

#include <boost/test/unit_test.hpp>

namespace macaw::net {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Fixture {
  WakeLead lead;
  MonoTime now{seconds(1000)};

  /// One sleep per `period`, each late by `lateness`, waited out awake as far as it was woken
  /// early.
  Nanos sleeps(int count, Nanos period, Nanos lateness) {
    Nanos awake{};
    for (int k = 0; k < count; ++k) {
      now += period;
      const Nanos early = lead.at(now);
      lead.woke(lateness);
      const Nanos spun = early > lateness ? early - lateness : Nanos(0);
      lead.spun(spun);
      awake += spun;
    }
    return awake;
  }
};

BOOST_FIXTURE_TEST_SUITE(wake_lead_test, Fixture)

BOOST_AUTO_TEST_CASE(settles_just_above_a_steady_lateness) {
  for (const auto lateness : {microseconds(5), microseconds(80), microseconds(200)}) {
    sleeps(5000, milliseconds(10), lateness);
    const Nanos lead_now = lead.at(now);
    BOOST_TEST((lead_now >= lateness - microseconds(1)));
    BOOST_TEST((lead_now <= lateness + microseconds(6)));
  }
}

BOOST_AUTO_TEST_CASE(settles_at_a_high_quantile_of_a_changing_lateness) {
  int covered = 0;
  constexpr int kSleeps = 20'000;
  for (int k = 0; k < kSleeps; ++k) {
    now += milliseconds(10);
    const Nanos lateness = microseconds((k * 37) % 100);  // each of 0..99 equally often
    if (k >= kSleeps / 2) {
      covered += lead.at(now) >= lateness ? 1 : 0;
    }
    lead.woke(lateness);
  }
  BOOST_TEST(covered > kSleeps / 2 * 98 / 100);
  BOOST_TEST(covered < kSleeps / 2);
}

BOOST_AUTO_TEST_CASE(one_stall_hardly_moves_it_and_there_is_a_bound) {
  sleeps(5000, milliseconds(10), microseconds(20));
  const Nanos before = lead.at(now);
  lead.woke(seconds(1));
  BOOST_TEST((lead.at(now) <= before + microseconds(5)));
  sleeps(5000, milliseconds(10), seconds(1));
  BOOST_TEST((lead.at(now) == WakeLead::kMax));
}

BOOST_AUTO_TEST_CASE(no_more_than_its_share_of_time_is_spent_awake) {
  // 20,000 deadlines a second, now and then much too late: the estimate asks for more than it gets.
  Nanos awake{};
  const MonoTime start = now;
  for (int k = 0; k < 20'000; ++k) {
    awake += sleeps(1, microseconds(50), k % 10 == 0 ? microseconds(200) : microseconds(2));
  }
  BOOST_TEST((awake <= (now - start) / WakeLead::kSpinDivisor + milliseconds(1)));
  BOOST_TEST((awake > Nanos(0)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::net
