// SPDX-License-Identifier: MIT
//
// A run that is steered while it plays: every request has the time that the plan and the changes
// give it, to the nanosecond, on one thread and on four; what was due before a change is not moved.

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "engine_run.h"
#include "macaw/replay/schedule/run_steering.h"
#include "support/scripted_server.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::Nanos;
using macaw::replay::ArrivalProcess;
using macaw::replay::Arrivals;
using macaw::replay::RateProfile;
using macaw::replay::RunChange;
using macaw::replay::RunClock;
using macaw::replay::RunControl;
using macaw::replay::speed_of;
using macaw::stats::Outcome;
using macaw::test::EngineRun;
using macaw::test::http_ok;
using macaw::test::ScriptedServer;
namespace script = macaw::test::script;

namespace {

RunChange done(const macaw::Result<RunChange>& change) {
  BOOST_REQUIRE_MESSAGE(change.ok(), (change.ok() ? "" : change.error().message()));
  BOOST_TEST(change->changed);
  return *change;
}

std::string refused(const macaw::Result<RunChange>& change) {
  BOOST_REQUIRE(!change.ok());
  return change.error().message();
}

/// Waits until what was asked for holds.
void pass(RunControl& control, const RunChange& change) {
  while (control.status().playing && control.status().elapsed <= change.from) {
    std::this_thread::yield();
  }
}

/// Every row has the time that the clock gives its place in the plan.
void check_times(const EngineRun& run, const RunClock& clock, ArrivalProcess process) {
  Arrivals arrivals(*run.options.timing.profile, process, run.options.timing.seed);
  size_t checked = 0;
  for (const auto& sample : run.samples) {
    Nanos nominal = arrivals.next();
    while (arrivals.index() <= sample.index) {
      nominal = arrivals.next();
    }
    BOOST_REQUIRE(sample.intended_ns == clock.intended(nominal).count());
    BOOST_REQUIRE(sample.intended_ns + static_cast<int64_t>(+sample.sent_ns) >= sample.intended_ns);
    ++checked;
  }
  BOOST_TEST(checked == run.samples.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_test)

BOOST_DATA_TEST_CASE(a_script_of_changes_is_kept, boost::unit_test::data::make({1U, 4U}), workers) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run;
  run.add_lines(50);
  run.rate = "400";
  run.options.selection.duration = 2s;
  run.options.timing.arrivals = ArrivalProcess::kPoisson;
  run.options.transmission.workers = workers;
  run.aim_at(server.port());
  const auto clock = std::make_unique<RunClock>();
  Nanos paused{};
  run.while_playing = [&](RunControl& control) {
    BOOST_TEST(*control.status().target_rps == 400.0);
    BOOST_TEST((control.status().planned_end == 2s));
    const RunChange faster = done(control.set_rate(1000, "a test"));
    clock->append(faster.from, {5, 2});
    BOOST_TEST(faster.rps_before == 400.0);
    BOOST_TEST(faster.rps_after == 1000.0);
    pass(control, faster);
    const RunChange pause = done(control.pause("a test"));
    clock->append(pause.from, {0, 1});
    BOOST_TEST(control.status().paused);
    BOOST_TEST((control.status().planned_end == Nanos(0)));
    pass(control, pause);
    // Nothing is due any more, and nothing is sent.
    server.wait_for_requests(1);
    const RunChange other = done(control.set_rate(200, "a test"));
    pass(control, other);
    const RunChange resume = done(control.resume("a test"));
    clock->append(resume.from, {1, 2});
    paused = resume.from - pause.from;
    pass(control, resume);
    // Two in a row, the second before the first holds.
    clock->append(done(control.set_rate(100, "a test")).from, {1, 4});
    clock->append(done(control.set_rate(800, "a test")).from, {2, 1});
    BOOST_TEST(!faster.late);
  };
  run.play();
  BOOST_TEST(clock->pieces() == 6U);
  check_times(run, *clock, ArrivalProcess::kPoisson);
  // All of the plan was played, and nothing else.
  BOOST_TEST(run.count(Outcome::kOk) == macaw::replay::count_arrivals(*run.options.timing.profile,
                                                                      ArrivalProcess::kPoisson,
                                                                      run.options.timing.seed, 2s));
  BOOST_TEST(run.result.end_reason == "duration reached");
  BOOST_TEST(!run.result.stopped_early);
  const Nanos end = clock->intended(2s);
  BOOST_TEST((run.result.elapsed >= end));
  BOOST_TEST((run.result.sending + paused >= end));
  BOOST_REQUIRE(run.result.steered_rps.has_value());
  BOOST_TEST(std::abs(*run.result.steered_rps - 800 / macaw::to_seconds(end - paused)) < 0.01);
  // The wait in the pause is nobody's lateness.
  for (const auto& row : run.samples) {
    BOOST_REQUIRE(row.intended_ns < end.count());
  }
}

BOOST_AUTO_TEST_CASE(a_worker_that_sleeps_is_woken_for_an_earlier_time) {
  // The second request would be due after an hour, and nothing else would wake the worker before.
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run;
  run.add_lines(2);
  run.rate = "1/h";
  run.options.transmission.timeout = std::chrono::hours(1);
  run.options.transmission.connect_timeout = std::chrono::hours(1);
  run.aim_at(server.port());
  RunChange change;
  run.while_playing = [&](RunControl& control) {
    server.wait_for_requests(1);
    change = done(control.set_rate(100, "a test"));
  };
  run.play();
  BOOST_REQUIRE(run.samples.size() == 2U);
  const auto clock = std::make_unique<RunClock>();
  clock->append(change.from, speed_of(100 * 3600.0));
  BOOST_TEST(run.samples[1].intended_ns == clock->intended(std::chrono::hours(1)).count());
}

BOOST_AUTO_TEST_CASE(what_is_read_in_a_pause_belongs_to_the_plan) {
  // Requests so long that the reader is only some eighty ahead, and reads on while the run rests.
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run;
  run.add_lines(10, "/" + std::string(50'000, 'x'));
  run.rate = "300";
  run.options.selection.duration = 1s;
  run.aim_at(server.port());
  RunChange pause;
  RunChange resume;
  run.while_playing = [&](RunControl& control) {
    pause = done(control.pause("a test"));
    pass(control, {.changed = true, .from = pause.from + 100ms});
    resume = done(control.resume("a test"));
  };
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 300U);
  BOOST_TEST(run.samples.back().intended_ns ==
             299 * int64_t{1'000'000'000} / 300 + (resume.from - pause.from).count());
}

BOOST_AUTO_TEST_CASE(a_stop_stores_what_was_due_and_not_sent) {
  // The one connection is held by the first request, and all that is due waits for it.
  const ScriptedServer server(script::say_nothing());
  EngineRun run;
  run.add_lines(100);
  run.rate = "1k";
  run.options.selection.duration = std::chrono::hours(1);
  run.options.transmission.connections = 1;
  run.options.transmission.timeout = 300ms;
  run.aim_at(server.port());
  std::string again;
  run.while_playing = [&](RunControl& control) {
    server.wait_for_requests(1);
    pass(control, {.changed = true, .from = 100ms});
    BOOST_TEST(control.stop("a test").ok());
    BOOST_TEST(!control.status().playing);
    again = refused(control.pause("a test"));
    BOOST_TEST(!control.stop("a test").ok());
  };
  run.play();
  BOOST_TEST(again == "the run is ending: stopped by a test");
  BOOST_TEST(run.result.stopped_early);
  BOOST_TEST(run.result.end_reason == "stopped by a test");
  BOOST_TEST(run.samples.size() == 1U);
  BOOST_REQUIRE(run.unsent.size() == 1U);
  BOOST_TEST((run.unsent[0].reason == macaw::stats::UnsentReason::kInterrupted));
  BOOST_TEST(run.unsent[0].first == 1U);
  BOOST_TEST(run.unsent[0].count == run.unsent[0].last);
  BOOST_TEST(run.unsent[0].count >= 100U);
}

BOOST_AUTO_TEST_CASE(a_stop_in_a_pause_finds_nothing_due) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run;
  run.add_lines(100);
  run.rate = "1k";
  run.options.selection.duration = std::chrono::hours(1);
  run.options.transmission.workers = 2;
  run.aim_at(server.port());
  Nanos from{};
  run.while_playing = [&](RunControl& control) {
    const RunChange pause = done(control.pause("a test"));
    from = pause.from;
    pass(control, pause);
    // What was due before the pause has been sent.
    server.wait_for_requests(static_cast<size_t>(from / 1ms) + 1);
    BOOST_TEST(control.stop("a test").ok());
  };
  run.play();
  BOOST_TEST(run.result.unsent == 0U);
  BOOST_TEST(run.samples.size() == static_cast<size_t>((from - Nanos(1)) / 1ms) + 1);
  BOOST_TEST((run.result.sending == from));
}

BOOST_AUTO_TEST_CASE(saturation_pauses_and_its_rate_cannot_be_changed) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run;
  run.add_lines(10);
  run.options.timing.source = macaw::replay::Timing::Source::kSaturate;
  run.options.selection.duration = 200ms;
  run.options.transmission.connections = 2;
  run.options.transmission.workers = 2;
  run.aim_at(server.port());
  RunChange pause;
  RunChange resume;
  run.while_playing = [&](RunControl& control) {
    BOOST_TEST(refused(control.set_rate(5, "a test")).find("--rps max") != std::string::npos);
    BOOST_TEST(!control.status().target_rps.has_value());
    BOOST_TEST(control.status().no_rate.find("--rps max") != std::string::npos);
    pause = done(control.pause("a test"));
    pass(control, {.changed = true, .from = pause.from + 20ms});
    resume = done(control.resume("a test"));
  };
  run.play();
  BOOST_TEST(run.result.end_reason == "duration reached");
  // The pause is not part of the duration.
  BOOST_TEST((run.result.elapsed >= resume.from + (200ms - pause.from)));
  size_t later = 0;
  for (const auto& sample : run.samples) {
    // A turn of the loop that began before the pause may end in it.
    const bool in_pause = sample.intended_ns > (pause.from + 10ms).count() &&
                          sample.intended_ns < resume.from.count();
    BOOST_TEST(!in_pause);
    later += sample.intended_ns >= resume.from.count() ? 1U : 0U;
  }
  BOOST_TEST(later > 0U);
}

BOOST_AUTO_TEST_CASE(recorded_times_pause_and_have_no_rate) {
  const ScriptedServer server(script::answer(http_ok("ok")));
  EngineRun run;
  run.lines = {R"({"url":"/a","t":5})", R"({"url":"/b","t":5.4})"};
  run.options.timing.source = macaw::replay::Timing::Source::kRecorded;
  run.aim_at(server.port());
  RunChange pause;
  RunChange resume;
  run.while_playing = [&](RunControl& control) {
    BOOST_TEST(refused(control.set_rate(5, "a test")).find("recorded") != std::string::npos);
    pause = done(control.pause("a test"));
    pass(control, pause);
    resume = done(control.resume("a test"));
  };
  run.play();
  BOOST_REQUIRE(run.samples.size() == 2U);
  BOOST_TEST(run.samples[1].intended_ns == (400ms + (resume.from - pause.from)).count());
}

BOOST_AUTO_TEST_SUITE_END()
