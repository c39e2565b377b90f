// SPDX-License-Identifier: MIT
//
// A queue with one server, in virtual time: Poisson arrivals from the real schedule, the real
// driver and ready tracker, one connection, seeded service times. Row by row the response time must
// be W + S, where W follows Lindley's recursion W' = max(0, W + S - (A' - A)) (Lindley 1952, "The
// theory of queues with a single server"): what a request waits for a connection is in its response
// time, never in its service time, and never our lag. With exponential service times, the whole
// must also have the quantiles of the M/M/1 queue.

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <optional>
#include <vector>

#include "macaw/base/random.h"
#include "macaw/replay/schedule/arrivals.h"
#include "macaw/replay/schedule/driver.h"
#include "macaw/stats/aggregate.h"
#include "macaw/stats/verdict.h"
#include "replay/engine/ready_tracker.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::Nanos;
using macaw::stats::Sample;

namespace {

constexpr uint64_t kRate = 1000;
constexpr uint64_t kRequests = 100'000;

using ServiceTimes = std::vector<Nanos>;

/// No answer takes no time.
Nanos nanoseconds(double ns) {
  return Nanos(std::max<Nanos::rep>(1, std::llround(ns)));
}

/// Exponential with the mean load / rate.
ServiceTimes exponential_services(double load, uint64_t seed) {
  ServiceTimes services;
  for (uint64_t k = 0; k < kRequests; ++k) {
    const auto e = macaw::replay::exponential_at(seed, k);
    const double unit = static_cast<double>(e.whole) + static_cast<double>(e.fraction) * 0x1.0p-64;
    services.push_back(nanoseconds(unit * load * 1e9 / static_cast<double>(kRate)));
  }
  return services;
}

/// Mostly short, and now and then a hundred times as long: what a cache makes of a service.
ServiceTimes uneven_services(double load, uint64_t seed) {
  macaw::Random random(seed);
  const double scale = load * 1e9 / static_cast<double>(kRate) / (0.99 + 0.01 * 100);
  ServiceTimes services;
  for (uint64_t k = 0; k < kRequests; ++k) {
    const double factor = random.below(100) == 0 ? 100 : 1;
    services.push_back(nanoseconds(scale * factor * 2 * random.unit()));
  }
  return services;
}

macaw::replay::Arrivals poisson(uint64_t seed) {
  return {macaw::replay::RateProfile::constant({.events = kRate, .per = 1s}),
          macaw::replay::ArrivalProcess::kPoisson, seed};
}

uint64_t whole_ns(Nanos span) {
  return static_cast<uint64_t>(span.count());
}

/// The worker's loop around one connection: it looks at what is due when that is due, when the
/// answer comes, and every now and then while the head finds no connection.
std::vector<Sample> play_queue(const ServiceTimes& services, uint64_t seed) {
  constexpr uint64_t kDelta48 = 0xffff'ffff'ffff;
  const macaw::replay::RunClock clock;
  macaw::replay::OpenLoopDriver driver(clock);
  macaw::replay::Arrivals arrivals = poisson(seed);
  macaw::replay::ReadyTracker tracker;
  std::vector<Sample> samples;
  std::optional<Sample> in_service;
  Nanos answer_at = Nanos::max();
  macaw::replay::Head head{.index = 0, .nominal = arrivals.next()};
  bool blocked = false;
  for (Nanos now{}; samples.size() < services.size();) {
    Nanos next = Nanos::max();
    if (head.index < services.size()) {
      next = blocked ? now + macaw::replay::ReadyTracker::kBlockedLookPeriod
                     : driver.next(head, now).intended;
    }
    now = std::max(now, std::min(next, answer_at));
    blocked = false;
    tracker.look(now);
    if (in_service && answer_at <= now) {
      in_service->done_ns = whole_ns(now - Nanos(in_service->intended_ns));
      driver.completed(0, now);
      samples.push_back(*in_service);
      in_service.reset();
      answer_at = Nanos::max();
    }
    if (head.index == services.size() || driver.next(head, now).intended > now) {
      continue;
    }
    if (in_service) {
      tracker.blocked(now);
      blocked = true;
      continue;
    }
    const Nanos intended = driver.next(head, now).intended;
    driver.taken(head, now);
    in_service.emplace();
    in_service->index = head.index & kDelta48;
    in_service->intended_ns = intended.count();
    in_service->ready_ns = whole_ns(tracker.ready(intended, now) - intended) & kDelta48;
    in_service->sent_ns = whole_ns(now - intended) & kDelta48;
    answer_at = now + services[head.index];
    head = {.index = head.index + 1, .nominal = arrivals.next()};
  }
  return samples;
}

/// Only the first row that differs is told: one mistake makes all rows after it wrong.
void check_rows(const std::vector<Sample>& samples, const ServiceTimes& services, uint64_t seed) {
  macaw::replay::Arrivals arrivals = poisson(seed);
  Nanos arrival = arrivals.next();
  Nanos wait{};
  uint64_t waited = 0;
  for (size_t n = 0; n < samples.size(); ++n) {
    const Sample& row = samples[n];
    BOOST_REQUIRE_EQUAL(+row.index, n);
    BOOST_REQUIRE_EQUAL(row.intended_ns, arrival.count());
    BOOST_REQUIRE_EQUAL(row.response_ns(), whole_ns(wait + services[n]));
    BOOST_REQUIRE_EQUAL(row.service_ns(), whole_ns(services[n]));
    BOOST_REQUIRE_EQUAL(row.lag_ns(), 0U);
    waited += wait > Nanos(0) ? 1U : 0U;
    const Nanos next = arrivals.next();
    wait = std::max(Nanos(0), wait + services[n] - (next - arrival));
    arrival = next;
  }
  BOOST_TEST(waited > samples.size() / 10);  // or else nothing has been tried
}

constexpr double kLoads[] = {0.3, 0.6, 0.9};

}  // namespace

BOOST_AUTO_TEST_SUITE(lindley_test)

BOOST_DATA_TEST_CASE(each_row_is_what_lindley_says, boost::unit_test::data::make(kLoads), load) {
  const uint64_t seed = 11;
  const ServiceTimes services = exponential_services(load, seed + 1);
  check_rows(play_queue(services, seed), services, seed);
}

BOOST_DATA_TEST_CASE(so_it_is_with_uneven_services, boost::unit_test::data::make(kLoads), load) {
  const uint64_t seed = 13;
  const ServiceTimes services = uneven_services(load, seed);
  check_rows(play_queue(services, seed), services, seed);
}

BOOST_DATA_TEST_CASE(quantiles_are_those_of_the_queue, boost::unit_test::data::make(kLoads), load) {
  // Response times of M/M/1 are exponential with the rate mu - lambda. The seeds are fixed; the
  // tolerance is what chance allows 100,000 requests that depend on each other, most at 0.9.
  const uint64_t seed = 17;
  macaw::stats::Aggregate total;
  for (const Sample& sample : play_queue(exponential_services(load, seed + 1), seed)) {
    total.add(sample);
  }
  const double mean_ms = 1e3 / (static_cast<double>(kRate) / load - static_cast<double>(kRate));
  const auto tolerance = boost::test_tools::tolerance(load < 0.9 ? 0.03 : 0.15);
  for (const double q : {0.5, 0.9, 0.99}) {
    BOOST_TEST(total.response.quantile(q).millis() == -std::log(1 - q) * mean_ms, tolerance);
  }
  BOOST_TEST(total.service.quantile(0.99).millis() ==
                 -std::log(0.01) * load * 1e3 / static_cast<double>(kRate),
             boost::test_tools::tolerance(0.02));
  BOOST_TEST((macaw::stats::judge({.total = &total}).kind == macaw::stats::VerdictKind::kValid));
}

BOOST_AUTO_TEST_SUITE_END()
