// SPDX-License-Identifier: MIT
#include "live_progress.h"

#include <limits>

namespace macaw::app {

namespace {

struct Sums {
  uint64_t ended = 0;
  uint64_t errors = 0;
};

/// So far, from the coarsest intervals: a few rows, however many endpoints there are.
Result<Sums> read_sums(store::RunReader& reader, int64_t run) {
  constexpr uint64_t kEnd = std::numeric_limits<int64_t>::max();
  MACAW_TRY_ASSIGN(const std::vector<store::IntervalRow> rows,
                   reader.intervals(run, stats::kResolutions.back(), 0, 0, kEnd));
  Sums sums;
  for (const store::IntervalRow& row : rows) {
    sums.ended += row.aggregate.requests();
    sums.errors += row.aggregate.errors();
  }
  return sums;
}

}  // namespace

LiveProgress::LiveProgress(const PlaySettings& settings, replay::Replayer& replayer,
                           Console& console, store::RunReader& reader, int64_t run)
    : replayer_(replayer), console_(console), reader_(reader), run_(run) {
  if (settings.abort_if) {
    abort_.emplace(*settings.abort_if);
  }
}

std::optional<std::string> LiveProgress::update(uint64_t complete_seconds) {
  if (complete_seconds <= complete_seconds_ || (console_.quiet() && !abort_)) {
    return std::nullopt;
  }
  complete_seconds_ = complete_seconds;
  // A query that fails here fails again, and loudly, when the summary is read.
  const Result<Sums> sums = read_sums(reader_, run_);
  if (!sums) {
    return std::nullopt;
  }
  if (!console_.quiet()) {
    static_cast<void>(show(complete_seconds - 1, sums->errors));
  }
  return abort_ ? abort_->observe(complete_seconds, sums->ended, sums->errors) : std::nullopt;
}

Status LiveProgress::show(uint64_t second, uint64_t errors) {
  if (!row_) {
    MACAW_TRY_ASSIGN(row_, reader_.run(run_));
  }
  MACAW_TRY_ASSIGN(const std::vector<store::IntervalRow> intervals,
                   reader_.intervals(run_, 1, 0, second, second + 1));
  report::ProgressInput input;
  MACAW_TRY_ASSIGN(input.health, reader_.health(run_, second, second + 1));
  input.run = &*row_;
  input.second = second;
  input.interval = intervals.empty() ? nullptr : &intervals.front();
  input.errors_so_far = errors;
  const Nanos from = from_seconds(static_cast<int64_t>(second));
  input.target_rps = replayer_.target_rps(from, from + from_seconds(1));
  input.planned_end = replayer_.control().status().planned_end;
  console_.live(report::format_progress(input, console_.style()));
  return {};
}

}  // namespace macaw::app
