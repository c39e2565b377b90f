// SPDX-License-Identifier: MIT
//
// A program to be killed: it plays a run into the database named by its first argument and writes a
// line to stdout after each commit, "seconds rows", of what must be found there after its death.

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>

#include "macaw/store/drain.h"
#include "macaw/store/run_writer.h"

namespace macaw::store {

namespace {

constexpr uint64_t kRate = 5'000;

stats::Sample sample_at(uint64_t i) {
  stats::Sample sample;
  sample.index = i & 0xffffffffff;
  sample.line = static_cast<uint32_t>(i);
  sample.endpoint = (1 + i % 3) & 0xffff;
  sample.intended_ns = static_cast<int64_t>(i * (1'000'000'000 / kRate));
  sample.ready_ns = 20'000;
  sample.sent_ns = 30'000;
  sample.done_ns = 1'000'000 + i % 1'000 * 997;
  sample.first_byte_ns = sample.done_ns;
  sample.status = 200;
  return sample;
}

int play(const std::string& path) {
  auto writer = RunWriter::open(path);
  RunStart start;
  start.label = "victim";
  start.started_at = wall_now();
  start.timeout = from_seconds(5);
  if (!writer.ok() || !(*writer)->begin_run(start).ok()) {
    return 1;
  }
  CellRing ring(1 << 16);
  Drain drain(**writer, start, {&ring}, MonoClock::now());
  drain.on_commit([](uint64_t seconds) {
    const std::string line = std::to_string(seconds) + "\n";
    if (write(STDOUT_FILENO, line.data(), line.size()) < 0) {
      _exit(2);
    }
  });
  const MonoTime began = MonoClock::now();
  drain.start();
  for (uint64_t i = 0; true; ++i) {
    const stats::Sample sample = sample_at(i);
    while (!ring.try_push(stats::Cell::of(sample))) {
      std::this_thread::yield();
    }
    if (i % 50 == 0) {
      std::this_thread::sleep_until(
          began + Nanos(sample.intended_ns + static_cast<int64_t>(sample.done_ns)));
    }
  }
}

}  // namespace

}  // namespace macaw::store

int main(int argc, char** argv) {
  return argc == 2 ? macaw::store::play(argv[1]) : 1;
}
