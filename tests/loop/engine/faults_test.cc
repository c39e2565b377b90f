// SPDX-License-Identifier: MIT
//
// The generator's own faults, provoked: each is told as what it is. Other faults may happen besides
// on a machine that others use; the provoked one is by far the longest. Starvation cannot be had
// for sure from a fair scheduler: thread_usage_test has its arithmetic.

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <thread>

#include "engine_run.h"
#include "support/scripted_server.h"

namespace macaw::test {
namespace {

using namespace std::chrono_literals;
using stats::EventKind;

constexpr Nanos kFaultLength = 150ms;

/// Uses a processor for so long, however often it is taken away meanwhile.
void burn(Nanos cpu_time) {
  const auto used = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + Nanos(time.tv_nsec);
  };
  for (const Nanos end = used() + cpu_time; used() < end;) {
  }
}

/// How long the calling thread has waited for a processor, by the kernel's own count.
Nanos waited_for_processor() {
  std::ifstream file("/proc/thread-self/schedstat");
  int64_t ran = 0;
  int64_t waited = 0;
  file >> ran >> waited;
  return Nanos(waited);
}

/// 1.5 s at 100 per second.
struct FaultRun : EngineRun {
  FaultRun() {
    add_lines(150);
    rate = "100";
    aim_at(server.port());
  }

  EventKind main_cause() const {
    const stats::Fault* fault = faults.main_cause_of_lag();
    BOOST_TEST_REQUIRE((fault != nullptr));
    BOOST_TEST(fault->total >= kFaultLength.count() / 10);
    return fault->kind;
  }

  ScriptedServer server{script::answer(http_ok("ok"))};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(faults_test)

BOOST_AUTO_TEST_CASE(a_turn_that_takes_long_is_a_stall) {
  FaultRun run;
  Nanos waited{};
  run.on_sample = [&waited](const stats::Sample& sample) {
    if (sample.index == 120) {
      const Nanos before = waited_for_processor();
      burn(kFaultLength);
      waited = waited_for_processor() - before;
    }
  };
  run.play();
  // Where others had the processor for most of that time, it is not the turn that took so long.
  const bool starved = waited >= kFaultLength;
  BOOST_TEST((run.main_cause() == (starved ? EventKind::kStarvation : EventKind::kStall)));
}

BOOST_AUTO_TEST_CASE(a_thread_that_neither_runs_nor_waits_is_suspended) {
  FaultRun run;
  run.on_sample = [](const stats::Sample& sample) {
    if (sample.index == 120) {
      std::this_thread::sleep_for(kFaultLength);
    }
  };
  run.play();
  BOOST_TEST((run.main_cause() == EventKind::kSuspension));
}

BOOST_AUTO_TEST_CASE(more_than_can_be_sent_is_overload) {
  // A worker that is busy for 1 ms with each answer and asked for 2,000 a second.
  FaultRun run;
  run.add_lines(2'850);
  run.rate = "2k";
  run.on_sample = [](const stats::Sample&) { burn(1ms); };
  run.play();
  // Whether it ran all the time or, on a machine that is busy with others, waited for a processor.
  const stats::Fault* overload = run.faults.find(EventKind::kOverload);
  BOOST_TEST_REQUIRE((overload != nullptr));
  BOOST_TEST(overload->text.find("waited for a processor for") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
