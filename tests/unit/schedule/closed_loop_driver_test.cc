// SPDX-License-Identifier: MIT
//
// The closed loop in virtual time: who is due when, for every law of thinking; pauses; users that
// come and go; records of one's own.

#include "macaw/replay/schedule/closed_loop_driver.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <vector>

namespace macaw::replay::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanos kNotDue = Nanos::max();

ClosedLoop loop_of(const std::string& users, const std::string& think = "0") {
  return {.users = std::move(parse_user_plan(users, {})).value(),
          .think = parse_think_time(think).value()};
}

struct Taken {
  Nanos at{};
  uint32_t sender = 0;
};

/// Plays until `end`; every answer takes `service`. A worker that is never late.
std::vector<Taken> play(ClosedLoopDriver& driver, Nanos service, Nanos end) {
  std::vector<Taken> taken;
  std::multimap<Nanos, uint32_t> in_flight;
  while (true) {
    const Due due = driver.next({}, Nanos(0));
    const Nanos answer = in_flight.empty() ? kNotDue : in_flight.begin()->first;
    if (std::min(due.intended, answer) >= end) {
      return taken;
    }
    if (answer <= due.intended) {
      driver.completed(in_flight.begin()->second, answer);
      in_flight.erase(in_flight.begin());
      continue;
    }
    BOOST_REQUIRE(driver.taken({}, due.intended) == due.sender);
    taken.push_back({due.intended, due.sender});
    in_flight.emplace(due.intended + service, due.sender);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(closed_loop_driver_test)

BOOST_AUTO_TEST_CASE(think_time_counts_from_the_end) {
  const auto clock = std::make_unique<RunClock>();
  const ClosedLoop loop = loop_of("3", "1s");
  ClosedLoopDriver driver(loop, 1, *clock, 0, 1);
  const auto taken = play(driver, milliseconds(250), seconds(5));
  // Each user: 0, 1.25, 2.5, 3.75.
  BOOST_REQUIRE(taken.size() == 12U);
  for (size_t k = 0; k < taken.size(); ++k) {
    BOOST_TEST(taken[k].sender == k % 3);
    BOOST_TEST((taken[k].at == milliseconds(1250) * static_cast<int64_t>(k / 3)));
  }
}

BOOST_AUTO_TEST_CASE(pacing_counts_from_the_start_unless_the_answer_takes_longer) {
  const auto clock = std::make_unique<RunClock>();
  ClosedLoop loop = loop_of("1");
  loop.pacing = seconds(1);
  ClosedLoopDriver quick(loop, 1, *clock, 0, 1);
  const auto paced = play(quick, milliseconds(400), seconds(4));
  BOOST_REQUIRE(paced.size() == 4U);
  BOOST_TEST((paced.back().at == seconds(3)));
  ClosedLoopDriver slow(loop, 1, *clock, 0, 1);
  const auto late = play(slow, milliseconds(1500), milliseconds(3001));
  BOOST_REQUIRE(late.size() == 3U);
  BOOST_TEST((late.back().at == seconds(3)));
}

BOOST_AUTO_TEST_CASE(workers_share_the_users) {
  const auto clock = std::make_unique<RunClock>();
  const ClosedLoop loop = loop_of("1..10:9s", "1s");
  std::vector<Taken> first;
  for (uint32_t worker = 0; worker < 3; ++worker) {
    ClosedLoopDriver driver(loop, 1, *clock, worker, 3);
    auto taken = play(driver, Nanos(0), seconds(9));
    for (Taken& one : taken) {
      one.sender = worker + one.sender * 3;
    }
    std::map<uint32_t, Nanos> starts;
    for (const Taken& one : taken) {
      starts.emplace(one.sender, one.at);
    }
    first.insert(first.end(), taken.begin(), taken.end());
    for (const auto& [user, start] : starts) {
      BOOST_TEST((start == loop.users.active_from(user, Nanos(0))));
    }
  }
  // One user from the start and nine more, the last of which starts at 8 s: 9 + 9 + 8 + ... + 1.
  BOOST_TEST(first.size() == 54U);
}

BOOST_AUTO_TEST_CASE(think_times_are_a_function_of_the_seed) {
  const auto clock = std::make_unique<RunClock>();
  const ClosedLoop loop = loop_of("5", "900ms..1100ms");
  const auto times = [&](uint64_t seed, Nanos service) {
    ClosedLoopDriver driver(loop, seed, *clock, 0, 1);
    std::map<uint32_t, std::vector<Nanos>> of;
    for (const Taken& one : play(driver, service, seconds(100))) {
      of[one.sender].push_back(one.at);
    }
    return of;
  };
  const auto once = times(1, Nanos(0));
  BOOST_TEST((once == times(1, Nanos(0))));
  BOOST_TEST((once != times(2, Nanos(0))));
  double sum = 0;
  size_t gaps = 0;
  for (const auto& [user, at] : once) {
    for (size_t k = 1; k < at.size(); ++k, ++gaps) {
      const Nanos gap = at[k] - at[k - 1];
      BOOST_REQUIRE((gap >= milliseconds(900) && gap <= milliseconds(1100)));
      sum += to_seconds(gap);
    }
  }
  // The standard error of the mean of 495 uniform values of width 0.2 is 0.0026.
  BOOST_TEST(std::abs(sum / static_cast<double>(gaps) - 1) < 0.013);
  // A slower server does not change the draws, only where they begin.
  const auto slower = times(1, milliseconds(500));
  BOOST_TEST((slower.at(3)[1] - milliseconds(500) == once.at(3)[1]));
}

BOOST_AUTO_TEST_CASE(exponential_think_times_have_their_mean) {
  const ThinkTime think = parse_think_time("exponential:1s").value();
  double sum = 0;
  double squares = 0;
  constexpr int kDraws = 20'000;
  for (int k = 0; k < kDraws; ++k) {
    const double value = to_seconds(think.draw(9, 4, static_cast<uint64_t>(k)));
    sum += value;
    squares += value * value;
  }
  // Five standard errors: 5 / sqrt(20000), and of the second moment 5 sqrt(20) / sqrt(20000).
  BOOST_TEST(std::abs(sum / kDraws - 1) < 0.036);
  BOOST_TEST(std::abs(squares / kDraws - 2) < 0.16);
  BOOST_TEST((think.mean() == seconds(1)));
}

BOOST_AUTO_TEST_CASE(nobody_is_due_in_a_pause) {
  const auto clock = std::make_unique<RunClock>();
  const ClosedLoop loop = loop_of("2", "1s");
  ClosedLoopDriver driver(loop, 1, *clock, 0, 1);
  driver.taken({}, Nanos(0));
  driver.taken({}, Nanos(0));
  BOOST_REQUIRE(clock->append(milliseconds(500), Speed{0, 1}));
  driver.completed(0, Nanos(0));
  driver.completed(1, milliseconds(100));
  BOOST_TEST((driver.next({}, Nanos(0)).intended == kNotDue));
  BOOST_REQUIRE(clock->append(seconds(3), Speed{}));
  BOOST_TEST((driver.next({}, Nanos(0)) == Due{seconds(3), 0}));
  driver.taken({}, seconds(3));
  BOOST_TEST((driver.next({}, Nanos(0)) == Due{seconds(3), 1}));
  driver.taken({}, seconds(3));
  driver.completed(1, seconds(4));
  BOOST_TEST((driver.next({}, Nanos(0)) == Due{seconds(5), 1}));
}

BOOST_AUTO_TEST_CASE(users_leave_and_come_back) {
  const auto clock = std::make_unique<RunClock>();
  const ClosedLoop loop = loop_of("2x2s,1x2s,2x1s,0", "1s");
  ClosedLoopDriver driver(loop, 1, *clock, 0, 1);
  std::map<uint32_t, std::vector<int64_t>> seconds_of;
  for (const Taken& one : play(driver, Nanos(0), seconds(60))) {
    seconds_of[one.sender].push_back(one.at / seconds(1));
  }
  BOOST_TEST((seconds_of.at(0) == std::vector<int64_t>{0, 1, 2, 3, 4}));
  BOOST_TEST((seconds_of.at(1) == std::vector<int64_t>{0, 1, 4}));
  BOOST_TEST((driver.next({}, Nanos(0)).intended == kNotDue));
}

BOOST_AUTO_TEST_CASE(with_records_of_ones_own_nobody_is_due_without_one) {
  const auto clock = std::make_unique<RunClock>();
  ClosedLoop loop = loop_of("3", "1s");
  loop.per_user = true;
  ClosedLoopDriver driver(loop, 1, *clock, 0, 1);
  BOOST_TEST((driver.next({}, Nanos(0)).intended == kNotDue));
  driver.offered(2, Nanos(0));
  driver.offered(2, Nanos(0));
  driver.offered(0, milliseconds(300));
  BOOST_TEST((driver.next({}, Nanos(0)) == Due{Nanos(0), 2}));
  driver.taken({}, Nanos(0));
  BOOST_TEST((driver.next({}, Nanos(0)) == Due{milliseconds(300), 0}));  // when it was there
  driver.taken({}, milliseconds(300));
  driver.completed(2, milliseconds(400));
  BOOST_TEST((driver.next({}, Nanos(0)) == Due{milliseconds(1400), 2}));
  driver.completed(0, milliseconds(500));
  driver.taken({}, milliseconds(1400));
  driver.offered(0, milliseconds(1450));  // in time: it thinks until 1.5 s
  BOOST_TEST((driver.next({}, Nanos(0)) == Due{milliseconds(1500), 0}));
}

BOOST_AUTO_TEST_CASE(think_times_as_typed) {
  BOOST_TEST(parse_think_time("0")->describe() == "no think time");
  BOOST_TEST(parse_think_time("1s")->describe() == "think time 1 s");
  BOOST_TEST(parse_think_time("900ms..1.1s")->describe() == "think time 900 ms to 1.1 s");
  BOOST_TEST(parse_think_time("exponential:2s")->describe() ==
             "exponential think time of mean 2 s");
  BOOST_TEST((parse_think_time("900ms..1.1s")->mean() == seconds(1)));
  BOOST_TEST(parse_think_time("2s..1s").error().message() ==
             "found '2s..1s', expected the shorter span first");
  BOOST_TEST(parse_think_time("soon").error().message().starts_with(
      "found 'soon', expected SPAN, MIN..MAX or exponential:MEAN: "));
  ClosedLoop paced = loop_of("50");
  paced.pacing = seconds(1);
  BOOST_TEST(paced.describe() == "50 users, a request every 1 s");
  BOOST_TEST(loop_of("50", "1s").describe() == "50 users, think time 1 s");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay::test
