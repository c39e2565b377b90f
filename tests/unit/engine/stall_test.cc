// SPDX-License-Identifier: MIT
//
// The closed forms of stalls, in virtual time: the real driver, run clock, arrivals, ready tracker,
// aggregates and verdict, around a simulated server and a simulated loop. This guards against
// coordinated omission for ever: a tool that waits for answers, or starts its clock when it sends,
// cannot pass.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <deque>
#include <vector>

#include "macaw/replay/schedule/arrivals.h"
#include "macaw/replay/schedule/driver.h"
#include "macaw/stats/aggregate.h"
#include "macaw/stats/verdict.h"
#include "replay/engine/ready_tracker.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::MonoTime;
using macaw::Nanos;
using macaw::stats::Aggregate;
using macaw::stats::Sample;

namespace {

struct Window {
  Nanos from{};
  Nanos to{};

  bool holds(Nanos at) const { return at >= from && at < to; }
};

struct World {
  uint64_t rate = 1000;
  uint64_t requests = 0;
  size_t connections = 1'000'000;
  Nanos service = 100us;
  Window server_stall{};
  Window generator_stall{};
};

struct InService {
  Sample sample;
  Nanos sent{};
  Nanos answered{};
};

/// Plays the world. The generator looks at what is due at each event (a due time, an answer), or
/// when its stall ends.
std::vector<Sample> play(const World& world) {
  const macaw::replay::RunClock clock;
  macaw::replay::OpenLoopDriver driver(clock);
  macaw::replay::Arrivals arrivals(
      macaw::replay::RateProfile::constant({.events = world.rate, .per = 1s}),
      macaw::replay::ArrivalProcess::kConstant, 1);
  macaw::replay::ReadyTracker tracker;
  std::deque<InService> busy;  // by time of answer: the service time is constant
  std::vector<Sample> samples;
  macaw::replay::Head head{.index = 0, .nominal = arrivals.next()};
  Nanos now{};
  bool blocked = false;
  while (samples.size() < world.requests) {
    // As the worker arms its timer: for the head's time, or, while the head finds no lane, for the
    // next look.
    Nanos next = Nanos::max();
    if (head.index < world.requests) {
      next = blocked ? now + macaw::replay::ReadyTracker::kBlockedLookPeriod
                     : driver.next(head, now).intended;
    }
    if (!busy.empty()) {
      next = std::min(next, busy.front().answered);
    }
    blocked = false;
    now = std::max(now, next);
    if (world.generator_stall.holds(now)) {
      now = world.generator_stall.to;
    }
    tracker.look(now);
    while (!busy.empty() && busy.front().answered <= now) {
      InService& done = busy.front();
      done.sample.done_ns = static_cast<uint64_t>((now - Nanos(done.sample.intended_ns)).count());
      samples.push_back(done.sample);
      busy.pop_front();
    }
    while (head.index < world.requests && driver.next(head, now).intended <= now) {
      if (busy.size() == world.connections) {
        tracker.blocked(now);
        blocked = true;
        break;
      }
      const Nanos intended = driver.next(head, now).intended;
      InService request;
      request.sent = now;
      request.sample.index = head.index & 0xffff'ffff'ffff;
      request.sample.intended_ns = intended.count();
      request.sample.ready_ns =
          static_cast<uint64_t>((tracker.ready(intended, now) - intended).count()) &
          0xffff'ffff'ffff;
      request.sample.sent_ns = static_cast<uint64_t>((now - intended).count()) & 0xffff'ffff'ffff;
      request.answered = now + world.service;
      if (request.answered > world.server_stall.from && now < world.server_stall.to) {
        request.answered = world.server_stall.to;  // the server drains at once
      }
      busy.push_back(request);
      head = {.index = head.index + 1, .nominal = arrivals.next()};
    }
  }
  return samples;
}

Aggregate sum(const std::vector<Sample>& samples) {
  Aggregate total;
  for (const Sample& sample : samples) {
    total.add(sample);
  }
  return total;
}

macaw::stats::VerdictKind verdict(const Aggregate& total) {
  return macaw::stats::judge({.total = &total}).kind;
}

double response_ms(const Aggregate& total, double q) {
  return total.response.quantile(q).millis();
}

double service_ms(const Aggregate& total, double q) {
  return total.service.quantile(q).millis();
}

const auto kTolerance = boost::test_tools::tolerance(0.02);

}  // namespace

BOOST_AUTO_TEST_SUITE(stall_test)

BOOST_AUTO_TEST_CASE(a_frozen_server_gives_response_times_that_fall_linearly) {
  const auto samples = play({.requests = 1000, .server_stall = {500ms, 600ms}});
  uint64_t slow = 0;
  for (const Sample& sample : samples) {
    const Nanos intended(sample.intended_ns);
    if (intended >= 500ms && intended < 599ms) {
      ++slow;
      const Nanos expected = 600ms - intended;
      BOOST_TEST(static_cast<int64_t>(sample.response_ns()) == expected.count());
      BOOST_TEST(sample.lag_ns() == 0U);
    }
  }
  BOOST_TEST(slow == 99U);
  BOOST_TEST((verdict(sum(samples)) == macaw::stats::VerdictKind::kValid));
}

BOOST_AUTO_TEST_CASE(quantiles_of_a_server_stall_have_their_closed_form) {
  // Stopped for S = 1 s of D = 30 s: the quantile q is S (1 - (1 - q) / f) with f = S / D.
  const Aggregate total = sum(play({.requests = 30'000, .server_stall = {10s, 11s}}));
  BOOST_TEST(response_ms(total, 0.97) == 100.0, kTolerance);
  BOOST_TEST(response_ms(total, 0.99) == 700.0, kTolerance);
  BOOST_TEST(response_ms(total, 0.999) == 970.0, kTolerance);
  BOOST_TEST(response_ms(total, 0.5) == 0.1, kTolerance);
  BOOST_TEST((verdict(total) == macaw::stats::VerdictKind::kValid));
}

BOOST_AUTO_TEST_CASE(with_few_connections_only_the_service_clock_is_fooled) {
  World world{.requests = 30'000, .connections = 10, .server_stall = {10s, 11s}};
  const Aggregate capped = sum(play(world));
  // Ten requests were in service when the server froze; the rest waited for a connection.
  BOOST_TEST(service_ms(capped, 0.99) == 0.1, kTolerance);
  BOOST_TEST(response_ms(capped, 0.99) == 700.0, kTolerance);
  BOOST_TEST((verdict(capped) == macaw::stats::VerdictKind::kValid));
  world.connections = 1'000'000;
  const Aggregate uncapped = sum(play(world));
  BOOST_TEST(service_ms(uncapped, 0.99) == 700.0, kTolerance);
}

BOOST_AUTO_TEST_CASE(a_frozen_generator_gives_the_same_response_times_and_is_blamed) {
  const Aggregate total = sum(play({.requests = 30'000, .generator_stall = {10s, 11s}}));
  BOOST_TEST(response_ms(total, 0.97) == 100.0, kTolerance);
  BOOST_TEST(response_ms(total, 0.99) == 700.0, kTolerance);
  BOOST_TEST(response_ms(total, 0.999) == 970.0, kTolerance);
  // What was in flight at that moment is one request; the service clock sees next to nothing.
  BOOST_TEST(service_ms(total, 0.999) == 0.1, kTolerance);
  BOOST_TEST((verdict(total) == macaw::stats::VerdictKind::kInvalid));
}

BOOST_AUTO_TEST_CASE(a_generator_stall_within_a_server_stall_is_told_apart) {
  // The server froze for a second; the generator for half of it. Requests of the first half were
  // late through the server alone.
  const auto samples = play({.requests = 30'000,
                             .connections = 10,
                             .server_stall = {10s, 11s},
                             .generator_stall = {10'500ms, 11s}});
  for (const Sample& sample : samples) {
    const Nanos intended(sample.intended_ns);
    if (intended > 10'100ms && intended < 10'490ms) {
      BOOST_TEST(sample.lag_ns() <= 1'000'000U);
    }
    if (intended > 10'515ms && intended < 11s) {
      BOOST_TEST(static_cast<int64_t>(sample.lag_ns()) == (11s - intended).count());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
