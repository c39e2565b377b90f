// SPDX-License-Identifier: MIT
//
// The generator's own faults, provoked: each is told as what it is. Other faults may happen besides
// on a machine that others use; the provoked one is by far the longest.

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
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

void pin_to(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<size_t>(core), &cores);
  static_cast<void>(sched_setaffinity(0, sizeof cores, &cores));
}

/// A process that waits for a word and then wants one core for itself.
class Burner {
 public:
  Burner(int core, Nanos length) {
    std::array<int, 2> ends{};
    BOOST_TEST_REQUIRE(pipe(ends.data()) == 0);
    pid_ = fork();
    BOOST_TEST_REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      close(ends[1]);
      pin_to(core);
      char word = 0;
      if (read(ends[0], &word, 1) == 1) {
        for (const MonoTime end = MonoClock::now() + length; MonoClock::now() < end;) {
        }
      }
      _exit(0);
    }
    close(ends[0]);
    word_ = ends[1];
  }

  ~Burner() {
    close(word_);
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  Burner(const Burner&) = delete;
  Burner& operator=(const Burner&) = delete;

  void start() const { BOOST_TEST_REQUIRE(write(word_, "x", 1) == 1); }

 private:
  pid_t pid_ = 0;
  int word_ = -1;
};

/// 1.5 s at 100 per second.
struct FaultRun : EngineRun {
  FaultRun() {
    add_lines(150);
    rate = "100";
    aim_at(server.port());
  }

  EventKind main_cause() const {
    const stats::Fault* fault = faults.main_cause_of_lag();
    for (const auto& [kind, told] : faults.faults()) {
      BOOST_TEST_MESSAGE(stats::describe_fault(told));
    }
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

BOOST_AUTO_TEST_CASE(a_core_that_others_burn_is_starvation) {
  // Against a fair scheduler a burning neighbour is no sure thing: a thread that has slept may run
  // at once. A thread that only wants what nobody else does gets next to nothing beside it.
  const int core = sched_getcpu();
  const Burner burner(core, kFaultLength);
  FaultRun run;
  run.on_sample = [&](const stats::Sample& sample) {
    if (sample.index == 100) {
      const sched_param none{};
      pin_to(core);
      BOOST_TEST(sched_setscheduler(0, SCHED_IDLE, &none) == 0);
      burner.start();
    }
  };
  run.play();
  static_cast<void>(run.main_cause());
  const auto total = [&run](EventKind kind) {
    const stats::Fault* fault = run.faults.find(kind);
    return fault == nullptr ? 0 : fault->total;
  };
  BOOST_TEST(total(EventKind::kStarvation) > 0);
  // A machine that others use may have stood still besides, and on one where it always waits,
  // waiting explains nothing; but our own work was not to blame.
  BOOST_TEST(total(EventKind::kStarvation) + total(EventKind::kSuspension) >=
             kFaultLength.count() / 2);
  BOOST_TEST(total(EventKind::kStall) <
             total(EventKind::kStarvation) + total(EventKind::kSuspension));
}

BOOST_AUTO_TEST_CASE(more_than_can_be_sent_is_overload) {
  // A worker that is busy for 1 ms with each answer and asked for 2,000 a second.
  FaultRun run;
  run.add_lines(2'850);
  run.rate = "2k";
  run.on_sample = [](const stats::Sample&) { burn(1ms); };
  run.play();
  // Whether it ran all the time or, on a machine that is busy with others, waited for a processor.
  BOOST_TEST((run.faults.find(EventKind::kOverload) != nullptr));
}

BOOST_AUTO_TEST_CASE(a_worker_that_spins_can_be_overloaded) {
  // It is awake all the time, and only what it does for requests counts.
  FaultRun run;
  run.add_lines(2'850);
  run.rate = "2k";
  run.options.transmission.spin = true;
  run.on_sample = [](const stats::Sample&) { burn(1ms); };
  run.play();
  BOOST_TEST((run.faults.find(EventKind::kOverload) != nullptr));
}

BOOST_AUTO_TEST_CASE(spinning_is_no_overload) {
  // One connection, and a server that takes its time: the backlog is the target's.
  const ScriptedServer slow([](ScriptedConnection& client) {
    while (client.read_request()) {
      client.stall(40ms);
      client.send(http_ok("ok"));
    }
  });
  EngineRun run;
  run.add_lines(60);
  run.rate = "100";
  run.options.transmission.spin = true;
  run.options.transmission.connections = 1;
  run.aim_at(slow.port());
  run.play();
  // Unless the machine gave the worker's processor to others: then that is what is told.
  const stats::Fault* overload = run.faults.find(EventKind::kOverload);
  const std::string text = overload == nullptr ? "it ran for 0 %" : overload->text;
  int ran = 100;
  BOOST_TEST(std::sscanf(text.c_str(), "it ran for %d %%", &ran) == 1, text);
  BOOST_TEST(ran < 50, text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
