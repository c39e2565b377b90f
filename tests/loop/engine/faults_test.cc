// SPDX-License-Identifier: MIT
//
// The generator's own faults, provoked: each is told as what it is. Other faults may happen besides
// on a machine that others use; the provoked one is by far the longest.

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

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

/// While it lives, this thread and those that it starts get what processor time others leave over,
/// on one processor that others want all the time.
class Starved {
 public:
  Starved() {
    sched_getaffinity(0, sizeof allowed_, &allowed_);
    size_t first = 0;
    while (!CPU_ISSET(first, &allowed_)) {
      ++first;
    }
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    BOOST_REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  }

  ~Starved() {
    stop_ = true;
    for (std::thread& rival : rivals_) {
      rival.join();
    }
    sched_setaffinity(0, sizeof allowed_, &allowed_);
  }

  Starved(const Starved&) = delete;
  Starved& operator=(const Starved&) = delete;

  /// Called by the thread that is to suffer.
  void begin() {
    const sched_param none{};
    BOOST_REQUIRE(sched_setscheduler(0, SCHED_IDLE, &none) == 0);
    go_ = true;
  }

  void add_rivals() {
    for (int k = 0; k < 4; ++k) {
      rivals_.emplace_back([this] {
        while (!go_ && !stop_) {
          std::this_thread::yield();
        }
        for (int part = 0; part < 40 && !stop_; ++part) {
          burn(5ms);
        }
      });
    }
  }

 private:
  cpu_set_t allowed_{};
  std::atomic<bool> go_{false};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> rivals_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(faults_test)

BOOST_AUTO_TEST_CASE(a_turn_that_takes_long_is_a_stall) {
  FaultRun run;
  run.on_sample = [](const stats::Sample& sample) {
    if (sample.index == 120) {
      burn(kFaultLength);
    }
  };
  run.play();
  BOOST_TEST((run.main_cause() == EventKind::kStall));
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

BOOST_AUTO_TEST_CASE(a_processor_that_others_use_is_starvation) {
  FaultRun run;
  Starved starved;
  starved.add_rivals();
  run.on_sample = [&starved](const stats::Sample& sample) {
    if (sample.index == 120) {
      starved.begin();
    }
  };
  run.play();
  uint64_t longest = 0;
  for (const stats::Sample& sample : run.samples) {
    longest = std::max(longest, sample.lag_ns());
  }
  if (Nanos(longest) < 2 * 10ms) {
    BOOST_TEST_MESSAGE("this kernel's scheduler let the worker run all the same");
    return;
  }
  BOOST_TEST((run.main_cause() == EventKind::kStarvation));
}

BOOST_AUTO_TEST_CASE(more_than_can_be_sent_is_overload) {
  // A worker that is busy for 1 ms with each answer and asked for 2,000 a second.
  FaultRun run;
  run.add_lines(2'850);
  run.rate = "2k";
  run.on_sample = [](const stats::Sample&) { burn(1ms); };
  run.play();
  // A machine that is busy with others as well may make it starvation.
  BOOST_TEST((run.faults.find(EventKind::kOverload) != nullptr ||
              run.faults.find(EventKind::kStarvation) != nullptr));
}

BOOST_AUTO_TEST_CASE(a_quiet_run_has_no_long_fault) {
  FaultRun run;
  run.play();
  for (const auto& [kind, fault] : run.faults.faults()) {
    BOOST_TEST((kind == EventKind::kStarvation || kind == EventKind::kSuspension));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
