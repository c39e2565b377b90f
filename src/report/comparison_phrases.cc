// SPDX-License-Identifier: MIT
//
// Differences, intervals and reasons as people read them.
#include "comparison_phrases.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "macaw/base/units.h"
#include "phrases.h"

namespace macaw::report {

namespace {

/// Decimals that show the half width of an interval to two digits.
int decimals_for(double half_width) {
  if (!(half_width > 0) || !std::isfinite(half_width)) {
    return 2;
  }
  return std::clamp(1 - static_cast<int>(std::floor(std::log10(half_width))), 0, 3);
}

struct Unit {
  double per_ns;
  std::string_view name;
};

Unit unit_for(double ns) {
  constexpr std::array<Unit, 3> kUnits = {{{1e-9, "s"}, {1e-6, "ms"}, {1e-3, "us"}}};
  for (const Unit& unit : kUnits) {
    if (ns * unit.per_ns >= 1) {
      return unit;
    }
  }
  return {1, "ns"};
}

double half_width(const stats::Interval& interval) {
  const double low = interval.estimate - interval.low;
  const double high = interval.high - interval.estimate;
  return std::isfinite(low) && std::isfinite(high) ? std::max(low, high)
                                                   : std::fabs(interval.estimate) / 10;
}

std::string signed_text(double value, int decimals) {
  if (std::isinf(value)) {
    return value > 0 ? "failed" : "-failed";
  }
  std::string text = fmt::format("{:+.{}f}", value, decimals);
  // What rounds to nothing has no sign.
  if (text.find_first_of("123456789") == std::string::npos) {
    text.erase(0, 1);
  }
  return text;
}

std::string interval_text(const stats::Interval& interval, double scale, std::string_view unit) {
  const stats::Interval scaled{interval.estimate * scale, interval.low * scale,
                               interval.high * scale};
  const int decimals = decimals_for(half_width(scaled));
  std::string text = fmt::format("{} {}", signed_text(scaled.estimate, decimals), unit);
  if (!std::isnan(scaled.low) && !std::isnan(scaled.high)) {
    text += fmt::format(" ({} .. {})", signed_text(scaled.low, decimals),
                        signed_text(scaled.high, decimals));
  }
  return text;
}

std::string share_name(const stats::Statistic& statistic) {
  return fmt::format("the slowest {:.6g} % of requests", 100 * (1 - statistic.q));
}

}  // namespace

std::string difference_text(const stats::Change& change, Nanos timeout) {
  const stats::Interval& difference = change.difference_ns;
  if (change.kind == stats::ChangeKind::kBothFail || std::isnan(difference.estimate)) {
    return "-";
  }
  if (std::isinf(difference.estimate)) {
    return fmt::format("from {} to {}", time_text(change.a_ns, timeout),
                       time_text(change.b_ns, timeout));
  }
  double largest = std::fabs(difference.estimate);
  for (const double bound : {difference.low, difference.high}) {
    largest = std::isfinite(bound) ? std::max(largest, std::fabs(bound)) : largest;
  }
  const Unit unit = unit_for(largest);
  return interval_text(difference, unit.per_ns, unit.name);
}

std::string ratio_text(const stats::Change& change) {
  if (change.kind == stats::ChangeKind::kBothFail || !std::isfinite(change.ratio.estimate)) {
    return "-";
  }
  return interval_text(change.ratio, 100, "%");
}

std::string time_text(double ns, Nanos timeout) {
  if (std::isnan(ns)) {
    return "-";
  }
  return std::isinf(ns) ? beyond_timeout(timeout) : format_latency(nanos_of(ns));
}

std::string moved_text(const MovedRecord& record, Nanos timeout) {
  const double size = std::fabs(record.difference_ns);
  if (std::isinf(size)) {
    return record.difference_ns > 0 ? "fails in B" : "failed in A";
  }
  return (record.difference_ns > 0 ? "+" : "-") + time_text(size, timeout);
}

std::string usual_move_text(const Comparison& comparison) {
  return fmt::format("half of the {} lines moved by at most {}",
                     format_count(comparison.lines_compared),
                     time_text(comparison.usual_move_ns, comparison.timeout()));
}

std::string_view kind_text(stats::ChangeKind kind) {
  switch (kind) {
    case stats::ChangeKind::kUnchanged:
      return "no change found";
    case stats::ChangeKind::kSlower:
      return "slower";
    case stats::ChangeKind::kFaster:
      return "faster";
    case stats::ChangeKind::kBothFail:
      return "fails on both sides";
    default:
      return "not enough data";
  }
}

std::string shortage_text(const stats::Change& change) {
  using Kind = stats::Shortage::Kind;
  const stats::Shortage& shortage = change.shortage;
  const std::string have = format_count(shortage.have);
  const std::string need = format_count(shortage.need);
  const std::string more = format_count(shortage.need - std::min(shortage.have, shortage.need));
  switch (shortage.kind) {
    case Kind::kValues:
      return fmt::format("{} requests on a side, {} needed: {} more", have, need, more);
    case Kind::kBlocks:
      return fmt::format(
          "{} lie in only {} blocks of time on a side, {} needed: a burst or two is "
          "no sample",
          share_name(change.statistic), have, need);
    case Kind::kDrift:
      return fmt::format(
          "times drift so slowly that the blocks of time are worth {} independent "
          "ones, {} needed: play for longer, or several runs a side",
          have, need);
    case Kind::kRuns:
      return fmt::format("{} runs on a side, {} needed: {} more", have, need, more);
    case Kind::kSupport:
      return fmt::format("{} requests in a run, {} needed: {} more", have, need, more);
    default:
      return {};
  }
}

std::string p_text(double p) {
  if (p < 0.001) {
    return "< 0.001";
  }
  // Digits enough to see on which side of the limit it lies.
  const bool near_limit = std::fabs(p - stats::kSignificance) < 0.0005;
  return fmt::format("{:.{}f}", p, near_limit ? 5 : p < 0.1 ? 3 : 2);
}

std::string run_text(const ComparedRun& run) {
  return fmt::format("run {} of {}", run.run.run, printable(run.database));
}

std::string clock_text(const Comparison& comparison) {
  return comparison.clock == Clock::kService
             ? "Service time: from the actual send to the whole answer"
             : "Response time: from the intended send to the whole answer";
}

std::string method_text(const Comparison& comparison) {
  std::string text = fmt::format("{}: {}; ", comparison.paired ? "paired" : "unpaired",
                                 printable(comparison.pairing));
  if (comparison.run_is_unit) {
    text +=
        fmt::format("the run is the unit ({} and {})", comparison.a.size(), comparison.b.size());
  } else {
    text += fmt::format(
        "{} blocks of {}{}", comparison.blocks, format_latency(comparison.block_length),
        comparison.paired ? ", the same drawn for both" : ", drawn for each run on its own");
  }
  if (!comparison.by_rows) {
    text += "; from stored histograms (error 0.4 %), because not every request has a row to read";
  }
  return text;
}

std::string comparison_sentence(const Comparison& comparison) {
  const stats::Change& primary = comparison.primary_change();
  const Nanos timeout = comparison.timeout();
  std::string what = primary.statistic.name();
  if (!comparison.primary.endpoint.empty()) {
    what += " of " + printable(comparison.primary.endpoint);
  }
  std::string sentence;
  switch (primary.kind) {
    case stats::ChangeKind::kNotEnough:
      return fmt::format("Not enough data to compare {}: {}", what, shortage_text(primary));
    case stats::ChangeKind::kBothFail:
      sentence = fmt::format("Both fail: {} is {}", what, beyond_timeout(timeout));
      break;
    case stats::ChangeKind::kUnchanged:
      sentence = fmt::format("No change found: {} {}", what, difference_text(primary, timeout));
      break;
    default:
      sentence = fmt::format("B is {}: {} {}", kind_text(primary.kind), what,
                             difference_text(primary, timeout));
      break;
  }
  // The middle beside the tail, or the tail beside the middle.
  const double beside = primary.statistic.q == 0.5 ? 0.99 : 0.5;
  for (const stats::Change& change : comparison.primary_endpoint().changes) {
    if (change.statistic.q == beside && change.has_interval()) {
      sentence += fmt::format(", {} {}", change.statistic.name(),
                              change.kind == stats::ChangeKind::kUnchanged
                                  ? "unchanged"
                                  : difference_text(change, timeout));
    }
  }
  return sentence;
}

}  // namespace macaw::report
