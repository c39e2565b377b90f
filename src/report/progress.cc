// SPDX-License-Identifier: MIT
//
// The line of one second, and the list of runs.
#include <algorithm>

#include "macaw/base/units.h"
#include "macaw/report/summary.h"
#include "phrases.h"
#include "table.h"

namespace macaw::report {

namespace {

Nanos planned_span(const store::RunStart& start) {
  if (start.planned_duration.count() > 0) {
    return start.planned_duration;
  }
  if (start.planned > 0 && start.target_rps > 0) {
    return nanos_of(static_cast<double>(start.planned) * 1e9 / start.target_rps);
  }
  return Nanos::zero();
}

/// "p99 4.50 ms", dim or with "~" where the second holds too few samples for it.
std::string percentile(const stats::Distribution& response, double q, Nanos timeout,
                       const TextStyle& style) {
  const TableCell cell = latency_cell(response.quantile(q), timeout, style);
  return fmt::format("{} {}", stats::quantile_name(q), paint(style, cell.paint, cell.text));
}

/// "2026-11-21 02:25:01"
std::string short_time(WallTime time) {
  std::string text = format_iso8601(time).substr(0, 19);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text;
}

}  // namespace

std::string format_progress(const ProgressInput& input, const TextStyle& style) {
  if (input.run == nullptr || (input.interval == nullptr && input.health.empty())) {
    return {};
  }
  const store::RunStart& start = input.run->start;
  std::string line = format_duration(from_seconds(static_cast<int64_t>(input.second + 1)));
  const Nanos span = input.planned_end > Nanos::zero() ? input.planned_end : planned_span(start);
  if (span > Nanos::zero()) {
    line += " of " + format_duration(std::chrono::round<std::chrono::seconds>(span));
  }
  const uint64_t answered = input.interval == nullptr ? 0 : input.interval->aggregate.completed;
  line += fmt::format("  {}/s", format_count(answered));
  if (input.target_rps > 0) {
    line += fmt::format(" of {}/s", rate_text(input.target_rps));
  }
  uint64_t in_flight = 0;
  uint64_t backlog = 0;
  double lag_p99_ms = 0;
  for (const store::HealthRow& row : input.health) {
    in_flight += row.in_flight;
    backlog += row.backlog;
    lag_p99_ms = std::max(lag_p99_ms, row.lag_p99_ms);
  }
  if (!input.health.empty()) {
    line += fmt::format("  {} in flight", format_count(in_flight));
  }
  if (backlog > 0) {
    line += fmt::format("  {} waiting", format_count(backlog));
  }
  const std::string errors = fmt::format("{} error{}", format_count(input.errors_so_far),
                                         input.errors_so_far == 1 ? "" : "s");
  line += "  " + paint(style, input.errors_so_far > 0 ? Paint::kRed : Paint::kPlain, errors);
  if (input.interval != nullptr && input.interval->aggregate.response.count() > 0) {
    const stats::Distribution& response = input.interval->aggregate.response;
    line += "  " + percentile(response, 0.5, start.timeout, style);
    line += "  " + percentile(response, 0.99, start.timeout, style);
  }
  if (!input.health.empty()) {
    line += fmt::format("  lag p99 {}", format_latency(nanos_of(lag_p99_ms * 1e6)));
  }
  return line;
}

std::string format_run_list(const std::vector<store::RunRow>& runs, const TextStyle& style) {
  if (runs.empty()) {
    return "no runs yet\n";
  }
  Table table;
  table.set_left_from(6);
  table.add_row({{"run", Paint::kDim},
                 {"started (UTC)", Paint::kDim},
                 {"length", Paint::kDim},
                 {"rate/s", Paint::kDim},
                 {"sent", Paint::kDim},
                 {"unsent", Paint::kDim},
                 {"verdict", Paint::kDim},
                 {"file -> target", Paint::kDim}});
  for (const store::RunRow& run : runs) {
    const store::RunStart& start = run.start;
    std::string what = fmt::format("{} -> {}", printable(start.file), printable(start.target));
    if (!start.label.empty()) {
      what += fmt::format("  \"{}\"", printable(start.label));
    }
    if (run.state == store::RunState::kInterrupted || run.state == store::RunState::kKilled) {
      what += fmt::format("  ({})", store::run_state_name(run.state));
    }
    const Nanos length = std::chrono::round<std::chrono::seconds>(run.spans.elapsed);
    table.add_row({{std::to_string(run.run)},
                   {short_time(start.started_at)},
                   {run.state != store::RunState::kRunning ? format_duration(length) : "-"},
                   {start.target_rps > 0 ? rate_text(start.target_rps) : "max"},
                   {format_count(run.counts.sent)},
                   {format_count(run.counts.unsent)},
                   {std::string(verdict_word(run)), verdict_paint(run)},
                   {what}});
  }
  return table.render(style);
}

}  // namespace macaw::report
