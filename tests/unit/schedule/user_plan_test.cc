// SPDX-License-Identifier: MIT
//
// How many users play when: the forms of --users, exact times of every start and stop, and three
// views of one plan (count, each user's times, mean) that must agree.

#include "macaw/replay/schedule/user_plan.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>

#include "reference.h"

namespace macaw::replay::test {
namespace {

namespace data = boost::unit_test::data;
using std::chrono::milliseconds;
using std::chrono::seconds;

UserPlan plan_of(const std::string& users, std::optional<Rate> spawn_rate = {}) {
  auto plan = parse_user_plan(users, spawn_rate);
  BOOST_REQUIRE_MESSAGE(plan.ok(), (plan.ok() ? "" : plan.error().message()));
  return std::move(plan).value();
}

std::string mistake(const std::string& users, std::optional<Rate> spawn_rate = {}) {
  const auto plan = parse_user_plan(users, spawn_rate);
  return plan.ok() ? "" : plan.error().message();
}

constexpr Nanos kNotAgain = Nanos::max();

}  // namespace

BOOST_AUTO_TEST_SUITE(user_plan_test)

BOOST_AUTO_TEST_CASE(all_at_once) {
  const UserPlan plan = plan_of("50");
  BOOST_TEST(plan.describe() == "50 users");
  BOOST_TEST(plan.users_max() == 50U);
  BOOST_TEST(plan.users_at(Nanos(0)) == 50U);
  BOOST_TEST((plan.active_from(49, Nanos(0)) == Nanos(0)));
  BOOST_TEST((plan.active_from(49, seconds(7)) == seconds(7)));
  BOOST_TEST((plan.active_from(50, Nanos(0)) == kNotAgain));
  BOOST_TEST((plan.ends_at() == kNotAgain));
  BOOST_TEST(plan.mean_users(seconds(1), seconds(2)) == 50);
  BOOST_TEST(plan_of("1").describe() == "1 user");
}

BOOST_AUTO_TEST_CASE(five_more_each_second) {
  const UserPlan plan = plan_of("50", per_second(5));
  BOOST_TEST(plan.describe() == "50 users, 5/s more");
  BOOST_TEST((plan.active_from(0, Nanos(0)) == Nanos(0)));
  BOOST_TEST((plan.active_from(1, Nanos(0)) == milliseconds(200)));
  BOOST_TEST((plan.active_from(49, Nanos(0)) == milliseconds(9800)));
  BOOST_TEST(plan.users_at(milliseconds(199)) == 1U);
  BOOST_TEST(plan.users_at(milliseconds(200)) == 2U);
  BOOST_TEST(plan.users_at(milliseconds(9800)) == 50U);
  BOOST_TEST(plan.users_at(seconds(3600)) == 50U);
  // User k plays 60 s - k / 5 of the first minute.
  BOOST_TEST(std::abs(plan.mean_users(Nanos(0), seconds(60)) - (50 * 60 - 245) / 60.0) < 1e-9);
}

BOOST_AUTO_TEST_CASE(a_ramp_down_to_nobody) {
  const UserPlan plan = plan_of("4..0:2s");
  BOOST_TEST(plan.describe() == "4 to 0 users over 2 s");
  BOOST_TEST(plan.users_at(Nanos(0)) == 3U);  // the last one stops first, at once
  BOOST_TEST((plan.active_from(3, Nanos(0)) == kNotAgain));
  BOOST_TEST((plan.active_from(2, milliseconds(499)) == milliseconds(499)));
  BOOST_TEST((plan.active_from(2, milliseconds(500)) == kNotAgain));
  BOOST_TEST((plan.ends_at() == milliseconds(1500)));
  BOOST_TEST(plan.users_at(milliseconds(1500)) == 0U);
}

BOOST_AUTO_TEST_CASE(stages_go_up_and_down) {
  const UserPlan plan = plan_of("2x10s,6x10s,1x5s,0", per_second(1));
  BOOST_TEST(plan.describe() == "2, 6, 1, 0 users, 1/s more");
  BOOST_TEST((plan.active_from(5, Nanos(0)) == seconds(13)));
  BOOST_TEST((plan.active_from(5, seconds(20)) == kNotAgain));
  BOOST_TEST((plan.active_from(1, seconds(24)) == kNotAgain));
  BOOST_TEST((plan.active_from(1, milliseconds(23'999)) == milliseconds(23'999)));
  BOOST_TEST((plan.ends_at() == seconds(25)));
}

BOOST_AUTO_TEST_CASE(a_stage_that_was_not_reached_is_gone_on_from) {
  // Ten more in ten seconds, but after three the other way.
  const UserPlan plan = plan_of("10x3s,0", per_second(1));
  BOOST_TEST(plan.users_at(milliseconds(2'999)) == 3U);
  BOOST_TEST((plan.active_from(3, Nanos(0)) == kNotAgain));
  BOOST_TEST((plan.ends_at() == seconds(5)));
  BOOST_TEST(plan.users_max() == 10U);
}

BOOST_DATA_TEST_CASE(the_views_agree,
                     data::make({"7", "1..9:10s", "9..2:7s", "3x2s,8x3s,1x2s,5",
                                 "5x1s,0x1s,5x1s,0"}) *
                         data::make({0, 1, 3}),
                     users, rate) {
  const std::string text = users;
  const bool has_rate = rate > 0 && text.find("..") == std::string::npos;
  const UserPlan plan = plan_of(
      text, has_rate ? std::optional(per_second(static_cast<uint64_t>(rate))) : std::nullopt);
  constexpr int64_t kStepNs = 7'000'000;
  double sum = 0;
  uint64_t steps = 0;
  for (Nanos t{}; t < seconds(15); t += Nanos(kStepNs), ++steps) {
    const uint32_t playing = plan.users_at(t);
    sum += playing;
    for (uint32_t user = 0; user < plan.users_max(); ++user) {
      const Nanos from = plan.active_from(user, t);
      BOOST_REQUIRE((from == t) == (user < playing));
      BOOST_REQUIRE((from == kNotAgain || plan.users_at(from) > user));
    }
    BOOST_REQUIRE((playing > 0 || plan.active_from(0, t) != t));
    BOOST_REQUIRE((t < plan.ends_at() || playing == 0));
  }
  const double mean = plan.mean_users(Nanos(0), Nanos(kStepNs) * steps);
  BOOST_TEST(std::abs(mean - sum / static_cast<double>(steps)) < 0.02);
}

BOOST_AUTO_TEST_CASE(a_plan_may_begin_with_nobody) {
  const UserPlan plan = plan_of("0x5s,10", per_second(1));
  BOOST_TEST(plan.users_at(Nanos(0)) == 0U);
  BOOST_TEST((plan.active_from(0, Nanos(0)) == seconds(5)));
  BOOST_TEST((plan.active_from(9, Nanos(0)) == seconds(14)));
  BOOST_TEST(plan.users_max() == 10U);
}

BOOST_AUTO_TEST_CASE(mistakes_are_told) {
  BOOST_TEST(mistake("") == "found '', expected N, FROM..TO:SPAN or NxSPAN,NxSPAN,...,N");
  BOOST_TEST(mistake("many") == "found 'many', expected N, FROM..TO:SPAN or NxSPAN,NxSPAN,...,N");
  BOOST_TEST(mistake("0") == "found '0', expected at least one user");
  BOOST_TEST(mistake("0..0:5s") == "found '0..0:5s', expected at least one user");
  BOOST_TEST(mistake("1..50") == "found '1..50', expected N, FROM..TO:SPAN or NxSPAN,NxSPAN,...,N");
  BOOST_TEST(mistake("1..50:0s") == "found '1..50:0s', expected a span above 0");
  BOOST_TEST(mistake("10,20") ==
             "found '10' in '10,20', expected NxSPAN (only the last may lack its span)");
  BOOST_TEST(mistake("10x5s,") ==
             "found '10x5s,', expected N, FROM..TO:SPAN or NxSPAN,NxSPAN,...,N");
  BOOST_TEST(mistake("70k") == "found 70,000 users, expected at most 65,000");
  BOOST_TEST(mistake("1..50:30s", per_second(5)) ==
             "found '1..50:30s' and --spawn-rate, expected one of them: both say how fast users "
             "come");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay::test
