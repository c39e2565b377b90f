// SPDX-License-Identifier: MIT
//
// Reads what a summary shows.
#include "macaw/report/summary.h"

#include <algorithm>
#include <limits>
#include <map>

namespace macaw::report {

namespace {

/// The counts of a run without an end are as of its last commit; its workers may have said more.
void raise_from_health(store::RunCounts& counts, const std::vector<store::HealthRow>& health) {
  std::map<uint32_t, std::pair<uint64_t, uint64_t>> last;
  for (const store::HealthRow& row : health) {
    auto& [scheduled, sent] = last[row.worker];
    scheduled = std::max(scheduled, row.scheduled);
    sent = std::max(sent, row.sent);
  }
  uint64_t scheduled_sum = 0;
  uint64_t sent_sum = 0;
  for (const auto& [worker, seen] : last) {
    scheduled_sum += seen.first;
    sent_sum += seen.second;
  }
  counts.scheduled = std::max(counts.scheduled, scheduled_sum);
  counts.sent = std::max(counts.sent, sent_sum);
}

/// As many rows are read in a second or so.
constexpr uint64_t kFidelityMax = 3'000'000;

Result<std::optional<stats::Fidelity>> read_fidelity(store::RunReader& reader,
                                                     const store::RunRow& run) {
  if (run.start.arrivals != "recorded" || run.state == store::RunState::kRunning ||
      run.start.rows.kind != store::RowPolicy::Kind::kAll || run.counts.sent > kFidelityMax) {
    return std::optional<stats::Fidelity>();
  }
  stats::FidelityMeter meter;
  MACAW_TRY(reader.for_each_sample(run.run, [&meter](const stats::Sample& sample) {
    if ((sample.flags & stats::kFlagNotSent) == 0) {
      meter.add(sample.intended_ns, sample.intended_ns + static_cast<int64_t>(sample.sent_ns));
    }
  }));
  return meter.result();
}

}  // namespace

double RunSummary::achieved_rps() const {
  return store::achieved_rps(run.counts, run.spans, run.start.warmup);
}

Result<RunSummary> read_summary(store::RunReader& reader, int64_t run) {
  RunSummary summary;
  summary.database = reader.path();
  MACAW_TRY_ASSIGN(summary.run, reader.run(run));
  const int64_t number = summary.run.run;
  MACAW_TRY_ASSIGN(summary.totals, reader.totals(number));
  MACAW_TRY_ASSIGN(summary.unsent, reader.unsent(number));
  MACAW_TRY_ASSIGN(summary.connections, reader.connections(number));
  MACAW_TRY_ASSIGN(summary.streams, reader.streams(number));
  MACAW_TRY_ASSIGN(std::vector<store::EventRow> events, reader.events(number));
  for (store::EventRow& event : events) {
    const bool error = event.kind == stats::EventKind::kError;
    (error ? summary.errors : summary.events).push_back(std::move(event));
  }
  if (summary.run.state == store::RunState::kRunning ||
      summary.run.state == store::RunState::kKilled) {
    MACAW_TRY_ASSIGN(const std::vector<store::HealthRow> health,
                     reader.health(number, 0, std::numeric_limits<int64_t>::max()));
    raise_from_health(summary.run.counts, health);
  }
  MACAW_TRY_ASSIGN(summary.fidelity, read_fidelity(reader, summary.run));
  return summary;
}

}  // namespace macaw::report
