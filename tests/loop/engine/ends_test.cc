// SPDX-License-Identifier: MIT
//
// How runs end: in order, by a signal, in haste, with a backlog, on bad input. Nothing is lost on
// the way.

#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>

#include "engine_run.h"
#include "macaw/base/random.h"
#include "support/scripted_server.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::stats::Outcome;
using macaw::stats::UnsentReason;
using macaw::test::EngineRun;
using macaw::test::Gate;
using macaw::test::http_ok;
using macaw::test::ScriptedServer;
namespace script = macaw::test::script;

BOOST_AUTO_TEST_SUITE(ends_test)

BOOST_AUTO_TEST_CASE(a_stop_lets_what_is_in_flight_finish) {
  Gate gate;
  ScriptedServer server(script::answer_behind(gate, http_ok("ok")));
  EngineRun run;
  run.add_lines(10'000);
  run.rate = "1k";
  run.options.transmission.connections = 8;
  run.aim_at(server.port());
  run.while_playing = [&](macaw::replay::RunControl& control) {
    server.wait_for_requests(8);
    control.stop_scheduling(UnsentReason::kInterrupted, "interrupted at 1 %");
    gate.open();
  };
  run.play();
  BOOST_TEST(run.result.stopped_early);
  BOOST_TEST(run.result.end_reason == "interrupted at 1 %");
  BOOST_TEST(run.count(Outcome::kOk) == 8U);
  BOOST_TEST(run.samples.size() == 8U);
  BOOST_TEST(run.result.scheduled < 10'000U);  // the rest of the plan was never due
  // Until the stop: one request for each millisecond, counted from 0.
  BOOST_TEST(static_cast<uint64_t>(run.result.sending / 1ms) + 1 == run.result.scheduled);
  for (const auto& unsent : run.unsent) {
    BOOST_TEST((unsent.reason == UnsentReason::kInterrupted));
  }
}

BOOST_AUTO_TEST_CASE(a_stop_at_once_leaves_unfinished_requests) {
  ScriptedServer server(script::say_nothing());
  EngineRun run;
  run.add_lines(1000);
  run.rate = "1k";
  run.options.transmission.connections = 8;
  run.aim_at(server.port());
  run.while_playing = [&](macaw::replay::RunControl& control) {
    server.wait_for_requests(8);
    control.stop_scheduling(UnsentReason::kInterrupted, "first");
    control.stop_now("second");
  };
  run.play();
  BOOST_TEST(run.count(Outcome::kUnfinished) == 8U);
  BOOST_TEST(run.result.end_reason == "first");
}

BOOST_AUTO_TEST_CASE(stops_may_come_at_any_time) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  for (int round = 0; round < 20; ++round) {
    EngineRun run;
    run.add_lines(200);
    run.rate = "2k";
    run.options.transmission.workers = 2;
    run.aim_at(server.port());
    run.while_playing = [&](macaw::replay::RunControl& control) {
      server.wait_for_requests(server.requests().size() + static_cast<size_t>(round) * 5);
      control.stop_now("round " + std::to_string(round));
    };
    run.play();
  }
}

BOOST_AUTO_TEST_CASE(a_backlog_is_given_up_after_the_drain_and_every_request_accounted_for) {
  // 20,000 requests within 0.2 s, and a server that answers none in time.
  const ScriptedServer server(script::say_nothing());
  EngineRun run;
  run.add_lines(100);
  run.rate = "100k";
  run.options.selection.requests = 20'000;
  run.options.transmission.connections = 4;
  run.options.transmission.timeout = 150ms;
  run.options.transmission.drain = 400ms;
  run.aim_at(server.port());
  run.play();
  BOOST_TEST(run.result.scheduled == 20'000U);
  BOOST_TEST(run.count(Outcome::kTimeout) == run.samples.size());
  BOOST_TEST(!run.result.stopped_early);
  uint64_t unsent = run.result.undelivered.count;
  for (const auto& cell : run.unsent) {
    unsent += cell.count;
    BOOST_TEST((cell.reason == UnsentReason::kBacklog));
  }
  BOOST_TEST(unsent == run.result.unsent);
  BOOST_TEST(unsent > 19'000U);
}

BOOST_AUTO_TEST_CASE(a_long_backlog_is_counted_by_the_law_of_the_rate) {
  // Far more than the ring holds: what was due and never read is known from the rate alone.
  const ScriptedServer server(script::say_nothing());
  EngineRun run;
  run.add_lines(100);
  run.rate = "1m";
  run.options.selection.loop = true;
  run.options.transmission.connections = 2;
  run.options.transmission.timeout = 100ms;
  run.aim_at(server.port());
  run.while_playing = [](macaw::replay::RunControl& control) {
    std::this_thread::sleep_for(200ms);
    control.stop_scheduling(UnsentReason::kInterrupted, "enough");
  };
  run.play();
  const double seconds = macaw::to_seconds(run.result.elapsed);
  BOOST_TEST(run.result.scheduled >= 190'000U);
  BOOST_TEST(static_cast<double>(run.result.scheduled) <= seconds * 1e6 + 1);
}

BOOST_AUTO_TEST_CASE(a_bad_line_ends_the_input_after_all_before_it_was_played) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run;
  run.options.selection.file = run.folder.write("bad.txt", "/a\n/b\n/c\nnonsense line\n/d\n");
  run.options.timing.profile = macaw::replay::RateProfile::constant({.events = 100, .per = 1s});
  run.aim_at(server.port());
  auto replayer = macaw::replay::Replayer::prepare(run.options, nullptr);
  BOOST_REQUIRE(replayer.ok());
  BOOST_REQUIRE(!(*replayer)->resolve().has_value());
  macaw::test::CollectingSink sink;
  (*replayer)->start({&sink}, {});
  const auto result = (*replayer)->join();
  BOOST_TEST(result.scheduled == 3U);
  BOOST_TEST((result.sending >= 30ms));
  BOOST_TEST((result.sending <= result.elapsed));
  BOOST_REQUIRE(result.input_error.has_value());
  BOOST_TEST(result.input_error->message().find("bad.txt:4:") != std::string::npos);
  BOOST_TEST(server.requests().size() == 3U);
}

BOOST_AUTO_TEST_CASE(random_faults_conserve_requests) {
  // The property: whatever the server does, scheduled = outcomes + unsent (checked by play()), and
  // the run ends.
  const ScriptedServer server([](macaw::test::ScriptedConnection& client) {
    while (client.read_request()) {
      switch (macaw::mix64(client.index() * 131 + client.requests()) % 8) {
        case 0:
          client.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
          return;
        case 1:
          client.reset();
          return;
        case 2:
          client.hold();
          return;
        case 3:
          client.send(macaw::test::http_answer(503, "no"));
          break;
        case 4:
          client.send("garbage\r\n\r\n");
          return;
        default:
          client.send(http_ok("ok"));
          break;
      }
    }
  });
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    EngineRun run;
    run.add_lines(300);
    run.rate = "1k";
    run.options.timing.arrivals = macaw::replay::ArrivalProcess::kPoisson;
    run.options.timing.seed = seed;
    run.options.transmission.connections = 10;
    run.options.transmission.workers = 2;
    run.options.transmission.timeout = 150ms;
    run.aim_at(server.port());
    run.play();
    BOOST_TEST(run.result.scheduled == 300U);
    BOOST_TEST(run.count(Outcome::kOk) > 0U);
  }
}

BOOST_AUTO_TEST_CASE(requests_without_an_answer_do_not_grow_the_schedule) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run;
  run.add_lines(1);
  run.aim_at(server.port());
  run.play();
  BOOST_TEST(run.result.scheduled == 1U);
  BOOST_TEST(run.health.size() >= 1U);
}

BOOST_AUTO_TEST_SUITE_END()
