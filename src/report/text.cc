// SPDX-License-Identifier: MIT
//
// The summary as text: what a person reads at the end of a run, most important first.
#include <algorithm>
#include <array>
#include <map>

#include "closed_loop.h"
#include "macaw/base/units.h"
#include "macaw/report/summary.h"
#include "phrases.h"
#include "table.h"
#include "transport_text.h"

namespace macaw::report {

namespace {

constexpr size_t kEndpointsMax = 20;
constexpr size_t kErrorsMax = 20;
constexpr size_t kEventsMax = 10;
/// Waiting for a connection is worth a line when at least this share waited longer than this.
constexpr uint64_t kNotableWaitNs = 1'000'000;
constexpr double kNotableShare = 0.01;

std::string verdict_line(const RunSummary& summary, const TextStyle& style) {
  const store::RunRow& run = summary.run;
  std::string line = paint(style, verdict_paint(run), verdict_word(run));
  if (run.state == store::RunState::kRunning) {
    line += "  the run is still being played: no verdict yet";
  } else if (!run.verdict.reason.empty()) {
    line += "  " + printable(run.verdict.reason);
  }
  return line + "\n";
}

std::string plan_lines(const RunSummary& summary) {
  const store::RunRow& run = summary.run;
  const store::RunStart& start = run.start;
  std::string text = fmt::format("{} -> {}", printable(start.file), printable(start.target));
  if (!start.label.empty()) {
    text += fmt::format("  \"{}\"", printable(start.label));
  }
  const bool closed = start.users > 0;
  text += fmt::format("\n{}, {}{}, at most {} connection{}, timeout {}\n", printable(start.profile),
                      printable(start.arrivals), closed ? "" : " arrivals",
                      format_count(start.connections), start.connections == 1 ? "" : "s",
                      format_duration(start.timeout));
  if (run.spans.elapsed.count() > 0) {
    const Nanos shown = std::chrono::round<std::chrono::milliseconds>(run.spans.elapsed);
    text += fmt::format("ended after {}{}{}\n", format_duration(shown),
                        run.end_reason.empty() ? "" : ": ", printable(run.end_reason));
  }
  return text;
}

std::string rate_line(const RunSummary& summary) {
  const store::RunRow& run = summary.run;
  const double achieved = summary.achieved_rps();
  const double target = run.start.target_rps;
  std::string text = target > 0 ? fmt::format("target {}/s, ", format_rate(target)) : "no target, ";
  text += fmt::format("achieved {}/s", rate_text(achieved));
  if (target > 0) {
    text += fmt::format(" ({:.1f} %)", 100 * achieved / target);
  }
  text += fmt::format(
      ": {} requests sent in {}\n", format_count(run.counts.sent),
      format_duration(std::chrono::round<std::chrono::milliseconds>(run.spans.sending)));
  if (run.start.warmup > Nanos::zero()) {
    text += fmt::format("warm-up {}: what was due within it is in no number\n",
                        format_duration(run.start.warmup));
  }
  return text;
}

/// How true the replay was to its recording.
std::string fidelity_line(const RunSummary& summary) {
  if (!summary.fidelity) {
    return {};
  }
  const stats::Fidelity& fidelity = *summary.fidelity;
  return fmt::format(
      "fidelity: {:.3f} s recorded, {:.3f} s played ({:+.0f} ppm); gaps differ in {:.1f} % at most "
      "(Kolmogorov-Smirnov,\nwithin 0.1 ms); bursts: dispersion per 10 ms {:.2f} recorded, {:.2f} "
      "played\n",
      fidelity.planned_s, fidelity.played_s, 1e6 * fidelity.drift(), 100 * fidelity.gap_distance,
      fidelity.planned_dispersion, fidelity.played_dispersion);
}

stats::Quantile quantile_of(const stats::Histogram& histogram, double q) {
  return stats::Distribution{histogram, 0}.quantile(q);
}

std::string lag_line(const stats::Aggregate& total) {
  const stats::Histogram& lag = total.lag;
  if (lag.empty()) {
    return {};
  }
  const auto at = [&lag](double q) { return latency_text(quantile_of(lag, q), Nanos::zero()); };
  return fmt::format("scheduler lag p50 {}, p99 {}, max {}\n", at(0.5), at(0.99),
                     format_latency(Nanos(static_cast<int64_t>(lag.max_ns()))));
}

std::string wait_line(const RunSummary& summary) {
  const stats::Histogram& wait = total_of(summary).connection_wait;
  uint64_t waited = 0;
  wait.for_each_bucket([&waited](uint64_t lowest_ns, uint64_t /*highest_ns*/, uint64_t count) {
    waited += lowest_ns >= kNotableWaitNs ? count : 0;
  });
  if (static_cast<double>(waited) < kNotableShare * static_cast<double>(wait.count()) ||
      waited == 0) {
    return {};
  }
  const double percent = 100.0 * static_cast<double>(waited) / static_cast<double>(wait.count());
  return fmt::format(
      "{:.0f} % waited for a connection (more than 1 ms; at most {} connections): "
      "p50 {}, max {}\n",
      percent, format_count(summary.run.start.connections),
      latency_text(quantile_of(wait, 0.5), Nanos::zero()),
      format_latency(Nanos(static_cast<int64_t>(wait.max_ns()))));
}

using ClockOf = stats::Distribution stats::Aggregate::*;

std::vector<TableCell> latency_row(std::string name, const stats::Aggregate& aggregate,
                                   const stats::Distribution& everybody, Nanos timeout,
                                   const TextStyle& style) {
  const uint64_t errors = aggregate.errors();
  std::vector<TableCell> row{
      {std::move(name)},
      {format_count(aggregate.requests())},
      {format_count(errors), errors > 0 ? Paint::kRed : Paint::kPlain},
  };
  const std::optional<Mean> mean = mean_of(everybody, timeout);
  row.emplace_back(mean ? mean_text(*mean) : "-");
  for (const double q : stats::kShownQuantiles) {
    row.push_back(everybody.count() == 0 ? TableCell("-")
                                         : latency_cell(everybody.quantile(q), timeout, style));
  }
  if (everybody.count() == 0) {
    row.emplace_back("-");
  } else if (everybody.failures > 0) {
    row.emplace_back(beyond_timeout(timeout), Paint::kRed);
  } else {
    row.emplace_back(format_latency(Nanos(static_cast<int64_t>(everybody.successes.max_ns()))));
  }
  return row;
}

/// The successes alone, under a row that holds failures.
std::vector<TableCell> success_row(const stats::Distribution& everybody, Nanos timeout,
                                   const TextStyle& style) {
  const stats::Histogram& successes = everybody.successes;
  std::vector<TableCell> row{{"  successes"}, {format_count(successes.count())}, {""}};
  if (successes.empty()) {
    row.insert(row.end(), stats::kShownQuantiles.size() + 2, TableCell("-"));
    return row;
  }
  row.emplace_back(format_latency(nanos_of(successes.mean_ns())));
  for (const double q : stats::kShownQuantiles) {
    row.push_back(latency_cell(everybody.success_quantile(q), timeout, style));
  }
  row.emplace_back(format_latency(Nanos(static_cast<int64_t>(successes.max_ns()))));
  return row;
}

/// The total, and the endpoints with most requests.
std::vector<const store::EndpointTotals*> shown_endpoints(const RunSummary& summary) {
  std::vector<const store::EndpointTotals*> shown;
  for (const store::EndpointTotals& totals : summary.totals) {
    shown.push_back(&totals);
  }
  if (shown.size() > kEndpointsMax + 1) {
    std::stable_sort(shown.begin() + 1, shown.end(), [](const auto* a, const auto* b) {
      return a->totals.requests() > b->totals.requests();
    });
    shown.resize(kEndpointsMax + 1);
  }
  return shown;
}

bool any_unsupported(const std::vector<const store::EndpointTotals*>& shown) {
  return std::any_of(shown.begin(), shown.end(), [](const store::EndpointTotals* row) {
    const uint64_t count = row->totals.requests();
    return count > 0 && count < stats::samples_needed(stats::kShownQuantiles.back());
  });
}

std::string latency_tables(const RunSummary& summary, const TextStyle& style) {
  const Nanos timeout = summary.run.start.timeout;
  const std::vector<const store::EndpointTotals*> shown = shown_endpoints(summary);
  Table table;
  std::vector<TableCell> header{
      {""}, {"count", Paint::kDim}, {"errors", Paint::kDim}, {"mean", Paint::kDim}};
  for (const double q : stats::kShownQuantiles) {
    header.emplace_back(stats::quantile_name(q), Paint::kDim);
  }
  header.emplace_back("max", Paint::kDim);
  table.add_row(std::move(header));
  std::array<std::pair<const char*, ClockOf>, 2> clocks = {
      {{"Response time: from the intended send to the whole answer", &stats::Aggregate::response},
       {"Service time: from the actual send to the whole answer", &stats::Aggregate::service}}};
  if (summary.run.start.users > 0) {
    std::swap(clocks[0], clocks[1]);  // the latency of a closed loop is its service time
    clocks[1].first = "Response time: from when its user was ready to the whole answer";
  }
  for (const auto& [title, clock] : clocks) {
    table.add_heading(title);
    for (const store::EndpointTotals* row : shown) {
      const stats::Distribution& everybody = row->totals.*clock;
      table.add_row(
          latency_row(printable(row->endpoint.name()), row->totals, everybody, timeout, style));
      if (everybody.failures > 0) {
        table.add_row(success_row(everybody, timeout, style));
      }
    }
  }
  std::string text = "\n" + table.render(style);
  if (summary.totals.size() > shown.size()) {
    text += fmt::format("and {} more endpoints, in the view endpoint_latency of the database\n",
                        format_count(summary.totals.size() - shown.size()));
  }
  if (any_unsupported(shown)) {
    text += unsupported_note(style);
  }
  if (total_of(summary).errors() > 0) {
    text += fmt::format(
        "{}: a failed request counts as slower than any success, and in the mean "
        "as {}\n",
        beyond_timeout(timeout), format_duration(timeout));
  }
  return text;
}

std::string outcome_table(const RunSummary& summary, const TextStyle& style) {
  const stats::Aggregate& total = total_of(summary);
  Table table;
  for (size_t k = 1; k < stats::kOutcomes; ++k) {
    const auto outcome = static_cast<stats::Outcome>(k);
    const uint64_t count = total.outcomes.at(k);
    if (count > 0 || outcome == stats::Outcome::kOk) {
      const bool bad = count > 0 && !stats::is_success(outcome);
      table.add_row(
          {{"  " + std::string(stats::outcome_name(outcome)), bad ? Paint::kRed : Paint::kPlain},
           {format_count(count)},
           {share_text(count, total.requests())}});
    }
  }
  return "\nOutcomes\n" + table.render(style);
}

std::string error_table(const RunSummary& summary, const TextStyle& style) {
  if (summary.errors.empty()) {
    return {};
  }
  std::map<uint16_t, std::string> names;
  for (const store::EndpointTotals& totals : summary.totals) {
    names[totals.endpoint.endpoint] = printable(totals.endpoint.name());
  }
  std::vector<const store::EventRow*> errors;
  for (const store::EventRow& error : summary.errors) {
    errors.push_back(&error);
  }
  std::stable_sort(errors.begin(), errors.end(),
                   [](const auto* a, const auto* b) { return a->count > b->count; });
  std::string text = "\nErrors, with the first of each kind\n";
  for (size_t k = 0; k < std::min(errors.size(), kErrorsMax); ++k) {
    const store::EventRow& error = *errors[k];
    const auto name = names.find(error.endpoint);
    text += fmt::format("  {} x {}: {}\n", format_count(error.count),
                        paint(style, Paint::kRed, stats::outcome_name(error.outcome)),
                        printable(error.text));
    text += paint(
        style, Paint::kDim,
        fmt::format("      first: request {}{}{} at {}",
                    format_count(static_cast<uint64_t>(std::max<int64_t>(error.value, 0))),
                    error.endpoint != 0 && name != names.end() ? " to " : "",
                    error.endpoint != 0 && name != names.end() ? name->second : "",
                    format_duration(std::chrono::round<std::chrono::milliseconds>(error.at))));
    text += '\n';
  }
  if (errors.size() > kErrorsMax) {
    text += fmt::format("  and {} more kinds, in the table events of the database\n",
                        errors.size() - kErrorsMax);
  }
  return text;
}

std::string event_lines(const RunSummary& summary) {
  if (summary.events.empty()) {
    return {};
  }
  std::string text = "\nEvents\n";
  // What the machine does second after second must not push out what happened once.
  stats::FaultBook circumstances;
  stats::ShownEvents shown(kEventsMax);
  for (const store::EventRow& event : summary.events) {
    if (stats::is_circumstance(event.kind)) {
      circumstances.add(event.kind, event.value, event.at.count(), event.count, event.text);
      continue;
    }
    if (!shown.take(event.kind)) {
      continue;
    }
    const bool has_length = event.value > 0 && stats::has_length(event.kind);
    text += fmt::format(
        "  {}{} at {}{}{}{}\n", stats::event_kind_name(event.kind),
        has_length ? " of " + format_latency(Nanos(event.value)) : std::string(),
        format_duration(std::chrono::round<std::chrono::milliseconds>(event.at)),
        event.count > 1 ? fmt::format(", {} times", format_count(event.count)) : std::string(),
        event.text.empty() ? "" : ": ", printable(event.text));
  }
  if (shown.left_out() > 0) {
    text += fmt::format("  and {} more, in the table events of the database\n", shown.left_out());
  }
  for (const auto& [kind, fault] : circumstances.faults()) {
    text += fmt::format("  {} in {} second{}, {} in all\n", stats::event_kind_name(kind),
                        format_count(fault.count), fault.count == 1 ? "" : "s",
                        format_latency(Nanos(fault.total)));
  }
  return text;
}

/// "+ 7 unsent [interrupted 7]"
std::string unsent_term(const RunSummary& summary) {
  std::map<stats::UnsentReason, uint64_t> reasons;
  for (const store::UnsentRow& row : summary.unsent) {
    reasons[row.reason] += row.count;
  }
  std::string list;
  for (const auto& [reason, count] : reasons) {
    list += fmt::format("{}{} {}", list.empty() ? " [" : ", ", stats::unsent_reason_name(reason),
                        format_count(count));
  }
  return fmt::format("+ {} unsent{}{}", format_count(summary.run.counts.unsent), list,
                     list.empty() ? "" : "]");
}

std::string conservation_line(const RunSummary& summary, const TextStyle& style) {
  const stats::Aggregate& total = total_of(summary);
  const store::RunCounts& counts = summary.run.counts;
  if (!has_ended(summary.run)) {
    return fmt::format("\n{} requests answered or failed so far\n", format_count(total.requests()));
  }
  std::vector<TableCell> terms{fmt::format("scheduled {} =", format_count(counts.scheduled))};
  for (size_t k = 1; k < stats::kOutcomes; ++k) {
    const uint64_t count = total.outcomes.at(k);
    if (count > 0 || k == static_cast<size_t>(stats::Outcome::kOk)) {
      terms.emplace_back(fmt::format("{}{} {}", k == 1 ? "" : "+ ", format_count(count),
                                     stats::outcome_name(static_cast<stats::Outcome>(k))));
    }
  }
  terms.emplace_back(unsent_term(summary));
  if (counts.left_out.requests > 0) {
    terms.emplace_back(fmt::format("+ {} left out", format_count(counts.left_out.requests)));
  }
  const bool holds = counts.holds(total);
  terms.emplace_back(holds ? "(holds)" : "(DOES NOT HOLD)", holds ? Paint::kPlain : Paint::kRed);
  if (counts.rows_lost > 0) {
    terms.emplace_back(fmt::format("{} rows lost", format_count(counts.rows_lost)), Paint::kRed);
  }
  std::string text = "\n";
  size_t width = 0;
  for (const TableCell& term : terms) {
    const size_t size = text_width(term.text);
    if (width > 0 && width + 1 + size > style.width) {
      text += "\n   ";
      width = 3;
    }
    text += (width > 0 ? " " : "") + paint(style, term.paint, term.text);
    width += size + (width > 0 ? 1 : 0);
  }
  return text + "\n";
}

}  // namespace

std::string format_text(const RunSummary& summary, const TextStyle& style) {
  const stats::Aggregate& total = total_of(summary);
  std::string text = verdict_line(summary, style);
  text += plan_lines(summary);
  text += rate_line(summary);
  text += closed_loop_lines(summary);
  text += fidelity_line(summary);
  bool noted = false;
  if (total.requests() > 0) {
    text += lag_line(total);
    text += wait_line(summary);
    text += latency_tables(summary, style);
    text += outcome_table(summary, style);
    text += grpc_status_table(total, style);
    noted = any_unsupported(shown_endpoints(summary));
  }
  text += connection_table(summary, style, noted);
  text += stream_table(summary, style, noted);
  text += error_table(summary, style);
  text += event_lines(summary);
  text += conservation_line(summary, style);
  text += fmt::format("run {} in {}\n", summary.run.run, printable(summary.database));
  return text;
}

}  // namespace macaw::report
