// SPDX-License-Identifier: MIT
//
// The small phrases that text, list, progress line and thresholds share, so that a number is never
// written in two ways.
// Thread: any.
#pragma once

#include <optional>
#include <string>

#include "macaw/report/summary.h"
#include "macaw/stats/distribution.h"
#include "table.h"

namespace macaw::report {

/// "> 30 s": slower than any success.
std::string beyond_timeout(Nanos timeout);
/// "4.56 ms", or beyond_timeout().
std::string latency_text(const stats::Quantile& quantile, Nanos timeout);
/// The same with the mark of unsupported percentiles: dim, or "~" before it without colour.
TableCell latency_cell(const stats::Quantile& quantile, Nanos timeout, const TextStyle& style);
/// What the mark means, a line.
std::string unsupported_note(const TextStyle& style);
/// "99.8": four significant digits, thousands grouped.
std::string rate_text(double per_second);
/// "99.8 %": one decimal, two below 1 %, never rounding something to "0 %" or "100 %".
std::string share_text(uint64_t part, uint64_t whole);

/// The mean of everybody. A failure has no time of its own and counts as the timeout, so with
/// failures this is a lower bound (`at_least`). Nothing when there are no samples.
struct Mean {
  double ns = 0;
  bool at_least = false;
};

std::optional<Mean> mean_of(const stats::Distribution& distribution, Nanos timeout);
std::string mean_text(const Mean& mean);

/// "VALID", or "RUNNING" while there is no verdict.
std::string_view verdict_word(const store::RunRow& run);
Paint verdict_paint(const store::RunRow& run);
/// Its counts are final: it was neither killed nor is it still being played.
bool has_ended(const store::RunRow& run);

/// The aggregate of all requests; empty when nothing is stored.
const stats::Aggregate& total_of(const RunSummary& summary);

/// Whole nanoseconds, for the formatters.
Nanos nanos_of(double ns);

}  // namespace macaw::report
