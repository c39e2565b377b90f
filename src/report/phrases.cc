// SPDX-License-Identifier: MIT
//
// Numbers as people read them.
#include "phrases.h"

#include <algorithm>
#include <cmath>

#include "macaw/base/units.h"

namespace macaw::report {

Nanos nanos_of(double ns) {
  return Nanos(std::llround(ns));
}

std::string beyond_timeout(Nanos timeout) {
  return timeout.count() > 0 ? "> " + format_duration(timeout) : "failed";
}

std::string latency_text(const stats::Quantile& quantile, Nanos timeout) {
  if (quantile.failed) {
    return beyond_timeout(timeout);
  }
  return format_latency(Nanos(static_cast<int64_t>(quantile.value_ns)));
}

TableCell latency_cell(const stats::Quantile& quantile, Nanos timeout, const TextStyle& style) {
  const std::string text = latency_text(quantile, timeout);
  if (!quantile.supported) {
    return {style.colour ? text : "~" + text, Paint::kDim};
  }
  return {text, quantile.failed ? Paint::kRed : Paint::kPlain};
}

std::string unsupported_note(const TextStyle& style) {
  return fmt::format("{}: too few samples for this percentile (p99 takes {}, p99.9 takes {})\n",
                     style.colour ? paint(style, Paint::kDim, "dim") : "~",
                     format_count(stats::samples_needed(0.99)),
                     format_count(stats::samples_needed(0.999)));
}

std::string rate_text(double per_second) {
  if (!(per_second > 0) || !std::isfinite(per_second)) {
    return "0";
  }
  const double step = std::pow(10.0, std::floor(std::log10(per_second)) - 3);
  return format_rate(step > 1 ? std::round(per_second) : std::round(per_second / step) * step);
}

std::string share_text(uint64_t part, uint64_t whole) {
  if (whole == 0 || part == 0) {
    return "0 %";
  }
  if (part >= whole) {
    return "100 %";
  }
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (percent < 0.01) {
    return "< 0.01 %";
  }
  if (percent > 99.99) {
    return "> 99.99 %";
  }
  const bool near_an_end = percent < 1 || percent > 99;
  return fmt::format("{:.{}f} %", percent, near_an_end ? 2 : 1);
}

std::optional<Mean> mean_of(const stats::Distribution& distribution, Nanos timeout) {
  const uint64_t count = distribution.count();
  if (count == 0) {
    return std::nullopt;
  }
  const auto successes = static_cast<double>(distribution.successes.count());
  const auto failures = static_cast<double>(distribution.failures);
  const double sum_ns = distribution.successes.mean_ns() * successes +
                        failures * static_cast<double>(timeout.count());
  return Mean{sum_ns / static_cast<double>(count), distribution.failures > 0};
}

std::string mean_text(const Mean& mean) {
  return (mean.at_least ? "> " : "") + format_latency(nanos_of(mean.ns));
}

const stats::Aggregate& total_of(const RunSummary& summary) {
  static const stats::Aggregate nothing;
  return summary.totals.empty() ? nothing : summary.totals.front().totals;
}

bool has_ended(const store::RunRow& run) {
  return run.state == store::RunState::kFinished || run.state == store::RunState::kInterrupted;
}

std::string_view verdict_word(const store::RunRow& run) {
  return run.state == store::RunState::kRunning ? "RUNNING" : stats::verdict_name(run.verdict.kind);
}

Paint verdict_paint(const store::RunRow& run) {
  if (run.state == store::RunState::kRunning) {
    return Paint::kBold;
  }
  switch (run.verdict.kind) {
    case stats::VerdictKind::kValid:
      return Paint::kGreen;
    case stats::VerdictKind::kSuspect:
      return Paint::kYellow;
    default:
      return Paint::kRed;
  }
}

}  // namespace macaw::report
