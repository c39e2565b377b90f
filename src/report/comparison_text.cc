// SPDX-License-Identifier: MIT
//
// A comparison as text: the sentence first, then what it stands on; and its `--fail-if`.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "comparison_phrases.h"
#include "macaw/base/units.h"
#include "phrases.h"
#include "table.h"

namespace macaw::report {

namespace {

constexpr size_t kEndpointsShown = 20;

Paint paint_of(stats::ChangeKind kind) {
  switch (kind) {
    case stats::ChangeKind::kSlower:
      return Paint::kRed;
    case stats::ChangeKind::kFaster:
      return Paint::kGreen;
    case stats::ChangeKind::kUnchanged:
      return Paint::kPlain;
    default:
      return Paint::kDim;
  }
}

std::string side_lines(std::string_view letter, const std::vector<ComparedRun>& side,
                       const TextStyle& style) {
  std::string text;
  for (const ComparedRun& run : side) {
    text += fmt::format("{}  {}", paint(style, Paint::kBold, letter), run_text(run));
    if (!run.run.start.label.empty()) {
      text += fmt::format("  \"{}\"", printable(run.run.start.label));
    }
    text += fmt::format("  {}  {} requests, {} errors\n",
                        paint(style, verdict_paint(run.run), verdict_word(run.run)),
                        format_count(run.requests), format_count(run.errors));
  }
  const store::RunStart& start = side.front().run.start;
  text += fmt::format("   {} -> {}, {}, {} arrivals\n", printable(start.file),
                      printable(start.target), printable(start.profile), printable(start.arrivals));
  return text;
}

std::vector<TableCell> change_row(const stats::Change& change, bool primary, Nanos timeout) {
  const Paint colour = paint_of(change.kind);
  const std::string name = fmt::format("{} {}", primary ? "*" : " ", change.statistic.name());
  std::vector<TableCell> row{{name, primary ? Paint::kBold : Paint::kPlain},
                             {time_text(change.a_ns, timeout)},
                             {time_text(change.b_ns, timeout)}};
  if (change.has_interval()) {
    row.emplace_back(difference_text(change, timeout), colour);
    row.emplace_back(ratio_text(change), colour);
    row.emplace_back(p_text(change.p_adjusted), Paint::kDim);
  } else {
    row.emplace_back(difference_text(change, timeout), Paint::kDim);
    row.emplace_back(ratio_text(change), Paint::kDim);
    row.emplace_back("-", Paint::kDim);
  }
  row.emplace_back(std::string(kind_text(change.kind)), colour);
  return row;
}

std::string counts_text(const ComparedEndpoint& endpoint) {
  std::string text = fmt::format("{} and {} requests", format_count(endpoint.requests_a),
                                 format_count(endpoint.requests_b));
  if (endpoint.errors_a + endpoint.errors_b > 0) {
    text += fmt::format(", errors {} and {}", share_text(endpoint.errors_a, endpoint.requests_a),
                        share_text(endpoint.errors_b, endpoint.requests_b));
  }
  return text;
}

std::string change_table(const Comparison& comparison, const TextStyle& style) {
  Table table;
  table.add_row({{""},
                 {"A", Paint::kDim},
                 {"B", Paint::kDim},
                 {"B - A (95 %)", Paint::kDim},
                 {"B / A - 1 (95 %)", Paint::kDim},
                 {"p", Paint::kDim},
                 {""}});
  const stats::Change* const primary = &comparison.primary_change();
  const size_t shown = std::min(comparison.endpoints.size(), kEndpointsShown + 1);
  for (size_t k = 0; k < shown; ++k) {
    const ComparedEndpoint& endpoint = comparison.endpoints[k];
    table.add_heading(fmt::format("{}: {}", printable(endpoint.name), counts_text(endpoint)));
    for (const stats::Change& change : endpoint.changes) {
      table.add_row(change_row(change, &change == primary, comparison.timeout()));
    }
  }
  std::string text = table.render(style);
  const uint64_t more = comparison.endpoints.size() - shown + comparison.endpoints_left_out;
  if (more > 0) {
    text += fmt::format("and {} more endpoints with fewer requests\n", format_count(more));
  }
  return text;
}

/// The reasons that stand in the table as "not enough data", each once, with the statistics that
/// they stop.
std::string shortage_lines(const Comparison& comparison) {
  std::vector<std::pair<std::string, std::string>> shortages;  // reason, and what it stops
  for (const stats::Change& change : comparison.endpoints.front().changes) {
    if (change.kind != stats::ChangeKind::kNotEnough) {
      continue;
    }
    std::string reason = shortage_text(change);
    if (!shortages.empty() && shortages.back().first == reason) {
      shortages.back().second += ", " + change.statistic.name();
    } else {
      shortages.emplace_back(std::move(reason), change.statistic.name());
    }
  }
  std::string text;
  for (const auto& [reason, statistics] : shortages) {
    text +=
        fmt::format("{}not enough data for {}: {}\n", text.empty() ? "\n" : "", statistics, reason);
  }
  return text;
}

std::string moved_endpoint_lines(const Comparison& comparison) {
  const auto moved = comparison.moved_endpoints();
  if (moved.empty()) {
    return {};
  }
  std::string text =
      fmt::format("\nEndpoints that moved most, by {}\n", comparison.primary.statistic.name());
  for (const ComparedEndpoint* endpoint : moved) {
    for (const stats::Change& change : endpoint->changes) {
      if (change.statistic == comparison.primary.statistic) {
        text += fmt::format("  {}  {}\n", printable(endpoint->name),
                            difference_text(change, comparison.timeout()));
      }
    }
  }
  return text;
}

std::string moved_record_table(const Comparison& comparison, const TextStyle& style) {
  if (comparison.moved_records.empty()) {
    return {};
  }
  Table table;
  table.add_row({{""},
                 {"pairs", Paint::kDim},
                 {"A", Paint::kDim},
                 {"B", Paint::kDim},
                 {"B - A", Paint::kDim}});
  const Nanos timeout = comparison.timeout();
  for (const MovedRecord& record : comparison.moved_records) {
    table.add_row(
        {{fmt::format("  line {}  {}", format_count(record.line), printable(record.endpoint))},
         {format_count(record.pairs)},
         {time_text(record.a_ns, timeout)},
         {time_text(record.b_ns, timeout)},
         {moved_text(record, timeout), record.difference_ns > 0 ? Paint::kRed : Paint::kGreen}});
  }
  std::string text = "\nRecords that moved most (medians of each line; B - A of its pairs)\n" +
                     table.render(style) + usual_move_text(comparison) + "\n";
  if (comparison.moved_records.front().pairs < 3) {
    text +=
        "few pairs each: some of these moved by chance; --loop, or several runs a side, tells\n";
  }
  return text;
}

/// What holds a condition: the established change, or none.
double established(const stats::Change& change, bool is_share) {
  if (change.kind != stats::ChangeKind::kSlower && change.kind != stats::ChangeKind::kFaster) {
    return 0;
  }
  return is_share ? change.ratio.estimate : change.difference_ns.estimate;
}

}  // namespace

std::string format_comparison_text(const Comparison& comparison, const TextStyle& style) {
  std::string text = paint(style, Paint::kBold, comparison_sentence(comparison)) + "\n\n" +
                     side_lines("A", comparison.a, style) + side_lines("B", comparison.b, style) +
                     method_text(comparison) + "\n";
  for (const std::string& warning : comparison.warnings) {
    text += paint(style, Paint::kYellow, "warning: " + printable(warning)) + "\n";
  }
  text += "\n" + clock_text(comparison) + "\n" + change_table(comparison, style);
  text += "* the primary statistic; p of all others is corrected for their number (Holm)\n";
  text += shortage_lines(comparison);
  text += moved_endpoint_lines(comparison);
  text += moved_record_table(comparison, style);
  return text;
}

Result<ThresholdResult> evaluate(const Threshold& threshold, const Comparison& comparison) {
  MACAW_CHECK(threshold.is_change);
  const ComparedEndpoint* endpoint = &comparison.endpoints.front();
  if (!threshold.endpoint.empty()) {
    const auto found = std::find_if(
        comparison.endpoints.begin() + 1, comparison.endpoints.end(),
        [&threshold](const ComparedEndpoint& one) { return one.name == threshold.endpoint; });
    if (found == comparison.endpoints.end()) {
      return errorf("--fail-if \"{}\": no run has an endpoint \"{}\"", threshold.text,
                    threshold.endpoint);
    }
    endpoint = &*found;
  }
  for (const stats::Change& change : endpoint->changes) {
    if (change.statistic.q != threshold.quantile) {
      continue;
    }
    ThresholdResult result;
    const std::string name =
        (threshold.endpoint.empty() ? "" : threshold.endpoint + ": ") + change.statistic.name();
    if (change.kind == stats::ChangeKind::kNotEnough) {
      result.breached = true;
      result.sentence = fmt::format("{}: not enough data to tell: {}", name, shortage_text(change));
      return result;
    }
    result.breached = change.kind == stats::ChangeKind::kBothFail ||
                      threshold.holds_of(established(change, threshold.is_share));
    result.sentence = fmt::format("{} {}, {}", name, kind_text(change.kind),
                                  threshold.is_share && std::isfinite(change.ratio.estimate)
                                      ? ratio_text(change)
                                      : difference_text(change, comparison.timeout()));
    return result;
  }
  return errorf("--fail-if \"{}\": not compared", threshold.text);
}

}  // namespace macaw::report
