// SPDX-License-Identifier: MIT
//
// A real queue with one server: one connection, Poisson arrivals, a server that takes a seeded time
// for each answer. What Lindley's recursion makes of the seeds alone (see lindley_test.cc, where
// the same is exact in virtual time) is the least that a response time can be, row by row: a
// machine that is slow adds to it, a tool that looks away takes from it. How much was added is
// printed.

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "engine_run.h"
#include "macaw/replay/schedule/arrivals.h"
#include "macaw/stats/sample.h"
#include "support/scripted_server.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::Nanos;
using macaw::stats::Outcome;
using macaw::stats::Sample;
using macaw::test::EngineRun;
using macaw::test::ScriptedConnection;
using macaw::test::ScriptedServer;

namespace {

constexpr size_t kQueued = 300;
constexpr Nanos kBetween = 4ms;  // mean time between arrivals

/// Exponential with the mean load * kBetween.
std::vector<Nanos> seeded_services(double load, uint64_t seed) {
  std::vector<Nanos> services;
  for (size_t k = 0; k < kQueued; ++k) {
    const auto e = macaw::replay::exponential_at(seed, k);
    const double unit = static_cast<double>(e.whole) + static_cast<double>(e.fraction) * 0x1.0p-64;
    services.emplace_back(
        static_cast<Nanos::rep>(unit * load * static_cast<double>(kBetween.count())));
  }
  return services;
}

Nanos nanos(uint64_t count) {
  return Nanos(static_cast<Nanos::rep>(count));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(queue_test)

BOOST_DATA_TEST_CASE(no_row_is_below_lindley, boost::unit_test::data::make({0.3, 0.6, 0.9}), load) {
  const std::vector<Nanos> services = seeded_services(load, 12);
  const ScriptedServer server([&services](ScriptedConnection& client) {
    while (client.read_request()) {
      const size_t mark = client.request().find("?n=");
      client.stall(services.at(std::stoul(client.request().substr(mark + 3))));
      client.send(macaw::test::http_ok("ok"));
    }
  });
  EngineRun run;
  run.add_lines(kQueued);
  run.rate = "250";
  run.options.timing.arrivals = macaw::replay::ArrivalProcess::kPoisson;
  run.options.timing.seed = 11;
  run.options.transmission.connections = 1;
  run.options.transmission.timeout = 60s;
  run.options.transmission.drain = 60s;
  run.aim_at(server.port());
  run.play();
  BOOST_REQUIRE_EQUAL(run.count(Outcome::kOk), kQueued);
  BOOST_TEST(server.connections() == 1U);

  std::vector<Nanos> added;
  Nanos wait{};
  for (size_t n = 0; n < kQueued; ++n) {
    const Sample& row = run.samples[n];
    if (n > 0) {
      const Sample& before = run.samples[n - 1];
      wait =
          std::max(Nanos(0), wait + services[n - 1] - Nanos(row.intended_ns - before.intended_ns));
      // One connection: nothing goes out before the answer to what was sent before.
      BOOST_TEST(row.intended_ns + static_cast<int64_t>(+row.sent_ns) >=
                 before.intended_ns + static_cast<int64_t>(before.done_ns));
    }
    BOOST_TEST((nanos(row.service_ns()) >= services[n]));
    BOOST_TEST((nanos(row.response_ns()) >= wait + services[n]));
    added.push_back(nanos(row.response_ns()) - wait - services[n]);
  }
  std::sort(added.begin(), added.end());
  BOOST_TEST_MESSAGE("load " << load << ": above Lindley by " << added[kQueued / 2].count() / 1000
                             << " us (median), " << added[kQueued * 99 / 100].count() / 1000
                             << " us (p99)");
}

BOOST_AUTO_TEST_SUITE_END()
