// SPDX-License-Identifier: MIT
//
// The drain as others see it: what main asks of it while a run plays, and how a run ends. What the
// thread does is in drain_thread.cc.

#include "macaw/store/drain.h"

#include <string_view>
#include <thread>
#include <utility>

#include "drain_impl.h"
#include "macaw/base/check.h"

namespace macaw::store {

namespace {

using namespace std::chrono_literals;

constexpr int kFinalTries = 3;
constexpr Nanos kFinalPause = 200ms;

}  // namespace

Drain::Drain(RunWriter& writer, const RunStart& start, std::vector<CellRing*> rings,
             MonoTime run_start)
    : impl_(std::make_unique<Impl>(writer, start, std::move(rings), run_start)) {
  impl_->aggregator.set_reload([impl = impl_.get()](const stats::IntervalKey& key) {
    auto stored = impl->writer.get_interval(key);
    if (!stored.ok()) {
      impl->note_error(stored.error().message());
      return std::unique_ptr<stats::Aggregate>();
    }
    return std::move(*stored);
  });
}

Drain::~Drain() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  if (impl_->thread.joinable()) {
    impl_->thread.join();
  }
}

void Drain::start() {
  MACAW_CHECK(!impl_->thread.joinable());
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

void Drain::command(std::function<Status(RunWriter&)> work) {
  const std::lock_guard lock(impl_->mutex);
  impl_->commands.push_back(std::move(work));
}

void Drain::add_event(EventRow event) {
  const std::lock_guard lock(impl_->mutex);
  impl_->told.push_back(std::move(event));
}

void Drain::redact_with(std::function<std::string(std::string)> redact) {
  impl_->events.redact_with(std::move(redact));
}

void Drain::on_commit(std::function<void(uint64_t complete_seconds)> callback) {
  MACAW_CHECK(!impl_->thread.joinable());
  impl_->committed = std::move(callback);
}

std::string Drain::first_error() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->first_error;
}

Result<stats::Verdict> Drain::stop(const RunEnd& end) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  if (impl_->thread.joinable()) {
    impl_->thread.join();
  }
  Impl& drain = *impl_;
  while (drain.take_cells() > 0) {
  }
  drain.events.finish();
  for (const EventRow& event : end.events) {
    drain.events.add(event);
  }
  bool stored = drain.commit();
  for (int k = 1; !stored && k < kFinalTries; ++k) {
    std::this_thread::sleep_for(kFinalPause);  // whoever held the lock, or filled the disk
    stored = drain.commit();
  }
  drain.rows_lost += drain.rows.size() + drain.transport.drop_rows();
  drain.rows.clear();

  const stats::Aggregate& total = drain.aggregator.totals().at(0);
  const RunCounts counts{.scheduled = end.scheduled,
                         .sent = end.sent,
                         .unsent = end.unsent,
                         .rows_lost = end.ring_overflows + drain.rows_lost,
                         .left_out = drain.aggregator.left_out()};
  stats::VerdictInput input;
  input.total = &total;
  input.lag_is_judged = drain.lag_is_judged;
  input.rows_lost = counts.rows_lost;
  input.conservation_holds = counts.holds(total);
  const HealthSums health = drain.health.sums();
  input.worst_second = health.worst_second();
  input.worker_seconds = &health.worker_seconds();
  input.faults = &drain.events.faults();
  stats::Verdict verdict = stats::judge(input);
  const auto spoil = [&verdict, this](std::string_view what) {
    // Lost rows say enough; and `replay verify` can tell them again.
    if (verdict.kind != stats::VerdictKind::kInvalid) {
      verdict.kind = stats::VerdictKind::kInvalid;
      verdict.reason = fmt::format("{}: {}", what, first_error());
    }
  };
  if (!stored) {
    spoil("the end of the run could not be stored");
  }
  // Even when nothing more fits into the file, the row of the run is already there.
  const Status finished =
      drain.writer.finish_run(end.state, end.reason, end.spans, counts, verdict);
  if (!finished.ok()) {
    drain.writer.rollback();
    drain.note_error(finished.error().message());
    spoil("the run could not be finished in the database");
  }
  return verdict;
}

}  // namespace macaw::store
