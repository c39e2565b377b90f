// SPDX-License-Identifier: MIT
//
// Schedule arithmetic against exact references: every law, 0.1/s to 10^7/s and beyond, up to
// request 10^12 and 30 days.

#include "macaw/replay/schedule/rate_profile.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <ostream>

#include "macaw/base/random.h"
#include "reference.h"

namespace macaw::replay::test {

static std::ostream& operator<<(std::ostream& out, const Law& law) {
  return out << law.name;
}

struct SineCase {
  Rate min;
  Rate max;
  Nanos period;
};

static std::ostream& operator<<(std::ostream& out, const SineCase& c) {
  return out << c.min.events << ".." << c.max.events << " " << c.period.count() << "ns";
}

namespace {

namespace data = boost::unit_test::data;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Nanos kNever = Nanos::max();
constexpr int64_t kTimeMax = int64_t{1} << 62;
constexpr Rate kPause{.events = 0};
constexpr Rate kTenth{.events = 1, .per = seconds(10)};

std::vector<Law> laws() {
  std::vector<Law> all;
  const std::vector<std::pair<std::string, Rate>> rates = {
      {"0.1", kTenth},
      {"1", per_second(1)},
      {"3", per_second(3)},
      {"7", per_second(7)},
      {"100", per_second(100)},
      {"2500/m", {.events = 2500, .per = minutes(1)}},
      {"1/h", {.events = 1, .per = hours(1)}},
      {"33.333333", {.events = 33'333'333, .per = seconds(1'000'000)}},
      {"999,983", per_second(999'983)},
      {"10^7", per_second(10'000'000)},
  };
  for (const auto& [name, rate] : rates) {
    all.push_back(constant_law(name, rate));
    all.push_back(slow_start_law(name, rate, seconds(240)));
    all.push_back(ramp_law(name + " to 7/h", rate, {.events = 7, .per = hours(1)}, hours(24)));
    all.push_back(ramp_law("13 to " + name, per_second(13), rate, Nanos(86'399'999'999'999)));
    all.push_back(infinite_ramp_law(name, rate, seconds(60), per_second(10)));
    all.push_back(steps_law("with " + name, {{per_second(3), seconds(10)},
                                             {kPause, milliseconds(333)},
                                             {rate, Nanos(7'777'777'777)},
                                             {kTenth, minutes(90)},
                                             {rate, seconds(1)}}));
  }
  all.push_back(infinite_ramp_law("slow", per_second(100), hours(1), kTenth));
  all.push_back(ramp_law("over 1 ns", per_second(1), per_second(1'000'000'000), Nanos(1)));
  all.push_back(ramp_law("over 30 days", per_second(1), per_second(771'000), hours(720)));
  return all;
}

/// Powers of ten and random counts, whole and with a fraction.
std::vector<RequestCount> counts(uint64_t seed) {
  std::vector<RequestCount> all = {{0, 0}, {0, 1}, {0, UINT64_MAX}, {1, 1}};
  for (uint64_t power = 1; power <= 1'000'000'000'000; power *= 10) {
    all.push_back({power, 0});
    all.push_back({power - 1, 0});
    all.push_back({power, UINT64_MAX});
  }
  Random random(seed);
  for (int k = 0; k < 60; ++k) {
    const uint64_t whole = random.below(uint64_t{1} << (1 + random.below(40)));
    all.push_back({whole, 0});
    all.push_back({whole, random.next()});
  }
  return all;
}

std::vector<SineCase> sines() {
  return {
      {per_second(1), per_second(100), seconds(60)},
      {per_second(10), per_second(10), seconds(60)},
      {kTenth, per_second(10'000'000), hours(24)},
      {per_second(3), per_second(7), Nanos(9'999'999'999)},
      {per_second(1), per_second(999'983), hours(720)},
      {{.events = 1, .per = hours(1)}, per_second(1'000'000'000), seconds(1)},
      {per_second(1'000), per_second(2'000), Nanos(1)},
      {per_second(1'000), per_second(2'000), Nanos(3)},
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rate_profile_test)

// The answer must be the floor of the exact value, not just near it.
BOOST_DATA_TEST_CASE(inverse_is_the_exact_value_rounded_down, data::make(laws()), law) {
  for (const RequestCount x : counts(/*seed=*/1)) {
    const Nanos t = law.profile.inverse(x);
    BOOST_TEST_CONTEXT("x=" << x.whole << "+" << x.fraction << "/2^64 t=" << t.count()) {
      if (t == kNever) {
        BOOST_TEST((reference_count(law.segments, kTimeMax) <= exact(x)));
        continue;
      }
      BOOST_TEST(t.count() >= 0);
      BOOST_TEST((reference_count(law.segments, t.count()) <= exact(x)));
      // A flat piece: L(t) is x, the earliest t at which it is.
      if (reference_count(law.segments, t.count()) == exact(x)) {
        BOOST_TEST((t.count() == 0 || reference_count(law.segments, t.count() - 1) < exact(x)));
      } else {
        BOOST_TEST((reference_count(law.segments, t.count() + 1) > exact(x)));
      }
    }
  }
}

BOOST_DATA_TEST_CASE(cumulative_is_the_exact_value, data::make(laws()), law) {
  Random random(/*seed=*/2);
  for (int k = 0; k < 60; ++k) {
    const auto t_ns = static_cast<int64_t>(random.below(uint64_t{1} << (1 + random.below(51))));
    const Rational error =
        exact(law.profile.cumulative(Nanos(t_ns))) - reference_count(law.segments, t_ns);
    BOOST_TEST((abs(error) <= Rational(1, Integer(1) << 64)), "t=" << t_ns);
  }
}

BOOST_DATA_TEST_CASE(inverse_never_goes_backwards, data::make(laws()), law) {
  Nanos before{};
  for (uint64_t i = 0; i < 3'000; ++i) {
    const Nanos t = law.profile.inverse({i, 0});
    BOOST_REQUIRE(t >= before);
    before = t;
  }
}

BOOST_DATA_TEST_CASE(sine_is_within_a_nanosecond, data::make(sines()), c) {
  const RateProfile profile = RateProfile::sine(c.min, c.max, c.period);
  const auto reference = [&c](int64_t t_ns) {
    return reference_sine(c.min, c.max, c.period, t_ns);
  };
  for (const RequestCount x : counts(/*seed=*/3)) {
    const Nanos t = profile.inverse(x);
    if (t == kNever) {
      BOOST_TEST((reference(kTimeMax - 2 * c.period.count()) <= Decimal(exact(x))));
      continue;
    }
    const Decimal wanted(exact(x));
    BOOST_TEST_CONTEXT("x=" << x.whole << "+" << x.fraction << "/2^64 t=" << t.count()) {
      // Rounded down like the others; 10^-20 of a request stands for a tie.
      BOOST_TEST((reference(t.count()) <= wanted + Decimal("1e-20")));
      BOOST_TEST((reference(t.count() + 1) > wanted - Decimal("1e-20")));
    }
  }
  // Around the trough, where the rate is lowest and errors of L would show most.
  const int64_t trough_ns = c.period.count() / 4 * 3;
  for (int64_t t_ns = trough_ns; t_ns < trough_ns + 1000; t_ns += 97) {
    const Decimal error = Decimal(exact(profile.cumulative(Nanos(t_ns)))) - reference(t_ns);
    BOOST_TEST((abs(error) <= Decimal("6e-20")));
  }
}

BOOST_AUTO_TEST_CASE(whole_periods_of_a_sine_are_exact) {
  const RateProfile profile = RateProfile::sine(per_second(10), per_second(30), seconds(60));
  for (uint64_t n = 0; n < 50'000; n += 617) {
    const auto begin = Nanos(seconds(60)) * static_cast<int64_t>(n);
    BOOST_TEST((profile.cumulative(begin) == RequestCount{1200 * n, 0}));
    BOOST_TEST(profile.inverse({1200 * n, 0}).count() == begin.count());
  }
}

BOOST_AUTO_TEST_CASE(sine_has_its_shape) {
  const RateProfile profile = RateProfile::sine(per_second(10), per_second(30), seconds(60));
  BOOST_TEST(profile.rate_at(seconds(0)) == 20.0, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(profile.rate_at(seconds(15)) == 30.0, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(profile.rate_at(seconds(45)) == 10.0, boost::test_tools::tolerance(1e-9));
  // The first half period holds 20 * 30 + 10 * 60 / pi requests.
  BOOST_TEST(profile.mean_rate(seconds(0), seconds(30)) == 20.0 + 20.0 / 3.14159265358979,
             boost::test_tools::tolerance(1e-12));
  Nanos before{};
  for (uint64_t i = 0; i < 10'000; ++i) {
    const Nanos t = profile.inverse({i, 0});
    BOOST_REQUIRE(t >= before);
    before = t;
  }
}

BOOST_AUTO_TEST_CASE(constant_begins_at_zero_and_does_not_drift) {
  const RateProfile profile = RateProfile::constant(per_second(3));
  BOOST_TEST(profile.inverse({0, 0}).count() == 0);
  BOOST_TEST(profile.inverse({1, 0}).count() == 333'333'333);
  BOOST_TEST(profile.inverse({2, 0}).count() == 666'666'666);
  BOOST_TEST(profile.inverse({3, 0}).count() == 1'000'000'000);
  BOOST_TEST(profile.inverse({3'000'000'001, 0}).count() == 1'000'000'000'333'333'333);
  // 10^7/s for 30 days
  const RateProfile fast = RateProfile::constant(per_second(10'000'000));
  BOOST_TEST(fast.inverse({25'920'000'000'000, 0}).count() == Nanos(hours(720)).count());
}

BOOST_AUTO_TEST_CASE(slow_start_holds_what_the_closed_form_says) {
  // N(T) = r0 T + a T^2 / 2 = 240 + 99 * 120
  const RateProfile profile = RateProfile::slow_start(per_second(100));
  BOOST_TEST((profile.cumulative(seconds(240)) == RequestCount{12'120, 0}));
  BOOST_TEST(profile.inverse({12'120, 0}).count() == Nanos(seconds(240)).count());
  BOOST_TEST(profile.inverse({12'220, 0}).count() == Nanos(seconds(241)).count());
  // r(t) = 1 + 99 t / 240, so 50.5/s half way, after 120 + 99 * 30 requests.
  BOOST_TEST(profile.rate_at(seconds(120)) == 50.5, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(profile.inverse({3'090, 0}).count() == Nanos(seconds(120)).count());
  BOOST_TEST(profile.rate_at(seconds(1000)) == 100.0, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(profile.mean_rate(seconds(0), seconds(240)) == 50.5,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(infinite_ramp_holds_what_the_closed_form_says) {
  // After the warm-up of 60 s: r(t) = 100 + (12/60) (t - 60), N = 3,030 + 100 s + 0.1 s^2.
  const RateProfile profile =
      RateProfile::infinite_ramp(per_second(100), seconds(60), per_second(12));
  BOOST_TEST((profile.cumulative(seconds(60)) == RequestCount{3'030, 0}));
  BOOST_TEST((profile.cumulative(seconds(160)) == RequestCount{3'030 + 10'000 + 1'000, 0}));
  BOOST_TEST(profile.inverse({14'030, 0}).count() == Nanos(seconds(160)).count());
  BOOST_TEST(profile.rate_at(seconds(120)) == 112.0, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(joints_are_exact) {
  const RateProfile profile = RateProfile::steps({{per_second(100), seconds(10)},
                                                  {kPause, seconds(5)},
                                                  {per_second(7), seconds(10)},
                                                  {per_second(100), seconds(1)}});
  BOOST_TEST(profile.inverse({999, 0}).count() == 9'990'000'000);
  // The earliest time at which 1,000 are reached is the begin of the pause.
  BOOST_TEST(profile.inverse({1'000, 0}).count() == 10'000'000'000);
  BOOST_TEST(profile.inverse({1'000, 1}).count() == 15'000'000'000);
  BOOST_TEST(profile.inverse({1'001, 0}).count() == 15'142'857'142);
  BOOST_TEST(profile.inverse({1'070, 0}).count() == 25'000'000'000);
  BOOST_TEST(profile.inverse({1'071, 0}).count() == 25'010'000'000);
  BOOST_TEST(profile.inverse({2'070, 0}).count() == 35'000'000'000);
  BOOST_TEST(profile.rate_at(seconds(12)) == 0.0);
  BOOST_TEST(profile.mean_rate(seconds(5), seconds(15)) == 50.0,
             boost::test_tools::tolerance(1e-12));
}

// Thirds of requests: the sum of many joints is whole again, to the nanosecond.
BOOST_AUTO_TEST_CASE(many_joints_do_not_drift) {
  std::vector<RateProfile::Step> steps;
  for (int k = 0; k < 9'999; ++k) {
    steps.push_back({{.events = 1, .per = seconds(3)}, seconds(1)});
    steps.push_back({{.events = 1, .per = seconds(7)}, seconds(1)});
  }
  const RateProfile profile = RateProfile::steps(steps);
  // 21 pairs hold 7 + 3 requests.
  for (uint64_t n = 1; n < 9'999 / 21; ++n) {
    BOOST_TEST(profile.inverse({10 * n, 0}).count() ==
               Nanos(seconds(42)).count() * static_cast<int64_t>(n));
  }
}

BOOST_AUTO_TEST_CASE(a_pause_without_end_bounds_the_count) {
  const RateProfile profile =
      RateProfile::steps({{per_second(100), seconds(10)}, {kPause, seconds(1)}});
  BOOST_TEST(profile.inverse({1'000, 0}).count() == 10'000'000'000);
  BOOST_TEST((profile.inverse({1'000, 1}) == kNever));
  BOOST_TEST((profile.inverse({UINT64_MAX, UINT64_MAX}) == kNever));
  BOOST_TEST((profile.cumulative(hours(1000)) == RequestCount{1'000, 0}));
  const RateProfile never = RateProfile::steps({{kPause, seconds(1)}});
  BOOST_TEST(never.inverse({0, 0}).count() == 0);
  BOOST_TEST((never.inverse({0, 1}) == kNever));
}

BOOST_AUTO_TEST_CASE(a_pause_at_the_beginning) {
  const RateProfile profile =
      RateProfile::steps({{kPause, seconds(5)}, {per_second(10), seconds(1)}});
  BOOST_TEST(profile.inverse({0, 0}).count() == 0);
  BOOST_TEST(profile.inverse({0, 1}).count() == 5'000'000'000);
  BOOST_TEST(profile.inverse({1, 0}).count() == 5'100'000'000);
}

BOOST_AUTO_TEST_CASE(beyond_all_time_is_never) {
  const RateProfile slow = RateProfile::constant({.events = 1, .per = hours(24 * 366)});
  BOOST_TEST((slow.inverse({1'000, 0}) == kNever));
  BOOST_TEST((slow.inverse({UINT64_MAX, UINT64_MAX}) == kNever));
  const RateProfile fast = RateProfile::ramp(per_second(1), per_second(1'000'000'000), seconds(1));
  BOOST_TEST((fast.inverse({UINT64_MAX, 0}) == kNever));
  // Time ends at 2^62 ns; the ramp costs half a second of the full rate.
  BOOST_TEST(fast.cumulative(kNever).whole == (uint64_t{1} << 62) - 500'000'000);
  BOOST_TEST((fast.cumulative(Nanos(-1)) == RequestCount{}));
  const RateProfile wave = RateProfile::sine(per_second(1), per_second(2), seconds(1));
  BOOST_TEST((wave.inverse({UINT64_MAX, 0}) == kNever));
}

BOOST_AUTO_TEST_CASE(profiles_describe_themselves) {
  BOOST_TEST(RateProfile::constant(per_second(100)).describe() == "constant 100/s");
  BOOST_TEST(RateProfile::constant(kTenth).describe() == "constant 0.1/s");
  BOOST_TEST(RateProfile::ramp(per_second(1), per_second(100), seconds(30)).describe() ==
             "ramp 1/s to 100/s over 30 s");
  BOOST_TEST(RateProfile::slow_start(per_second(100), seconds(30)).describe() ==
             "slow start 1/s to 100/s over 30 s");
  BOOST_TEST(RateProfile::steps({{per_second(5), seconds(10)}, {kPause, seconds(1)}}).describe() ==
             "steps 5/s for 10 s, 0/s");
  BOOST_TEST(RateProfile::sine(per_second(1), per_second(9), seconds(30)).describe() ==
             "sine 1/s to 9/s, period 30 s");
  BOOST_TEST(RateProfile::infinite_ramp(per_second(9), seconds(30), per_second(2)).describe() ==
             "infinite ramp 1/s to 9/s over 30 s, then 2/s more every minute");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay::test
