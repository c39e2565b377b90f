// SPDX-License-Identifier: MIT
//
// Users who wait: over loopback, with as many requests in flight as there are users and never more;
// records of one's own in their order; how a duration ends; warm-up.

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <map>
#include <string>
#include <thread>

#include "engine_run.h"
#include "support/scripted_server.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::Nanos;
using macaw::replay::Selection;
using macaw::replay::Timing;
using macaw::stats::Outcome;
using macaw::stats::Sample;
using macaw::test::EngineRun;
using macaw::test::Gate;
using macaw::test::http_ok;
using macaw::test::ScriptedConnection;
using macaw::test::ScriptedServer;
namespace script = macaw::test::script;

namespace {

void use(EngineRun& run, const std::string& users, const std::string& think = "0") {
  run.options.timing.source = Timing::Source::kUsers;
  run.options.timing.closed_loop.emplace(macaw::replay::ClosedLoop{
      .users = std::move(macaw::replay::parse_user_plan(users, {})).value(),
      .think = macaw::replay::parse_think_time(think).value()});
}

/// Answers, and knows the most requests that were there at once.
class CountingServer {
 public:
  CountingServer()
      : server_([this](ScriptedConnection& connection) {
          while (connection.read_request()) {
            const int now = ++inside_;
            int most = most_.load();
            while (now > most && !most_.compare_exchange_weak(most, now)) {
            }
            --inside_;
            connection.send(http_ok("ok"));
          }
        }) {}

  uint16_t port() const { return server_.port(); }

  size_t connections() const { return server_.connections(); }

  int most() const { return most_; }

 private:
  std::atomic<int> inside_{0};
  std::atomic<int> most_{0};
  ScriptedServer server_;
};

std::string record(const std::string& user, int n) {
  return R"({"method":"GET","url":"/x?u=)" + user + "&n=" + std::to_string(n) + R"(","user":")" +
         user + R"("})";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(closed_loop_test)

BOOST_AUTO_TEST_CASE(each_user_has_one_request_at_a_time) {
  for (const uint32_t workers : {1U, 2U}) {
    const CountingServer server;
    EngineRun run(server.port(), 400);
    use(run, "4");
    run.options.transmission.workers = workers;
    run.options.transmission.connections = 4;
    run.play();
    BOOST_TEST(run.count(Outcome::kOk) == 400U);
    BOOST_TEST(server.connections() <= 4U);
    BOOST_TEST(server.most() <= 4);
    BOOST_TEST(run.result.end_reason == "end of file");
    BOOST_REQUIRE(run.result.mean_users.has_value());
    BOOST_TEST(*run.result.mean_users == 4);
  }
}

BOOST_AUTO_TEST_CASE(what_all_users_want_at_time_0_is_there) {
  // Each line its own endpoint, so that what was read by the start can be counted.
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port());
  for (int n = 0; n < 40; ++n) {
    run.lines.push_back(R"({"method":"POST","url":"/x)" + std::to_string(n) + R"(","text":")" +
                        std::string(50'000, 'x') + R"("})");
  }
  use(run, "40", "1ms");
  run.while_playing = [&run](macaw::replay::RunControl& /*control*/) {
    BOOST_TEST(run.endpoints.size() == 40U);
  };
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 40U);
}

BOOST_AUTO_TEST_CASE(one_user_plays_the_file_in_order) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 50);
  use(run, "1", "1ms");
  run.play();
  BOOST_REQUIRE(run.samples.size() == 50U);
  for (size_t k = 1; k < run.samples.size(); ++k) {
    const Sample& before = run.samples[k - 1];
    // From the end of one to the start of the next exactly the think time, by intended times.
    BOOST_TEST(run.samples[k].intended_ns ==
               before.intended_ns + static_cast<int64_t>(before.done_ns) + 1'000'000);
    BOOST_TEST(run.samples[k].line == k + 1);
  }
}

BOOST_AUTO_TEST_CASE(users_start_one_after_the_other) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 1);
  use(run, "1..5:100ms", "10s");
  run.options.selection.requests = 5;
  run.play();
  BOOST_REQUIRE(run.samples.size() == 5U);
  for (size_t k = 0; k < 5; ++k) {
    const auto step = static_cast<int64_t>(k == 0 ? 0 : k - 1);
    BOOST_TEST(run.samples[k].intended_ns == step * 25'000'000);
  }
}

BOOST_AUTO_TEST_CASE(records_of_ones_own_come_in_order_and_never_together) {
  // One user's records all at the end: found by reading ahead.
  const ScriptedServer server(script::answer(http_ok("ok")));
  for (const uint32_t workers : {1U, 2U}) {
    EngineRun run(server.port());
    for (const std::string user : {"ann", "bob", "eve"}) {
      for (int n = 0; n < 40; ++n) {
        run.lines.push_back(record(user, n));
      }
    }
    use(run, "3");
    run.options.timing.closed_loop->per_user = true;
    run.options.transmission.workers = workers;
    run.play();
    BOOST_REQUIRE(run.samples.size() == 120U);
    std::map<uint32_t, std::vector<Sample>> of_user;  // by third of the file
    for (const Sample& sample : run.samples) {
      of_user[(sample.line - 1) / 40].push_back(sample);
    }
    for (const auto& [user, samples] : of_user) {
      for (size_t k = 1; k < samples.size(); ++k) {
        const Sample& before = samples[k - 1];
        BOOST_TEST(samples[k].intended_ns ==
                   before.intended_ns + static_cast<int64_t>(before.done_ns));
      }
    }
    // All three from the start, whatever stands between them in the file.
    for (const auto& [user, samples] : of_user) {
      BOOST_TEST(samples.front().intended_ns < of_user.at(0).back().intended_ns);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_record_without_a_user_cannot_be_ones_own) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port());
  run.lines = {record("ann", 1), R"({"method":"GET","url":"/x"})"};
  use(run, "2");
  run.options.timing.closed_loop->per_user = true;
  run.play();
  BOOST_REQUIRE(run.result.input_error.has_value());
  BOOST_TEST(run.result.input_error->message().ends_with(
      ":2: found a request without a user, expected one (--per-user)"));
  BOOST_TEST(run.samples.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_in_flight_at_the_end_is_waited_for_closed_or_ignored) {
  for (const auto at_end :
       {Selection::AtEnd::kWait, Selection::AtEnd::kClose, Selection::AtEnd::kIgnore}) {
    for (const bool closed : {true, false}) {
      // The first three are answered only after the run's duration is over.
      Gate gate;
      ScriptedServer server(script::answer_behind(gate, http_ok("ok")));
      EngineRun run(server.port(), 3);
      if (closed) {
        use(run, "3");
      } else {
        run.rate = "1k";
        run.options.selection.requests = 3;
      }
      run.options.selection.duration = 500ms;
      run.options.selection.at_end = at_end;
      run.options.transmission.connections = 3;
      run.while_playing = [&](macaw::replay::RunControl& control) {
        server.wait_for_requests(3);
        while (at_end == Selection::AtEnd::kWait && closed && control.status().playing) {
          std::this_thread::yield();
        }
        if (at_end == Selection::AtEnd::kWait) {
          gate.open();
        }
      };
      run.play();
      gate.open();
      const bool waits = at_end == Selection::AtEnd::kWait;
      BOOST_TEST(run.count(Outcome::kOk) == (waits ? 3U : 0U));
      BOOST_TEST(run.count(Outcome::kUnfinished) == (waits ? 0U : 3U));
      BOOST_TEST(!run.result.stopped_early);
      for (const Sample& sample : run.samples) {
        BOOST_TEST(sample.counts() == (at_end != Selection::AtEnd::kIgnore));
      }
      BOOST_TEST(run.errors.empty() == (at_end != Selection::AtEnd::kClose));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_last_user_that_leaves_ends_the_run) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 10);
  use(run, "2x50ms,0", "1ms");
  run.options.selection.loop = true;
  run.play();
  BOOST_TEST(run.result.end_reason == "the last user left");
  BOOST_TEST(!run.result.stopped_early);
  // What was due before the plan's end may go out after it, where the machine had no time.
  int64_t last_sent = 50'000'000;
  for (const Sample& sample : run.samples) {
    BOOST_TEST(sample.intended_ns < 50'000'000);
    last_sent = std::max(last_sent, sample.intended_ns + static_cast<int64_t>(sample.sent_ns));
  }
  BOOST_TEST(run.result.sending.count() == last_sent);
}

BOOST_AUTO_TEST_CASE(warm_up_marks_what_was_due_in_it) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 100);
  run.rate = "1k";
  run.options.selection.warmup = 40ms;
  run.play();
  BOOST_REQUIRE(run.samples.size() == 100U);
  for (const Sample& sample : run.samples) {
    BOOST_TEST(sample.counts() == (sample.intended_ns >= 40'000'000));
  }
}

BOOST_AUTO_TEST_CASE(a_pause_holds_users_up) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port(), 100'000);
  use(run, "2", "1ms");
  run.options.selection.requests = 200;
  run.while_playing = [&](macaw::replay::RunControl& control) {
    server.wait_for_requests(20);
    const auto paused = control.pause("test");
    BOOST_REQUIRE(paused.ok());
    const auto resumed = control.resume("test");
    BOOST_REQUIRE(resumed.ok());
    BOOST_TEST(!control.set_rate(10, "test").ok());
  };
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 200U);
  BOOST_TEST(!run.result.mean_users.has_value());
}

BOOST_AUTO_TEST_CASE(a_stop_leaves_nothing_of_ones_own_behind) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run(server.port());
  for (int n = 0; n < 5000; ++n) {
    run.lines.push_back(record("u" + std::to_string(n % 7), n));
  }
  use(run, "3");
  run.options.timing.closed_loop->per_user = true;
  run.options.selection.loop = true;
  run.while_playing = [&](macaw::replay::RunControl& control) {
    server.wait_for_requests(100);
    control.stop_scheduling(macaw::stats::UnsentReason::kInterrupted, "enough");
  };
  run.play();
  BOOST_TEST(run.result.stopped_early);
  BOOST_TEST(run.result.unsent == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
