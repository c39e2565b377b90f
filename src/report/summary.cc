// SPDX-License-Identifier: MIT
//
// Reads what a summary shows, and works out how long requests were being sent.
#include "macaw/report/summary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace macaw::report {

namespace {

Nanos seconds_of(double seconds) {
  return Nanos(std::llround(seconds * 1e9));
}

/// The schedule's own length for what was scheduled, when that can be told exactly; else zero.
Nanos span_of_schedule(const store::RunRow& run) {
  const store::RunStart& start = run.start;
  const bool by_time = start.planned_duration.count() > 0;
  const bool whole = start.planned > 0 && run.counts.scheduled >= start.planned;
  if (whole && by_time) {
    return start.planned_duration;
  }
  if (start.target_rps > 0 && (whole || start.profile.starts_with("constant"))) {
    return seconds_of(static_cast<double>(run.counts.scheduled) / start.target_rps);
  }
  return Nanos::zero();
}

/// The first second by whose end everything had been sent that was ever sent.
uint64_t second_of_last_send(const std::vector<store::HealthRow>& health) {
  std::map<uint32_t, std::pair<uint64_t, uint64_t>> last;  // worker -> (sent, second)
  for (const store::HealthRow& row : health) {
    auto& [sent, second] = last[row.worker];
    if (row.sent > sent) {
      sent = row.sent;
      second = row.second;
    }
  }
  uint64_t latest = 0;
  for (const auto& [worker, seen] : last) {
    latest = std::max(latest, seen.second);
  }
  return latest;
}

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

}  // namespace

double RunSummary::achieved_rps() const {
  if (sending.count() <= 0) {
    return 0;
  }
  return static_cast<double>(run.counts.sent) / to_seconds(sending);
}

Nanos sending_span(const store::RunRow& run, const std::vector<store::HealthRow>& health) {
  const Nanos planned = span_of_schedule(run);
  if (health.empty()) {
    return planned.count() > 0 ? planned : run.elapsed;
  }
  const auto last_s = static_cast<int64_t>(second_of_last_send(health));
  if (planned.count() > 0) {
    // The last send lay between last_s and last_s + 1. The lower bound, so that a health row that
    // came a moment late does not stretch a run that kept its schedule.
    return std::max(planned, from_seconds(last_s));
  }
  const Nanos end = from_seconds(last_s + 1);
  return run.elapsed.count() > 0 ? std::min(run.elapsed, end) : end;
}

Result<RunSummary> read_summary(store::RunReader& reader, int64_t run) {
  RunSummary summary;
  summary.database = reader.path();
  MACAW_TRY_ASSIGN(summary.run, reader.run(run));
  const int64_t number = summary.run.run;
  MACAW_TRY_ASSIGN(summary.totals, reader.totals(number));
  MACAW_TRY_ASSIGN(summary.unsent, reader.unsent(number));
  MACAW_TRY_ASSIGN(std::vector<store::EventRow> events, reader.events(number));
  for (store::EventRow& event : events) {
    const bool error = event.kind == stats::EventKind::kError;
    (error ? summary.errors : summary.events).push_back(std::move(event));
  }
  MACAW_TRY_ASSIGN(const std::vector<store::HealthRow> health,
                   reader.health(number, 0, std::numeric_limits<int64_t>::max()));
  if (summary.run.state == store::RunState::kRunning ||
      summary.run.state == store::RunState::kKilled) {
    raise_from_health(summary.run.counts, health);
  }
  summary.sending = sending_span(summary.run, health);
  return summary;
}

}  // namespace macaw::report
