// SPDX-License-Identifier: MIT
//
// The drain: one low-priority thread that empties the workers' sample rings into the run database,
// sums up, and commits at least every half second. It never makes a worker wait. Everything that
// writes to the database while a run plays goes through here. Thread: start(), stop() and command()
// from main; the rings' producers are the workers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/ring.h"
#include "macaw/stats/sample.h"
#include "macaw/store/run_record.h"
#include "macaw/store/run_writer.h"

namespace macaw::store {

using CellRing = SpscRing<stats::Cell>;

/// How a run ended, as the app knows it after its workers have stopped.
struct RunEnd {
  RunState state = RunState::kFinished;
  std::string reason;
  RunSpans spans;
  uint64_t scheduled = 0;
  uint64_t sent = 0;
  uint64_t unsent = 0;
  uint64_t ring_overflows = 0;   ///< cells that a full ring refused
  std::vector<EventRow> events;  ///< what was found at the end, and no worker tells
};

class Drain {
 public:
  /// `writer` has begun its run and outlives the drain. `rings` outlive it too; one per worker.
  /// `run_start` is the run's monotonic time 0.
  Drain(RunWriter& writer, const RunStart& start, std::vector<CellRing*> rings, MonoTime run_start);
  ~Drain();

  void start();
  /// Runs `work` on the drain thread before its next commit (new endpoints found by the reader,
  /// labels). Thread: any.
  void command(std::function<Status(RunWriter&)> work);
  /// An event that no worker tells; stored, and judged, like theirs. REQUIRES: before stop().
  /// Thread: any.
  void add_event(EventRow event);
  /// All texts of events go through it before anything else sees them: texts of errors may quote
  /// what a server sent. REQUIRES: before start(). Called on the drain thread.
  void redact_with(std::function<std::string(std::string)> redact);
  /// Called on the drain thread after each commit with the number of the last second that is
  /// complete. May wake a loop.
  void on_commit(std::function<void(uint64_t complete_seconds)> callback);
  /// The first error of the database, if any (the disk is full, ...): the run goes on, its rows are
  /// lost and counted. Thread: any.
  std::string first_error() const;

  /// REQUIRES: the producers have stopped. Empties the rings, writes totals, judges, finishes the
  /// run, joins the thread.
  Result<stats::Verdict> stop(const RunEnd& end);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::store
