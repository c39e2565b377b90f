// SPDX-License-Identifier: MIT
//
// What storing costs: rows per second and CPU per row through the writer alone and through the
// drain with all its sums, and bytes per row on disk. Run by hand; prints a table, asserts nothing.

#include <fmt/format.h>
#include <sys/resource.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "macaw/base/random.h"
#include "macaw/store/drain.h"
#include "macaw/store/run_reader.h"
#include "macaw/store/run_writer.h"

namespace macaw::store {

namespace {

constexpr uint64_t kNanosPerSecond = 1'000'000'000;

struct Load {
  uint64_t rows = 2'000'000;
  uint64_t rate = 200'000;
  uint16_t endpoints = 2;
};

double cpu_seconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

stats::Sample sample_at(const Load& load, uint64_t i) {
  Random random(1, i);
  stats::Sample sample;
  sample.index = i & 0xffffffffff;
  sample.line = static_cast<uint32_t>(1 + i % 100'000);
  sample.worker = i % 2;
  sample.endpoint = (1 + random.below(load.endpoints)) & 0xffff;
  sample.connection = random.below(64) & 0x3f;
  sample.intended_ns = static_cast<int64_t>(i * kNanosPerSecond / load.rate);
  const double normal = random.unit() + random.unit() + random.unit() + random.unit() - 2;
  sample.ready_ns = (5'000 + random.below(60'000)) & 0xffffffffff;
  sample.sent_ns = (sample.ready_ns + 2'000 + random.below(20'000)) & 0xffffffffff;
  sample.done_ns = sample.sent_ns + static_cast<uint64_t>(4e6 * std::exp(normal));
  sample.first_byte_ns = sample.done_ns - random.below(20'000);
  sample.status = 200;
  sample.bytes_in = 180 + static_cast<uint32_t>(random.below(900));
  sample.bytes_out = 150;
  return sample;
}

RunStart start_of(const Load& load) {
  RunStart start;
  start.label = "bench";
  start.started_at = wall_now();
  start.target_rps = static_cast<double>(load.rate);
  start.timeout = from_seconds(30);
  return start;
}

void report(const char* what, const Load& load, double wall_s, double cpu_s,
            const std::string& path) {
  const auto rows = static_cast<double>(load.rows);
  const double bytes = static_cast<double>(std::filesystem::file_size(path));
  fmt::print(
      "{:<10} {:>9} rows {:>5} endpoints {:>10.0f} rows/s {:>6.2f} us CPU/row {:>6.1f} B/row\n",
      what, load.rows, load.endpoints, rows / wall_s, cpu_s * 1e6 / rows, bytes / rows);
}

int check(const Status& status) {
  if (!status.ok()) {
    fmt::print("{}\n", status.error().message());
    std::exit(1);
  }
  return 0;
}

void bench_writer(const Load& load, const std::string& path) {
  auto writer = RunWriter::open(path);
  check(writer.ok() ? Status() : Status(writer.error()));
  check((*writer)->begin_run(start_of(load)).ok() ? Status() : Status(Error("no run")));
  std::vector<stats::Sample> samples;
  for (uint64_t i = 0; i < load.rows; ++i) {
    samples.push_back(sample_at(load, i));
  }
  const MonoTime began = MonoClock::now();
  const double cpu = cpu_seconds(RUSAGE_SELF);
  for (size_t at = 0; at < samples.size(); at += 16'384) {
    check((*writer)->add_samples(
        std::span(samples).subspan(at, std::min<size_t>(16'384, samples.size() - at))));
    if (at / 16'384 % 6 == 5) {
      check((*writer)->commit());
    }
  }
  check((*writer)->finish_run(RunState::kFinished, "", {from_seconds(1), from_seconds(1)}, {}, {}));
  report("writer", load, to_seconds(MonoClock::now() - began), cpu_seconds(RUSAGE_SELF) - cpu,
         path);
}

void bench_drain(const Load& load, const std::string& path) {
  auto writer = RunWriter::open(path);
  check(writer.ok() ? Status() : Status(writer.error()));
  const RunStart start = start_of(load);
  check((*writer)->begin_run(start).ok() ? Status() : Status(Error("no run")));
  CellRing ring(1 << 16);
  Drain drain(**writer, start, {&ring}, MonoClock::now());
  std::vector<stats::Cell> cells;
  for (uint64_t i = 0; i < load.rows; ++i) {
    cells.push_back(stats::Cell::of(sample_at(load, i)));
  }
  const MonoTime began = MonoClock::now();
  const double cpu = cpu_seconds(RUSAGE_SELF);
  drain.start();
  for (const stats::Cell& cell : cells) {
    while (!ring.try_push(cell)) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }
  RunEnd end;
  end.scheduled = end.sent = load.rows;
  end.spans.elapsed = MonoClock::now() - began;
  const auto verdict = drain.stop(end);
  report("drain", load, to_seconds(MonoClock::now() - began), cpu_seconds(RUSAGE_SELF) - cpu, path);
  fmt::print("           {} {}\n", stats::verdict_name(verdict->kind), drain.first_error());
}

void bench_verify(const Load& load, const std::string& path) {
  auto reader = RunReader::open(path);
  const MonoTime began = MonoClock::now();
  const double cpu = cpu_seconds(RUSAGE_SELF);
  const auto verification = verify_run(**reader, 0);
  report(verification.ok() && verification->ok() ? "verify" : "VERIFY?", load,
         to_seconds(MonoClock::now() - began), cpu_seconds(RUSAGE_SELF) - cpu, path);
}

}  // namespace

}  // namespace macaw::store

int main(int argc, char** argv) {
  using namespace macaw::store;
  const std::filesystem::path folder = argc > 1 ? argv[1] : std::filesystem::temp_directory_path();
  const std::string path = (folder / "store_bench.sqlite").string();
  for (const Load& load : {Load{}, Load{200'000, 100, 2}, Load{1'000'000, 50'000, 1'000}}) {
    std::filesystem::remove(path);
    bench_writer(load, path);
    std::filesystem::remove(path);
    bench_drain(load, path);
    bench_verify(load, path);
  }
  std::filesystem::remove(path);
  return 0;
}
