// SPDX-License-Identifier: MIT
//
// The verdict and its sentence.

#include "macaw/stats/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "macaw/base/check.h"
#include "macaw/base/units.h"

namespace macaw::stats {

namespace {

constexpr double kShareMoved = 0.2;
constexpr uint64_t kMovedNs = 100'000;

struct Move {
  double q = 0;
  uint64_t from_ns = 0;  // without our lag
  uint64_t to_ns = 0;    // as measured

  double share() const { return static_cast<double>(to_ns - from_ns) / static_cast<double>(to_ns); }
};

// The percentile that our lag moved by the largest share, if any moved too far.
std::optional<Move> worst_move(const Aggregate& total) {
  std::optional<Move> worst;
  for (const double q : kShownQuantiles) {
    const Quantile with = total.response.quantile(q);
    const Quantile without = total.response_without_lag.quantile(q);
    if (!with.supported || with.failed || without.failed || with.value_ns <= without.value_ns) {
      continue;
    }
    const Move move{q, without.value_ns, with.value_ns};
    if (move.to_ns - move.from_ns > kMovedNs && move.share() > kShareMoved &&
        (!worst || move.share() > worst->share())) {
      worst = move;
    }
  }
  return worst;
}

std::string latency(uint64_t ns) {
  return format_latency(Nanos(static_cast<Nanos::rep>(ns)));
}

std::string describe(const Move& move, const VerdictInput& input) {
  std::string text = fmt::format("our own lag moved {} from {} to {}", quantile_name(move.q),
                                 latency(move.from_ns), latency(move.to_ns));
  if (input.stall_ns_max > 0) {
    const double length_s = static_cast<double>(input.stall_ns_max) / 1e9;
    const double at_s = static_cast<double>(input.stall_at_ns) / 1e9 - length_s;
    const std::string length =
        length_s < 0.1 ? latency(input.stall_ns_max) : fmt::format("{:.1f} s", length_s);
    text += fmt::format("; the loop stalled {} at {:.1f} s", length, std::max(at_s, 0.0));
  }
  // Touched: late by as much as would have moved the percentile too far on its own.
  const auto least = static_cast<uint64_t>(static_cast<double>(move.from_ns) * kShareMoved);
  const uint64_t touched = input.total->lag.count_above(std::max(kMovedNs, least));
  text += fmt::format(
      "; {:.1f} % of requests were touched",
      100.0 * static_cast<double>(touched) / static_cast<double>(input.total->lag.count()));
  return text;
}

}  // namespace

std::string_view verdict_name(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::kValid:
      return "VALID";
    case VerdictKind::kSuspect:
      return "SUSPECT";
    case VerdictKind::kInvalid:
      return "INVALID";
  }
  return "UNKNOWN";
}

Verdict judge(const VerdictInput& input) {
  MACAW_CHECK(input.total != nullptr);
  Verdict verdict;
  const auto invalid = [&verdict](const std::string& reason) {
    verdict.kind = VerdictKind::kInvalid;
    verdict.reason += (verdict.reason.empty() ? "" : "; ") + reason;
  };
  if (input.rows_lost > 0) {
    invalid(fmt::format("{} {} lost (a sample ring was full, or the database could not be written)",
                        format_count(input.rows_lost),
                        input.rows_lost == 1 ? "row was" : "rows were"));
  }
  if (!input.conservation_holds) {
    invalid("the outcomes and the requests never sent do not add up to what was scheduled");
  }
  if (input.lag_is_judged) {
    if (const auto move = worst_move(*input.total)) {
      invalid(describe(*move, input));
    }
  }
  return verdict;
}

}  // namespace macaw::stats
