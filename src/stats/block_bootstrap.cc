// SPDX-License-Identifier: MIT
//
// The bootstrap over blocks of time, and its correction for few and for correlated blocks.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "macaw/base/check.h"
#include "macaw/base/portable_math.h"
#include "macaw/base/random.h"
#include "macaw/stats/comparison.h"

namespace macaw::stats {

namespace {

/// Beyond this the discount would divide by nearly nothing; such data are "not enough" anyway.
constexpr double kCorrelationMax = 0.95;

/// Deviations (of logarithms, of shares) that are rounding.
constexpr double kNoSpread = 1e-9;

std::vector<uint32_t> draw_weights(const BlockBootstrap::Settings& settings, uint64_t stream) {
  Random random(settings.seed, stream);
  std::vector<uint32_t> weights(settings.resamples * settings.blocks);
  for (size_t resample = 0; resample < settings.resamples; ++resample) {
    for (size_t k = 0; k < settings.blocks; ++k) {
      ++weights[resample * settings.blocks + random.below(settings.blocks)];
    }
  }
  return weights;
}

/// Between neighbours, without the bias that a short series has (Marriott and Pope 1954), and never
/// below 0: what looks like negative correlation is not allowed to narrow an interval.
double neighbour_correlation(const std::vector<double>& series) {
  const auto size = static_cast<double>(series.size());
  double mean = 0;
  for (const double x : series) {
    mean += x / size;
  }
  double squares = 0;
  double products = 0;
  for (size_t k = 0; k < series.size(); ++k) {
    const double x = series[k] - mean;
    squares += x * x;
    products += k > 0 ? x * (series[k - 1] - mean) : 0;
  }
  if (squares <= kNoSpread * kNoSpread * size) {
    return 0;
  }
  const double raw = products / squares;
  return std::clamp(raw + (1 + 3 * raw) / size, 0.0, kCorrelationMax);
}

double safe_log(double ns) {
  return std::log(std::max(ns, 1.0));
}

/// How much each block pulls: the estimates without it. Nothing where one of them is infinite.
std::optional<std::vector<double>> pulls(const BlockedSample& sample, Statistic statistic) {
  std::vector<uint32_t> weights(sample.block_count(), 1);
  std::vector<double> series;
  for (uint32_t& weight : weights) {
    weight = 0;
    const double without = sample.estimate(statistic, weights);
    weight = 1;
    if (!std::isfinite(without)) {
      return std::nullopt;
    }
    series.push_back(safe_log(without));
  }
  return series;
}

struct Correlations {
  double a = 0;
  double b = 0;
};

Correlations correlations(const BlockedSample& a, const BlockedSample& b, const Change& change,
                          bool paired) {
  auto pulls_a = pulls(a, change.statistic);
  auto pulls_b = pulls(b, change.statistic);
  if (!pulls_a || !pulls_b) {
    // Failures reach into the quantile: how often a block exceeds the finite side's says the same.
    const double limit = std::min(change.a_ns, change.b_ns);
    pulls_a = a.shares_above(limit);
    pulls_b = b.shares_above(limit);
  }
  if (!paired) {
    return {neighbour_correlation(*pulls_a), neighbour_correlation(*pulls_b)};
  }
  for (size_t k = 0; k < pulls_a->size(); ++k) {
    (*pulls_b)[k] -= (*pulls_a)[k];
  }
  const double both = neighbour_correlation(*pulls_b);
  return {both, both};
}

/// A resampled estimate as far from the estimate as it would be without the correlation's discount.
/// On the scale of logarithms, so that no time becomes negative.
double stretch(double resampled, double estimate, double factor) {
  if (!std::isfinite(resampled) || !std::isfinite(estimate) || factor == 1) {
    return resampled;
  }
  return std::max(estimate, 1.0) * std::exp(factor * (safe_log(resampled) - safe_log(estimate)));
}

double minus(double b, double a) {
  return std::isinf(a) && std::isinf(b) ? 0 : b - a;
}

double ratio_of(double b, double a) {
  return std::isinf(a) && std::isinf(b) ? 0 : b / std::max(a, 1.0) - 1;
}

/// Normal tail probability of the percentile bootstrap's interval whose own t quantile is wanted:
/// with K blocks it would be too narrow by sqrt((K-1)/K), and normal where it should be Student's
/// (Hesterberg 2015, the expanded percentile interval).
double expanded_tail(size_t blocks, double degrees) {
  const auto k = static_cast<double>(blocks);
  const double t = student_quantile(kSignificance / 2, degrees);
  return std::erfc(t * std::sqrt(k / (k - 1)) / std::sqrt(2.0)) / 2;
}

Interval interval_of(double estimate, std::vector<double>& resampled, double tail) {
  std::sort(resampled.begin(), resampled.end());
  const auto size = static_cast<double>(resampled.size());
  const auto rank = static_cast<size_t>(std::max(1.0, std::floor(tail * (size + 1))));
  return {estimate, resampled[rank - 1], resampled[resampled.size() - rank]};
}

/// The p whose interval would just touch "no change". Beyond what the number of resamples can
/// resolve, Student's t of the differences' own spread.
double p_value(const std::vector<double>& sorted, double estimate, size_t blocks, double degrees) {
  const auto not_above =
      static_cast<size_t>(std::upper_bound(sorted.begin(), sorted.end(), 0.0) - sorted.begin());
  const auto not_below =
      static_cast<size_t>(sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), 0.0));
  const size_t on_other_side = std::min(not_above, not_below);
  const auto size = static_cast<double>(sorted.size());
  const auto k = static_cast<double>(blocks);
  const double tail = (static_cast<double>(on_other_side) + 1) / (size + 1);
  if (tail >= 0.5) {
    return 1;
  }
  const double t = portable_normal_quantile(tail) / std::sqrt(k / (k - 1));
  double p = 2 * student_upper_tail(-t, degrees);
  if (on_other_side == 0 && std::isfinite(estimate) && std::isfinite(sorted.front()) &&
      std::isfinite(sorted.back())) {
    double squares = 0;
    for (const double x : sorted) {
      squares += (x - estimate) * (x - estimate);
    }
    const double deviation = std::sqrt(squares / size * k / (k - 1));
    p = std::min(
        p, deviation > 0 ? 2 * student_upper_tail(std::fabs(estimate) / deviation, degrees) : 0);
  }
  return p;
}

Shortage find_shortage(const BlockedSample& a, const BlockedSample& b, Statistic statistic) {
  using Kind = Shortage::Kind;
  const uint64_t count = std::min(a.count(), b.count());
  const double share = statistic.is_mean() ? 1 : std::min(statistic.q, 1 - statistic.q);
  const auto need =
      static_cast<uint64_t>(std::ceil(static_cast<double>(kExceedancesMin) / share * (1 - 1e-12)));
  if (count < need) {
    return {Kind::kValues, count, need};
  }
  const size_t blocks = std::min(a.exceedances(statistic).blocks, b.exceedances(statistic).blocks);
  if (blocks < kExceedanceBlocksMin) {
    return {Kind::kBlocks, blocks, kExceedanceBlocksMin};
  }
  return {};
}

}  // namespace

BlockBootstrap::BlockBootstrap(const Settings& settings)
    : settings_(settings), weights_a_(draw_weights(settings, 1)) {
  MACAW_CHECK(settings.blocks > 1 && settings.resamples > 0);
  if (!settings.paired) {
    weights_b_ = draw_weights(settings, 2);
  }
}

std::span<const uint32_t> BlockBootstrap::weights_a(size_t resample) const {
  return std::span(weights_a_).subspan(resample * settings_.blocks, settings_.blocks);
}

std::span<const uint32_t> BlockBootstrap::weights_b(size_t resample) const {
  const auto& weights = settings_.paired ? weights_a_ : weights_b_;
  return std::span(weights).subspan(resample * settings_.blocks, settings_.blocks);
}

Change BlockBootstrap::compare(const BlockedSample& a, const BlockedSample& b,
                               Statistic statistic) const {
  MACAW_CHECK(a.block_count() == settings_.blocks && b.block_count() == settings_.blocks);
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  Change change;
  change.statistic = statistic;
  change.a_ns = a.estimate(statistic);
  change.b_ns = b.estimate(statistic);
  change.difference_ns = {minus(change.b_ns, change.a_ns), kNone, kNone};
  change.ratio = {ratio_of(change.b_ns, change.a_ns), kNone, kNone};
  change.shortage = find_shortage(a, b, statistic);
  if (change.shortage.kind != Shortage::Kind::kNone) {
    return change;
  }
  if (std::isinf(change.a_ns) && std::isinf(change.b_ns)) {
    change.kind = ChangeKind::kBothFail;
    return change;
  }
  const Correlations of = correlations(a, b, change, settings_.paired);
  change.correlation = std::max(of.a, of.b);
  const auto blocks = static_cast<double>(settings_.blocks);
  const double effective = blocks * (1 - change.correlation) / (1 + change.correlation);
  if (effective < kEffectiveBlocksMin) {
    change.shortage = {Shortage::Kind::kDrift, static_cast<uint64_t>(effective),
                       static_cast<uint64_t>(kEffectiveBlocksMin)};
    return change;
  }
  const double factor_a = std::sqrt((1 + of.a) / (1 - of.a));
  const double factor_b = std::sqrt((1 + of.b) / (1 - of.b));
  std::vector<double> differences;
  std::vector<double> ratios;
  for (size_t k = 0; k < settings_.resamples; ++k) {
    const double raw_a = a.estimate(statistic, weights_a(k));
    const double raw_b = b.estimate(statistic, weights_b(k));
    if (std::isnan(raw_a) || std::isnan(raw_b)) {
      continue;  // only empty blocks were drawn: there are 20 others, so this is never seen
    }
    const double at_a = stretch(raw_a, change.a_ns, factor_a);
    const double at_b = stretch(raw_b, change.b_ns, factor_b);
    differences.push_back(minus(at_b, at_a));
    ratios.push_back(ratio_of(at_b, at_a));
  }
  const double degrees = effective - 1;
  const double tail = expanded_tail(settings_.blocks, degrees);
  change.difference_ns = interval_of(change.difference_ns.estimate, differences, tail);
  change.ratio = interval_of(change.ratio.estimate, ratios, tail);
  change.p = p_value(differences, change.difference_ns.estimate, settings_.blocks, degrees);
  change.p_adjusted = change.p;
  change.kind = ChangeKind::kUnchanged;
  if (change.difference_ns.low > 0) {
    change.kind = ChangeKind::kSlower;
  } else if (change.difference_ns.high < 0) {
    change.kind = ChangeKind::kFaster;
  }
  return change;
}

}  // namespace macaw::stats
