// SPDX-License-Identifier: MIT
//
// What the drain's thread (drain_thread.cc) and the drain as others see it (drain.cc) share.
// Thread: as the comments of the members say.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "drain_cells.h"
#include "drain_transport.h"
#include "macaw/stats/aggregate.h"
#include "macaw/store/drain.h"

namespace macaw::store {

inline constexpr size_t kCellsAtOnce = 4'096;
// Beyond the timeout nothing of an interval's requests is missing, short of an overdriven run.
inline constexpr uint64_t kKeepSeconds = 5;

struct Drain::Impl {
  Impl(RunWriter& run_writer, const RunStart& start, std::vector<CellRing*> sample_rings,
       MonoTime began)
      : writer(run_writer),
        rings(std::move(sample_rings)),
        run_start(began),
        policy(start.rows),
        lag_is_judged(start.lag_is_judged),
        keep_s(static_cast<uint64_t>(to_seconds(start.timeout)) + kKeepSeconds),
        events(rings.size(), start.warmup),
        health(start.warmup),
        transport(rings.size(), start.rows) {}

  RunWriter& writer;
  const std::vector<CellRing*> rings;
  const MonoTime run_start;
  const RowPolicy policy;
  const bool lag_is_judged;
  const uint64_t keep_s;
  std::function<void(uint64_t)> committed;

  std::mutex mutex;  // guards the five below
  std::condition_variable wake;
  bool stopping = false;
  std::vector<std::function<Status(RunWriter&)>> commands;
  std::vector<EventRow> told;  // by others than the workers
  std::string first_error;
  std::thread thread;

  // The drain thread's own; stop()'s after it has ended.
  std::vector<stats::Cell> cells = std::vector<stats::Cell>(kCellsAtOnce);
  stats::RunAggregator aggregator;
  EventCollector events;
  HealthCollector health;
  TransportCollector transport;
  std::vector<UnsentRow> unsent;
  std::vector<uint16_t> changed_totals;                           // endpoints, each once
  std::vector<bool> is_changed = std::vector<bool>(65'536);       // by endpoint
  std::vector<std::function<Status(RunWriter&)>> begun_commands;  // in the open transaction
  std::vector<stats::Sample> rows;                                // not yet committed
  size_t inserted = 0;                                            // of them, in the transaction
  uint64_t rows_lost = 0;
  Nanos taken_at{};         // since the start of the run: all that happened before has been taken
  Nanos behind_again_at{};  // not before, so that a slow disk does not fill the events
  MonoTime commit_at;
  bool failing = false;

  void run();
  double take_cells();
  void tell_behind(size_t ring, size_t waiting);
  void mark_changed(uint16_t endpoint);
  void take(size_t ring, const stats::Cell& cell);
  void let_workers_go_first() const;

  size_t row_count() const { return rows.size() + transport.row_count(); }

  Status insert_rows();
  Status write_everything();
  Status write_commands();
  void take_told();
  bool commit();
  void handle_failure(const Error& error);
  void note_error(const std::string& message);

  Nanos elapsed() const { return MonoClock::now() - run_start; }

  /// Whole seconds of the run that have passed.
  uint64_t taken_seconds() const {
    return taken_at.count() < 0 ? 0 : static_cast<uint64_t>(taken_at / std::chrono::seconds(1));
  }
};

}  // namespace macaw::store
