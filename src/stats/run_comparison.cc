// SPDX-License-Identifier: MIT
//
// Where the run is the unit, and the correction for many questions at once.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "macaw/base/check.h"
#include "macaw/stats/comparison.h"

namespace macaw::stats {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

struct Moments {
  double mean = 0;
  double variance = 0;  // of the mean
  double degrees = 0;
};

Moments moments_of(const std::vector<double>& values) {
  const auto size = static_cast<double>(values.size());
  Moments of;
  of.mean = std::accumulate(values.begin(), values.end(), 0.0) / size;
  for (const double x : values) {
    of.variance += (x - of.mean) * (x - of.mean) / (size - 1) / size;
  }
  of.degrees = size - 1;
  return of;
}

/// Of the mean of b less the mean of a, or of the mean of the differences.
Moments difference_of(const std::vector<double>& a, const std::vector<double>& b, bool paired) {
  if (paired) {
    std::vector<double> differences;
    for (size_t k = 0; k < a.size(); ++k) {
      differences.push_back(b[k] - a[k]);
    }
    return moments_of(differences);
  }
  const Moments of_a = moments_of(a);
  const Moments of_b = moments_of(b);
  Moments both;
  both.mean = of_b.mean - of_a.mean;
  both.variance = of_a.variance + of_b.variance;
  // Welch and Satterthwaite.
  const double share =
      of_a.variance * of_a.variance / of_a.degrees + of_b.variance * of_b.variance / of_b.degrees;
  both.degrees = share > 0 ? both.variance * both.variance / share : of_a.degrees + of_b.degrees;
  return both;
}

Interval student_interval(const Moments& of) {
  const double half = student_quantile(kSignificance / 2, of.degrees) * std::sqrt(of.variance);
  return {of.mean, of.mean - half, of.mean + half};
}

double p_of(const Moments& of) {
  if (!(of.variance > 0)) {
    return of.mean == 0 ? 1 : 0;
  }
  return std::min(1.0,
                  2 * student_upper_tail(std::fabs(of.mean) / std::sqrt(of.variance), of.degrees));
}

ChangeKind kind_by_p(const Change& change) {
  if (change.p_adjusted > kSignificance || change.difference_ns.estimate == 0) {
    return ChangeKind::kUnchanged;
  }
  return change.difference_ns.estimate > 0 ? ChangeKind::kSlower : ChangeKind::kFaster;
}

/// Some run failed in this statistic, so there is no mean. If all of one side's runs lie above all
/// of the other's, the chance of that without a difference is one in the number of ways to choose.
double separation_p(std::span<const double> a, std::span<const double> b) {
  const auto [low_a, high_a] = std::minmax_element(a.begin(), a.end());
  const auto [low_b, high_b] = std::minmax_element(b.begin(), b.end());
  if (!(*high_a < *low_b) && !(*high_b < *low_a)) {
    return 1;
  }
  double ways = 1;
  for (size_t k = 1; k <= a.size(); ++k) {
    ways *= static_cast<double>(b.size() + k) / static_cast<double>(k);
  }
  return std::min(1.0, 2 / ways);
}

double middle_of(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

Shortage find_shortage_of_runs(Statistic statistic, size_t runs, uint64_t count_min) {
  using Kind = Shortage::Kind;
  if (runs < kRunsMin) {
    return {Kind::kRuns, runs, kRunsMin};
  }
  const uint64_t need = statistic.is_mean() ? 1 : samples_needed(statistic.q);
  return count_min < need ? Shortage{Kind::kSupport, count_min, need} : Shortage{};
}

}  // namespace

Change compare_runs(Statistic statistic, std::span<const double> a_ns, std::span<const double> b_ns,
                    bool paired, uint64_t count_min) {
  MACAW_CHECK(!a_ns.empty() && !b_ns.empty() && (!paired || a_ns.size() == b_ns.size()));
  Change change;
  change.statistic = statistic;
  change.shortage = find_shortage_of_runs(statistic, std::min(a_ns.size(), b_ns.size()), count_min);
  const bool short_of_data = change.shortage.kind != Shortage::Kind::kNone;
  const auto is_finite = [](double x) { return std::isfinite(x); };
  const bool finite = std::all_of(a_ns.begin(), a_ns.end(), is_finite) &&
                      std::all_of(b_ns.begin(), b_ns.end(), is_finite);
  if (!finite || short_of_data) {
    change.a_ns = middle_of(a_ns);
    change.b_ns = middle_of(b_ns);
    const bool both = std::isinf(change.a_ns) && std::isinf(change.b_ns);
    change.difference_ns = {both ? 0 : change.b_ns - change.a_ns, kUnknown, kUnknown};
    change.ratio = {both ? 0 : change.b_ns / std::max(change.a_ns, 1.0) - 1, kUnknown, kUnknown};
    if (!short_of_data) {
      change.p = separation_p(a_ns, b_ns);
      change.p_adjusted = change.p;
      change.kind = both ? ChangeKind::kBothFail : kind_by_p(change);
    }
    return change;
  }
  const std::vector<double> a(a_ns.begin(), a_ns.end());
  const std::vector<double> b(b_ns.begin(), b_ns.end());
  const Moments difference = difference_of(a, b, paired);
  change.a_ns = moments_of(a).mean;
  change.b_ns = moments_of(b).mean;
  change.difference_ns = student_interval(difference);
  change.p = p_of(difference);
  change.p_adjusted = change.p;
  const auto logs = [](std::vector<double> values) {
    for (double& x : values) {
      x = std::log(std::max(x, 1.0));
    }
    return values;
  };
  const Interval ratio = student_interval(difference_of(logs(a), logs(b), paired));
  change.ratio = {std::expm1(ratio.estimate), std::expm1(ratio.low), std::expm1(ratio.high)};
  change.kind = kind_by_p(change);
  return change;
}

void adjust_holm(std::span<Change* const> family) {
  std::vector<Change*> ascending;
  for (Change* const change : family) {
    if (change->has_interval()) {
      ascending.push_back(change);
    }
  }
  std::stable_sort(ascending.begin(), ascending.end(),
                   [](const Change* x, const Change* y) { return x->p < y->p; });
  double last = 0;
  for (size_t k = 0; k < ascending.size(); ++k) {
    Change& change = *ascending[k];
    last = std::max(last, std::min(1.0, change.p * static_cast<double>(ascending.size() - k)));
    change.p_adjusted = last;
    change.kind = kind_by_p(change);
  }
}

}  // namespace macaw::stats
