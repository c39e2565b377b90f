// SPDX-License-Identifier: MIT
//
// Steering in virtual time: rates come out as asked for, what is due before a change keeps its time
// to the nanosecond, a pause of S moves everything behind it by exactly S, and any number of
// workers that look at the clock at any moments agree on every request.

#include "macaw/replay/schedule/run_steering.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include "macaw/base/random.h"
#include "macaw/replay/schedule/arrivals.h"
#include "macaw/replay/schedule/driver.h"
#include "reference.h"

namespace macaw::replay::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A clock and what steers it.
struct SteeredRun {
  explicit SteeredRun(RateProfile of, Speed speed = {})
      : clock(std::make_unique<RunClock>(speed)),
        steering(*clock, speed, of, ""),
        profile(std::move(of)) {}

  std::unique_ptr<RunClock> clock;
  RunSteering steering;
  RateProfile profile;
};

Steered made(const Result<Steered>& result) {
  BOOST_REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message()));
  return *result;
}

std::string refusal(const Result<Steered>& result) {
  BOOST_REQUIRE(!result.ok());
  return result.error().message();
}

/// When each of `count` requests is due now; Nanos::max() where a pause holds it.
std::vector<int64_t> due_times(const SteeredRun& run, size_t count,
                               ArrivalProcess process = ArrivalProcess::kConstant) {
  Arrivals arrivals(run.profile, process, /*seed=*/5);
  std::vector<int64_t> times;
  while (times.size() < count) {
    times.push_back(run.clock->intended(arrivals.next()).count());
  }
  return times;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(run_steering_test)

BOOST_AUTO_TEST_CASE(ratios_become_small_fractions) {
  BOOST_TEST((speed_of(2.0) == Speed{2, 1}));
  BOOST_TEST((speed_of(0.1) == Speed{1, 10}));
  BOOST_TEST((speed_of(700.0 / 300.0) == Speed{7, 3}));
  BOOST_TEST((speed_of(1.0) == Speed{1, 1}));
  BOOST_TEST((speed_of(123.45 / 100.0) == Speed{2469, 2000}));
  Random random(/*seed=*/3);
  for (int k = 0; k < 10'000; ++k) {
    const double ratio = std::exp2(static_cast<double>(random.below(40'000)) / 1000.0 - 20.0);
    const Speed speed = speed_of(ratio);
    BOOST_REQUIRE(std::abs(1.0 * speed.nominal / speed.run / ratio - 1) < 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(a_constant_profile_gets_the_rate_that_was_asked_for) {
  SteeredRun run(RateProfile::constant(per_second(100)));
  const Steered change = made(run.steering.set_rate(200, seconds(10)));
  BOOST_TEST(change.changed);
  BOOST_TEST((change.from == seconds(10) + RunSteering::kAhead));
  BOOST_TEST(change.rps_before == 100.0);
  BOOST_TEST(change.rps_after == 200.0);
  BOOST_TEST(*run.steering.rps(seconds(11)) == 200.0);
  const std::vector<int64_t> due = due_times(run, 3000);
  // 1,005 requests are due before 10.05 s; then one every 5 ms.
  for (size_t i = 0; i < due.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    BOOST_REQUIRE(due[i] ==
                  (i < 1005 ? at * 10'000'000 : 10'050'000'000 + (at - 1005) * 5'000'000));
  }
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_ramp_is_scaled) {
  SteeredRun run(RateProfile::ramp(per_second(100), per_second(300), seconds(20)));
  made(run.steering.set_rate(400, seconds(10) - RunSteering::kAhead));
  // 200/s at 10 s, so twice as fast from there: 600/s at the ramp's end, 5 s later.
  BOOST_TEST(std::abs(*run.steering.rps(seconds(10)) - 400) < 1e-6);
  BOOST_TEST(std::abs(*run.steering.rps(seconds(15)) - 600) < 1e-6);
  BOOST_TEST(std::abs(*run.steering.rps(seconds(100)) - 600) < 1e-6);
}

BOOST_AUTO_TEST_CASE(a_pause_moves_what_comes_later_by_its_length) {
  for (const ArrivalProcess process : {ArrivalProcess::kConstant, ArrivalProcess::kPoisson}) {
    SteeredRun run(RateProfile::sine(per_second(50), per_second(150), seconds(3)), {3, 2});
    const std::vector<int64_t> before = due_times(run, 4000, process);
    const Steered paused = made(run.steering.pause(seconds(7)));
    BOOST_TEST(run.steering.paused());
    for (size_t i = 0; const int64_t due : due_times(run, 4000, process)) {
      BOOST_REQUIRE(due == (before[i] < paused.from.count() ? before[i] : INT64_MAX));
      ++i;
    }
    const Steered resumed = made(run.steering.resume(Nanos(9'123'456'789)));
    const int64_t length = (resumed.from - paused.from).count();
    BOOST_TEST(length == 2'123'456'789);
    int64_t moved = 0;
    for (size_t i = 0; const int64_t due : due_times(run, 4000, process)) {
      BOOST_REQUIRE(due == (before[i] < paused.from.count() ? before[i] : before[i] + length));
      moved += due != before[i] ? 1 : 0;
      ++i;
    }
    BOOST_TEST(moved > 1000);
    BOOST_TEST(run.clock->paused_before(seconds(60)).count() == length);
    BOOST_TEST(run.clock->paused_before(paused.from + seconds(1)).count() == 1'000'000'000);
    BOOST_TEST((run.clock->running_from(seconds(8)) == resumed.from));
    BOOST_TEST((run.clock->running_from(seconds(20)) == seconds(20)));
  }
}

BOOST_AUTO_TEST_CASE(a_rate_that_is_set_in_a_pause_waits_for_its_end) {
  SteeredRun run(RateProfile::constant(per_second(100)));
  made(run.steering.pause(seconds(1)));
  const Steered change = made(run.steering.set_rate(50, seconds(2)));
  BOOST_TEST(change.changed);
  BOOST_TEST((run.clock->intended(seconds(5)) == Nanos::max()));
  BOOST_TEST(*run.steering.rps(seconds(2)) == 50.0);
  const Steered resumed = made(run.steering.resume(seconds(3)));
  BOOST_TEST(resumed.rps_after == 50.0);
  BOOST_TEST(run.clock->intended(milliseconds(1050 + 10)).count() == 3'070'000'000);
}

BOOST_AUTO_TEST_CASE(what_is_so_already_changes_nothing) {
  SteeredRun run(RateProfile::constant(per_second(100)));
  BOOST_TEST(!made(run.steering.resume(seconds(1))).changed);
  BOOST_TEST(!made(run.steering.set_rate(100, seconds(1))).changed);
  BOOST_TEST(made(run.steering.pause(seconds(1))).changed);
  BOOST_TEST(!made(run.steering.pause(seconds(2))).changed);
  BOOST_TEST(run.clock->pieces() == 2U);
}

BOOST_AUTO_TEST_CASE(refuses_what_makes_no_sense) {
  SteeredRun run(RateProfile::steps({{per_second(100), seconds(10)},
                                     {{.events = 0}, seconds(10)},
                                     {per_second(100), seconds(10)}}));
  for (const double rate : {0.0, -1.0, std::nan(""), 1e10, HUGE_VAL}) {
    BOOST_TEST(refusal(run.steering.set_rate(rate, seconds(1))).find("expected more than 0") !=
               std::string::npos);
  }
  BOOST_TEST(refusal(run.steering.set_rate(1e9, seconds(1))).find("too far") != std::string::npos);
  BOOST_TEST(refusal(run.steering.set_rate(50, seconds(15))).find("rests") != std::string::npos);
  BOOST_TEST(run.clock->pieces() == 1U);
  const auto clock = std::make_unique<RunClock>();
  RunSteering without(*clock, {}, std::nullopt, "there is no rate");
  BOOST_TEST(refusal(without.set_rate(50, seconds(15))) == "there is no rate");
  BOOST_TEST(!without.rps(seconds(1)).has_value());
  made(without.pause(seconds(1)));
  BOOST_TEST(made(without.resume(seconds(2))).changed);
}

BOOST_AUTO_TEST_CASE(says_when_the_changes_are_used_up) {
  SteeredRun run(RateProfile::constant(per_second(100)));
  int changes = 0;
  Result<Steered> last = run.steering.set_rate(50, seconds(1));
  while (last.ok() && changes < 5000) {
    ++changes;
    last = run.steering.set_rate(50 + changes % 2, milliseconds(1000 + changes));
  }
  BOOST_TEST(changes == 4095);
  BOOST_TEST(refusal(last).find("4,095") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(saturation_rests_in_a_pause) {
  const auto clock = std::make_unique<RunClock>();
  RunSteering steering(*clock, {}, std::nullopt, "max");
  SaturatingDriver driver(*clock);
  const Head head{.index = 1, .nominal = Nanos(0)};
  const Nanos from = made(steering.pause(seconds(1))).from;
  BOOST_TEST((driver.next(head, from - Nanos(1)) == Due{Nanos(0)}));
  BOOST_TEST((driver.next(head, from) == Due{Nanos::max()}));
  const Nanos to = made(steering.resume(seconds(3))).from;
  BOOST_TEST((driver.next(head, to - Nanos(1)) == Due{to}));
  BOOST_TEST((driver.next(head, to) == Due{Nanos(0)}));
  // Its duration is of the time in which it played.
  BOOST_TEST((clock->intended(seconds(10)) == seconds(12)));
}

// Workers take what is due whenever they happen to look, while the rate is changed at random: each
// request has the time that the clock gives it in the end, whoever took it and whenever.
BOOST_AUTO_TEST_CASE(workers_agree_whenever_they_look) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    SteeredRun run(RateProfile::ramp(per_second(200), per_second(2000), seconds(10)));

    struct Worker {
      Arrivals arrivals;
      OpenLoopDriver driver;
      Nanos looks_next{};
      Head head{};
      std::map<uint64_t, int64_t> taken;
    };

    std::vector<std::unique_ptr<Worker>> workers;
    for (int k = 0; k < 3; ++k) {
      workers.push_back(
          std::make_unique<Worker>(Worker{Arrivals(run.profile, ArrivalProcess::kPoisson, 5),
                                          OpenLoopDriver(*run.clock),
                                          {},
                                          {},
                                          {}}));
      workers.back()->head = {0, workers.back()->arrivals.next()};
    }
    for (Nanos now{}; now < seconds(8); now += milliseconds(1)) {
      if (random.below(100) == 0) {
        switch (random.below(3)) {
          case 0:
            made(run.steering.pause(now));
            break;
          case 1:
            made(run.steering.resume(now));
            break;
          default:
            made(run.steering.set_rate(100 + static_cast<double>(random.below(3000)), now));
        }
      }
      for (const auto& worker : workers) {
        // Some looks are late by far more than a change is ahead.
        if (now < worker->looks_next) {
          continue;
        }
        worker->looks_next = now + milliseconds(random.below(random.below(50) == 0 ? 500 : 10));
        while (worker->driver.next(worker->head, now).intended <= now) {
          worker->taken[worker->head.index] =
              worker->driver.next(worker->head, now).intended.count();
          worker->head = {worker->arrivals.index(), worker->arrivals.next()};
        }
      }
    }
    const std::vector<int64_t> due =
        due_times(run, workers[0]->taken.size() + 1000, ArrivalProcess::kPoisson);
    BOOST_TEST(run.clock->pieces() > 5U);
    for (const auto& worker : workers) {
      BOOST_REQUIRE(worker->taken.size() > 100U);
      for (const auto& [index, at] : worker->taken) {
        BOOST_REQUIRE(at == due.at(index));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay::test
