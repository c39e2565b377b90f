// SPDX-License-Identifier: MIT
//
// The drain thread. Each turn empties the rings; samples are summed up at once and written in
// batches. Everything between two commits is one transaction, aggregates included, so that a killed
// run's rows and sums agree. Until a transaction is committed all of it is also kept in memory:
// after a failed one it is written again, as long as there is room.

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <span>
#include <utility>

#include "drain_impl.h"
#include "macaw/base/check.h"

namespace macaw::store {

namespace {

using namespace std::chrono_literals;
using stats::Cell;
using stats::CellKind;
using stats::Sample;

constexpr Nanos kCommitEvery = 500ms;
// A thousand endpoints take tens of milliseconds to store: then less often, but never a second
// apart.
constexpr int kCommitShare = 5;
constexpr Nanos kCommitEveryMax = 900ms;
constexpr size_t kCommitRows = 100'000;
// Rows that are sorted and inserted together: large enough to fill pages one after the other, small
// enough that the rings are looked at every few milliseconds.
constexpr size_t kInsertRows = 16'384;
// Rows kept while the database cannot be written (13 MB); more are lost.
constexpr size_t kRowsKept = 200'000;
constexpr Nanos kRetryEvery = 2s;
constexpr Nanos kIdle = 20ms;
// Still hundreds of thousands of rows a second before a ring is half full.
constexpr Nanos kBusy = 10ms;
// Many endpoints over a long timeout would be gigabytes; then late samples read their interval
// back.
constexpr size_t kOpenIntervalsMax = 50'000;
// Still a quarter of a core that a worker wants as a whole: as many rows as that worker can make.
constexpr int kNice = 4;

}  // namespace

void Drain::Impl::run() {
  if (lag_is_judged) {
    // Not in the way of pacing, should they share a core. Refused or not, the drain works.
    const auto thread_id = static_cast<id_t>(syscall(SYS_gettid));
    static_cast<void>(setpriority(PRIO_PROCESS, thread_id, kNice));
  }
  pthread_setname_np(pthread_self(), "macaw-drain");
  commit_at = MonoClock::now() + kCommitEvery;
  while (true) {
    const double fullest = take_cells();
    if (!failing && rows.size() - inserted >= kInsertRows) {
      if (const Status done = insert_rows(); !done.ok()) {
        handle_failure(done.error());
      }
    }
    if (MonoClock::now() >= commit_at || (!failing && row_count() >= kCommitRows)) {
      static_cast<void>(commit());
    }
    std::unique_lock lock(mutex);
    if (stopping) {
      return;
    }
    if (fullest < 0.5) {
      wake.wait_for(lock, fullest < 0.05 ? kIdle : kBusy);
    }
  }
}

// Returns how full the fullest ring was.
double Drain::Impl::take_cells() {
  taken_at = elapsed();
  double fullest = 0;
  for (size_t ring = 0; ring < rings.size(); ++ring) {
    const auto capacity = static_cast<double>(rings[ring]->capacity());
    const size_t waiting = rings[ring]->size();
    fullest = std::max(fullest, static_cast<double>(waiting) / capacity);
    if (waiting > rings[ring]->capacity() / 2 && taken_at >= behind_again_at) {
      tell_behind(ring, waiting);
    }
    // Not until it is empty: a fast producer must not keep the others waiting.
    for (size_t left = kInsertRows; left > 0;) {
      const size_t count = rings[ring]->pop(cells);
      for (const Cell& cell : std::span(cells).first(count)) {
        take(ring, cell);
      }
      left -= std::min(left, count);
      if (count < cells.size()) {
        break;
      }
    }
  }
  return fullest;
}

void Drain::Impl::take(size_t ring, const Cell& cell) {
  switch (cell.kind()) {
    case CellKind::kSample: {
      const auto sample = cell.as<Sample>();
      aggregator.add(sample);
      health.add(sample);
      transport.add(ring, sample);
      if ((sample.flags & stats::kFlagIgnored) == 0) {
        mark_changed(static_cast<uint16_t>(sample.endpoint));
      }
      if (policy.keeps(sample.index, sample.outcome)) {
        rows.push_back(sample);
      }
      return;
    }
    case CellKind::kEvent:
      events.add(ring, cell.as<stats::EventCell>());
      return;
    case CellKind::kText:
      events.add(ring, cell.as<stats::TextCell>());
      return;
    case CellKind::kHealth:
      health.add(cell.as<stats::HealthCell>());
      return;
    case CellKind::kUnsent: {
      const auto range = cell.as<stats::UnsentCell>();
      unsent.push_back({range.worker, range.first, range.last, range.count, range.reason});
      return;
    }
    case CellKind::kConnection:
      transport.add(cell.as<stats::ConnectionCell>());
      return;
    case CellKind::kStream:
      transport.add(ring, cell.as<stats::StreamCell>());
      return;
    case CellKind::kNone:
      break;
  }
  MACAW_CHECK(false, "a cell of kind {}", static_cast<int>(cell.kind()));
}

void Drain::Impl::tell_behind(size_t ring, size_t waiting) {
  EventRow event;
  event.kind = stats::EventKind::kWriterBehind;
  event.at = taken_at;
  event.worker = static_cast<uint32_t>(ring);
  event.value = static_cast<int64_t>(waiting);
  event.text = "the database was not written fast enough, and a sample ring was over half full";
  events.add(std::move(event));
  behind_again_at = taken_at + 1s;
}

void Drain::Impl::mark_changed(uint16_t endpoint) {
  if (!is_changed[endpoint]) {
    is_changed[endpoint] = true;
    changed_totals.push_back(endpoint);
  }
}

/// A worker on this core that has become due meanwhile may otherwise have to wait for the
/// scheduler's next tick (4 ms at 250 a second), and rows are inserted for tens of milliseconds.
/// Not when rows might be lost for it.
void Drain::Impl::let_workers_go_first() const {
  const bool in_time = std::all_of(rings.begin(), rings.end(), [](const auto& ring) {
    return ring->size() < ring->capacity() / 8;
  });
  if (lag_is_judged && in_time) {
    sched_yield();
  }
}

Status Drain::Impl::insert_rows() {
  const auto waiting = std::span(rows).subspan(inserted);
  MACAW_TRY(writer.add_samples(waiting, [this] { let_workers_go_first(); }));
  inserted = rows.size();
  return {};
}

Status Drain::Impl::write_commands() {
  std::vector<std::function<Status(RunWriter&)>> taken;
  {
    const std::lock_guard lock(mutex);
    taken.swap(commands);
  }
  begun_commands.insert(begun_commands.end(), taken.begin(), taken.end());
  for (const auto& work : taken) {
    Status done = work(writer);
    if (!done.ok() && writer.failed()) {
      return done;
    }
    if (!done.ok()) {
      note_error(done.error().message());  // it asked for what there is not; that harms nobody else
    }
  }
  return {};
}

void Drain::Impl::take_told() {
  std::vector<EventRow> taken;
  {
    const std::lock_guard lock(mutex);
    taken.swap(told);
  }
  for (EventRow& event : taken) {
    events.add(std::move(event));
  }
}

Status Drain::Impl::write_everything() {
  take_told();
  MACAW_TRY(write_commands());
  MACAW_TRY(insert_rows());
  MACAW_TRY(transport.write(writer, [this] { let_workers_go_first(); }));
  const bool crowded = aggregator.open_count() > kOpenIntervalsMax;
  Status written;
  aggregator.take_changed(taken_seconds(), crowded ? 1 : keep_s,
                          [&](const stats::IntervalKey& key, const stats::Aggregate& aggregate) {
                            if (written.ok()) {
                              written = writer.put_interval(key, aggregate);
                            }
                          });
  if (!written.ok()) {
    return written;
  }
  MACAW_TRY(writer.put_endpoint_totals(0, aggregator.totals().at(0)));
  for (const uint16_t endpoint : changed_totals) {
    MACAW_TRY(writer.put_endpoint_totals(endpoint, aggregator.totals().at(endpoint)));
  }
  MACAW_TRY(health.visit_changed([&](const HealthRow& row) { return writer.put_health(row); }));
  for (const EventRow& event : events.uncommitted()) {
    MACAW_TRY(writer.add_event(event));
  }
  for (const UnsentRow& range : unsent) {
    MACAW_TRY(writer.add_unsent(range));
  }
  return writer.put_progress({.elapsed = taken_at, .sending = taken_at},
                             {.scheduled = health.scheduled(),
                              .sent = health.sent(),
                              .unsent = 0,
                              .rows_lost = 0,
                              .left_out = aggregator.left_out()});
}

bool Drain::Impl::commit() {
  const MonoTime began = MonoClock::now();
  Status done = write_everything();
  if (done.ok()) {
    done = writer.commit();
  }
  if (!done.ok()) {
    handle_failure(done.error());
    return false;
  }
  const uint64_t now_s = taken_seconds();
  failing = false;
  rows.clear();
  inserted = 0;
  begun_commands.clear();
  for (const uint16_t endpoint : changed_totals) {
    is_changed[endpoint] = false;
  }
  changed_totals.clear();
  unsent.clear();
  events.committed();
  transport.committed();
  health.committed(now_s > keep_s ? now_s - keep_s : 0);
  const Nanos took = MonoClock::now() - began;
  commit_at = began + std::clamp(took * kCommitShare, kCommitEvery, kCommitEveryMax);
  if (committed) {
    committed(now_s);
  }
  return true;
}

void Drain::Impl::handle_failure(const Error& error) {
  note_error(error.message());
  writer.rollback();
  failing = true;
  commit_at = MonoClock::now() + kRetryEvery;
  inserted = 0;
  if (row_count() > kRowsKept) {
    rows_lost += rows.size() + transport.drop_rows();
    rows.clear();
  }
  // Of the rest, only intervals have been called unchanged when they were handed out.
  aggregator.change_all();
  const std::lock_guard lock(mutex);
  commands.insert(commands.begin(), begun_commands.begin(), begun_commands.end());
  begun_commands.clear();
}

void Drain::Impl::note_error(const std::string& message) {
  const std::lock_guard lock(mutex);
  if (first_error.empty()) {
    first_error = message;
  }
}

}  // namespace macaw::store
