// SPDX-License-Identifier: MIT
//
// Causes of short lags.

#include "macaw/stats/worker_seconds.h"

#include <fmt/format.h>

#include <algorithm>

namespace macaw::stats {

namespace {

/// A thread that used, or waited for, so much of its time could not have done more.
constexpr double kBusyShare = 0.9;
/// Waiting explains the touched requests when there was enough of it for half of them. When there
/// was far more, most waits touched nobody: those are short, and something else was long.
constexpr double kWaitMin = 0.5;
constexpr double kWaitMax = 3;

double in_percent(double share) {
  return 100 * share;
}

}  // namespace

std::optional<EventKind> explain_short_lags(const ThreadShares& late, const ThreadShares* others,
                                            double touched) {
  if (late.ran + late.waited >= kBusyShare) {
    return late.waited > late.ran ? EventKind::kStarvation : EventKind::kOverload;
  }
  const double more = late.waited - (others == nullptr ? 0 : others->waited);
  if (touched > 0 && more >= kWaitMin * touched && more <= kWaitMax * touched) {
    return EventKind::kStarvation;
  }
  return std::nullopt;
}

ThreadShares WorkerSeconds::Sum::mean() const {
  const auto count = static_cast<double>(std::max<uint64_t>(requests, 1));
  return {.ran = ran / count, .waited = waited / count};
}

void WorkerSeconds::add(uint64_t requests, double lag_p99_ms, const ThreadShares& shares) {
  Sum& sum = lag_p99_ms * 1e6 > static_cast<double>(kTouchedNs) ? late_ : others_;
  const auto count = static_cast<double>(requests);
  ++sum.seconds;
  sum.requests += requests;
  sum.ran += count * shares.ran;
  sum.waited += count * shares.waited;
}

std::string WorkerSeconds::describe_short_lags(uint64_t touched) const {
  if (late_.requests == 0) {
    return {};
  }
  const ThreadShares late = late_.mean();
  const ThreadShares others = others_.mean();
  const bool compare = others_.requests > 0;
  const double share =
      static_cast<double>(std::min(touched, late_.requests)) / static_cast<double>(late_.requests);
  const auto cause = explain_short_lags(late, compare ? &others : nullptr, share);
  if (!cause) {
    return {};
  }
  const bool starved = *cause == EventKind::kStarvation;
  std::string text =
      fmt::format("{} for {:.1f} % of the seconds that were late",
                  starved ? "other programs had the processor" : "the workers were busy",
                  in_percent(starved ? late.waited : late.ran));
  if (compare) {
    text +=
        fmt::format(" ({:.1f} % of the others)", in_percent(starved ? others.waited : others.ran));
  }
  return text;
}

}  // namespace macaw::stats
