// SPDX-License-Identifier: MIT
//
// The verdict and its sentence.

#include "macaw/stats/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "macaw/base/check.h"
#include "macaw/base/units.h"

namespace macaw::stats {

namespace {

constexpr uint64_t kMovedNs = kTouchedNs;

struct Limits {
  double moved;  // share of a percentile
  double late;   // share of a second
};

constexpr Limits kSuspect{.moved = 0.05, .late = 0.01};
constexpr Limits kInvalid{.moved = 0.2, .late = 0.05};

// One request late is an accident, not a second gone wrong.
constexpr uint64_t kLateRequestsMin = 2;

struct Move {
  double q = 0;
  uint64_t from_ns = 0;  // without our lag
  uint64_t to_ns = 0;    // as measured

  double share() const { return static_cast<double>(to_ns - from_ns) / static_cast<double>(to_ns); }
};

// The percentile that our lag moved by the largest share, if any moved farther than a SUSPECT one.
std::optional<Move> worst_move(const Aggregate& total) {
  std::optional<Move> worst;
  for (const double q : kShownQuantiles) {
    const Quantile with = total.response.quantile(q);
    const Quantile without = total.response_without_lag.quantile(q);
    if (!with.supported || with.failed || without.failed || with.value_ns <= without.value_ns) {
      continue;
    }
    const Move move{q, without.value_ns, with.value_ns};
    if (move.to_ns - move.from_ns > kMovedNs && move.share() > kSuspect.moved &&
        (!worst || move.share() > worst->share())) {
      worst = move;
    }
  }
  return worst;
}

std::string latency(uint64_t ns) {
  return format_latency(Nanos(static_cast<Nanos::rep>(ns)));
}

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

std::string describe_move(const Move& move, const Aggregate& total) {
  // Touched: late by as much as would have moved the percentile too far on its own.
  const auto least = static_cast<uint64_t>(static_cast<double>(move.from_ns) * kSuspect.moved);
  const uint64_t touched = total.lag.count_above(std::max(kMovedNs, least));
  return fmt::format(
      "our own lag moved {} from {} to {}; {} of requests were touched", quantile_name(move.q),
      latency(move.from_ns), latency(move.to_ns),
      percent(static_cast<double>(touched) / static_cast<double>(total.lag.count())));
}

std::string describe_second(const LateSecond& second) {
  return fmt::format("in second {}, {} of {} requests ({}) went out over 10 ms late through us",
                     second.second, format_count(second.late), format_count(second.requests),
                     percent(second.share()));
}

VerdictKind kind_of(double share, double suspect, double invalid) {
  return share > invalid   ? VerdictKind::kInvalid
         : share > suspect ? VerdictKind::kSuspect
                           : VerdictKind::kValid;
}

// A verdict that only gets worse.
class Judgement {
 public:
  void add(VerdictKind kind, const std::string& reason) {
    verdict_.kind = std::max(verdict_.kind, kind);
    verdict_.reason += (verdict_.reason.empty() ? "" : "; ") + reason;
  }

  Verdict take() { return std::move(verdict_); }

 private:
  Verdict verdict_;
};

// Whether the faults that were told lasted long enough for half of the requests that lag touched.
bool accounts_for(const Fault& cause, const WorkerSeconds& seconds, const Histogram& lag) {
  const double share =
      static_cast<double>(cause.total) / 1e9 / static_cast<double>(seconds.count());
  return 2 * share * static_cast<double>(lag.count()) >=
         static_cast<double>(lag.count_above(kTouchedNs));
}

// Why requests went out late; empty when that is not known, or told elsewhere.
std::string describe_cause(const VerdictInput& input, bool late_by_far) {
  const Fault* cause = input.faults == nullptr ? nullptr : input.faults->main_cause_of_lag();
  const WorkerSeconds* seconds = input.worker_seconds;
  const Histogram& lag = input.total->lag;
  const bool known = seconds != nullptr && seconds->count() > 0;
  // Those who were late by over 10 ms have a fault of their own, always.
  if (cause != nullptr && (late_by_far || !known || accounts_for(*cause, *seconds, lag))) {
    return cause->kind == EventKind::kOverload
               ? std::string()  // which makes the run INVALID on its own
               : describe_fault(*cause, input.faults->kind_behind(*cause));
  }
  return known ? seconds->describe_short_lags(lag.count_above(kTouchedNs)) : std::string();
}

void judge_lag(const VerdictInput& input, Judgement& judgement) {
  const auto move = worst_move(*input.total);
  if (move) {
    judgement.add(kind_of(move->share(), kSuspect.moved, kInvalid.moved),
                  describe_move(*move, *input.total));
  }
  const LateSecond& second = input.worst_second;
  const VerdictKind late = second.late < kLateRequestsMin
                               ? VerdictKind::kValid
                               : kind_of(second.share(), kSuspect.late, kInvalid.late);
  if (late != VerdictKind::kValid) {
    judgement.add(late, describe_second(second));
  }
  if (const std::string cause = describe_cause(input, late != VerdictKind::kValid);
      !cause.empty() && (move || late != VerdictKind::kValid)) {
    judgement.add(VerdictKind::kValid, cause);
  }
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
  Judgement judgement;
  const auto add_fault = [&](EventKind kind, VerdictKind verdict) {
    const Fault* fault = input.faults == nullptr ? nullptr : input.faults->find(kind);
    if (fault != nullptr) {
      judgement.add(verdict, describe_fault(*fault));
    }
  };
  if (input.rows_lost > 0) {
    judgement.add(
        VerdictKind::kInvalid,
        fmt::format("{} {} lost (a sample ring was full, or the database could not be written)",
                    format_count(input.rows_lost), input.rows_lost == 1 ? "row was" : "rows were"));
    add_fault(EventKind::kWriterBehind, VerdictKind::kValid);
  }
  if (!input.conservation_holds) {
    judgement.add(VerdictKind::kInvalid,
                  "the outcomes and the requests never sent do not add up to what was scheduled");
  }
  if (input.lag_is_judged) {
    judge_lag(input, judgement);
  }
  if (input.lag_is_judged) {
    add_fault(EventKind::kOverload, VerdictKind::kInvalid);
  }
  add_fault(EventKind::kGeneratorLimit, VerdictKind::kSuspect);
  add_fault(EventKind::kClockTrouble, VerdictKind::kSuspect);
  return judgement.take();
}

}  // namespace macaw::stats
