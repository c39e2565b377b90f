// SPDX-License-Identifier: MIT
//
// Mistakes that other load generators are known for, as far as they are the engine's to make. The
// table of all of them, and of the tests that cover the rest, is in tests/README.md.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "engine_run.h"
#include "macaw/stats/aggregate.h"
#include "support/scripted_server.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::Nanos;
using macaw::stats::Outcome;
using macaw::stats::Sample;
using macaw::test::EngineRun;
using macaw::test::Gate;
using macaw::test::http_ok;
using macaw::test::ScriptedConnection;
using macaw::test::ScriptedServer;
namespace script = macaw::test::script;

BOOST_AUTO_TEST_SUITE(peer_faults_test)

BOOST_AUTO_TEST_CASE(what_is_due_while_the_ticker_stands_still_is_measured_from_the_plan) {
  // A clock that is read after the sleep shows none of this.
  constexpr Nanos kStop = 100ms;
  constexpr int64_t kStepNs = 5'000'000;
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 100);
  run.rate = "200";
  int64_t stopped_at = 0;
  run.on_sample = [&](const Sample& sample) {
    if (sample.index == 20) {
      stopped_at = sample.intended_ns + static_cast<int64_t>(sample.done_ns);
      std::this_thread::sleep_for(kStop);
    }
  };
  run.play();
  BOOST_REQUIRE(run.count(Outcome::kOk) == 100U);
  // Whatever was due in the stop waited for its end, and it is our lag that says so.
  const int64_t ended_at = stopped_at + kStop.count();
  size_t held_up = 0;
  for (const Sample& sample : run.samples) {
    if (sample.intended_ns > stopped_at && sample.intended_ns < ended_at) {
      ++held_up;
      BOOST_TEST(sample.response_ns() >= static_cast<uint64_t>(ended_at - sample.intended_ns));
      BOOST_TEST(sample.lag_ns() >= static_cast<uint64_t>(ended_at - sample.intended_ns));
    }
  }
  BOOST_TEST(held_up >= static_cast<size_t>(kStop.count() / kStepNs - 1));
}

BOOST_AUTO_TEST_CASE(a_constant_latency_is_every_percentile) {
  // An expected interval in the wrong unit adds values that nobody measured: half of them below.
  constexpr Nanos kLatency = 100ms;
  const ScriptedServer server(script::answer_after(kLatency, http_ok("ok")));
  EngineRun run(server.port(), 10);
  run.rate = "10";
  run.play();
  macaw::stats::Aggregate total;
  std::vector<uint64_t> rows;
  for (const Sample& sample : run.samples) {
    total.add(sample);
    rows.push_back(sample.response_ns());
    BOOST_TEST(sample.response_ns() >= static_cast<uint64_t>(kLatency.count()));
  }
  std::sort(rows.begin(), rows.end());
  BOOST_REQUIRE(rows.size() == 10U);
  BOOST_TEST(total.response.count() == 10U);
  const auto median = static_cast<double>(total.response.quantile(0.5).value_ns);
  BOOST_TEST(median == static_cast<double>(rows[4]), boost::test_tools::tolerance(0.004));
  BOOST_TEST(median >= 0.996 * static_cast<double>(kLatency.count()));
}

BOOST_AUTO_TEST_CASE(many_idle_connections_do_not_time_out) {
  // A hundred connections, opened at once; then a request now and then, further apart than the
  // timeout. Ninety-nine connections have nothing to say all the while.
  constexpr size_t kConnections = 100;
  constexpr size_t kRare = 3;
  Gate all_are_open;
  const ScriptedServer server([&](ScriptedConnection& client) {
    while (client.read_request() && client.wait(all_are_open)) {
      client.send(http_ok("ok"));
    }
  });
  EngineRun run(server.port());
  for (size_t k = 0; k < kConnections + kRare; ++k) {
    const double at = k < kConnections ? 0 : 1.5 * static_cast<double>(k - kConnections + 1);
    run.lines.push_back(R"({"url":"/x?n=)" + std::to_string(k) + R"(","t":)" + std::to_string(at) +
                        "}");
  }
  run.options.timing.source = macaw::replay::Timing::Source::kRecorded;
  run.options.transmission.connections = kConnections;
  run.options.transmission.timeout = 1s;
  run.while_playing = [&](macaw::replay::RunControl&) {
    server.wait_for_requests(kConnections);
    all_are_open.open();
  };
  run.play();
  BOOST_TEST(run.count(Outcome::kTimeout) == 0U);
  BOOST_TEST(run.count(Outcome::kOk) == kConnections + kRare);
  BOOST_TEST(server.connections() == kConnections);
}

BOOST_AUTO_TEST_CASE(connections_and_threads_do_not_bunch_a_constant_rate) {
  // Staggered per-connection timers send in phase; one plan for all of them cannot.
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 400);
  run.rate = "2k";
  run.options.transmission.connections = 100;
  run.options.transmission.workers = 8;
  run.play();
  BOOST_REQUIRE(run.samples.size() == 400U);
  for (size_t i = 1; i < run.samples.size(); ++i) {
    BOOST_TEST(run.samples[i].intended_ns - run.samples[i - 1].intended_ns == 500'000);
  }
}

BOOST_AUTO_TEST_CASE(less_than_one_request_per_thread_and_second) {
  // A rate that is divided among threads or connections becomes nothing, or infinite.
  const ScriptedServer server(script::answer(http_ok("ok")));
  for (const char* rate : {"1", "0.1"}) {
    EngineRun run(server.port(), 1000);
    run.rate = rate;
    run.options.selection.duration = rate[0] == '1' ? 1200ms : 300ms;
    run.options.transmission.workers = 8;
    run.play();
    const std::vector<int64_t> expected =
        rate[0] == '1' ? std::vector<int64_t>{0, 1'000'000'000} : std::vector<int64_t>{0};
    std::vector<int64_t> intended;
    for (const Sample& sample : run.samples) {
      intended.push_back(sample.intended_ns);
    }
    BOOST_TEST(intended == expected, boost::test_tools::per_element());
    BOOST_TEST(run.result.end_reason == "duration reached");
  }
}

BOOST_AUTO_TEST_SUITE_END()
