// SPDX-License-Identifier: MIT
#include "synthetic_tables.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <utility>

#include "macaw/base/check.h"
#include "macaw/base/portable_math.h"

namespace macaw::datasets::synthetic {

namespace {

/// `wanted` of first..last, ascending, all of `forced` among them and none of `barred`; every other
/// set of that kind is equally likely (Knuth, TAOCP volume 2, algorithm S). REQUIRES: forced
/// ascending.
void select_ids(uint32_t first, uint32_t last, uint32_t wanted, const std::vector<uint32_t>& forced,
                uint32_t barred, Random& random, std::vector<uint32_t>& ids) {
  uint64_t open = wanted - forced.size();
  uint64_t left = last - first + 1 - forced.size() - (barred >= first && barred <= last ? 1 : 0);
  for (uint32_t id = first; id <= last; ++id) {
    if (std::binary_search(forced.begin(), forced.end(), id)) {
      ids.push_back(id);
    } else if (id != barred) {
      if (random.below(left) < open) {
        ids.push_back(id);
        --open;
      }
      --left;
    }
  }
  MACAW_CHECK(open == 0);
}

/// The (k + 1/2) / n quantile of a lognormal law cut to low..high, k = 0..n-1: the law's own shape
/// without the noise of a sample.
class TruncatedLognormal {
 public:
  TruncatedLognormal(double median, double sigma, double low, double high)
      : mu_(portable_ln(median)),
        sigma_(sigma),
        low_(cumulative(portable_ln(low))),
        high_(cumulative(portable_ln(high))) {}

  double quantile(double p) const {
    return portable_exp(mu_ + sigma_ * portable_normal_quantile(low_ + (high_ - low_) * p));
  }

 private:
  /// The normal distribution function, by bisection of its quantile: used four times in all.
  double cumulative(double x) const {
    const double z = (x - mu_) / sigma_;
    double low = 0x1.0p-50;
    double high = 1.0 - 0x1.0p-50;
    for (int step = 0; step < 60; ++step) {
      const double middle = low + (high - low) / 2;
      (portable_normal_quantile(middle) < z ? low : high) = middle;
    }
    return low;
  }

  double mu_;
  double sigma_;
  double low_;
  double high_;
};

/// Draws without repeats thin out the popular movies: a user who draws one again draws another
/// instead. The weight of a movie that is to end with `count` ratings is therefore count times this
/// factor, solved once for the numbers of ratings a user has (mean field: sum over users of 1 -
/// exp(-weight * tau_u) = count, with tau_u such that a user's probabilities sum to his ratings).
double weight_factor(double count) {
  constexpr std::array<std::pair<double, double>, 20> kKnots{{
      {1, 0.5274},      {12.7, 0.5302},   {47.8, 0.5384},   {129.1, 0.5553},  {244.8, 0.5755},
      {491.2, 0.6081},  {733, 0.6327},    {1171.4, 0.6683}, {2140.5, 0.7288}, {3207.4, 0.7831},
      {5644.8, 0.8886}, {8595.9, 1.0034}, {17180, 1.33},    {21227, 1.4965},  {23428, 1.5932},
      {26176, 1.7215},  {28741, 1.8504},  {30779, 1.9601},  {33160, 2.098},   {34864, 2.205},
  }};
  const auto* upper = std::find_if(kKnots.begin() + 1, kKnots.end() - 1,
                                   [&](const auto& knot) { return count <= knot.first; });
  const auto& lower = *std::prev(upper);
  return lower.second +
         (upper->second - lower.second) * (count - lower.first) / (upper->first - lower.first);
}

}  // namespace

std::vector<uint32_t> make_user_ids() {
  Random random = random_of(Stream::kUserIds);
  std::vector<uint32_t> ids;
  ids.reserve(kUsers);
  select_ids(1, kUserIdMax, kUsers, {1, kUserIdMax}, /*barred=*/0, random, ids);
  return ids;
}

std::vector<uint16_t> make_user_activity() {
  // 18.5 + lognormal: median 67.5, a quarter above 143, one in a hundred above 1,200.
  constexpr double kOffset = 18.5;
  const TruncatedLognormal law(49, 1.37, kUserRatingsMin - kOffset, kUserRatingsMax - kOffset);
  std::vector<double> wanted(kUsers);
  double sum = 0;
  for (uint32_t k = 0; k < kUsers; ++k) {
    wanted[k] = kOffset + law.quantile((k + 0.5) / kUsers);
    sum += wanted[k];
  }
  // Stretch what lies above the minimum to the exact total, then round the running sum, so that the
  // rounded ones keep it.
  constexpr double kFloor = static_cast<double>(kUserRatingsMin) * kUsers;
  const double stretch = (static_cast<double>(kRatings) - kFloor) / (sum - kFloor);
  std::vector<uint16_t> activity(kUsers);
  double running = 0;
  uint64_t given = 0;
  for (uint32_t k = 0; k < kUsers; ++k) {
    running += kUserRatingsMin + (wanted[k] - kUserRatingsMin) * stretch;
    const uint64_t until = k + 1 == kUsers ? kRatings : static_cast<uint64_t>(running);
    activity[k] = static_cast<uint16_t>(until - given);
    given = until;
  }
  // How active a user is has nothing to do with the id (Fisher-Yates).
  Random random = random_of(Stream::kUserActivity);
  for (uint32_t k = kUsers - 1; k > 0; --k) {
    std::swap(activity[k], activity[random.below(k + 1)]);
  }
  return activity;
}

std::vector<uint32_t> make_movie_ids() {
  // Dense up to 9019 (91 is the first gap), nothing up to 25736, then ever sparser.
  std::vector<uint32_t> forced;
  for (uint32_t id = 1; id <= 90; ++id) {
    forced.push_back(id);
  }
  for (const uint32_t id :
       {110U, 296U, 318U, 356U, 480U, 593U, kMovieWithQuotes, kMovieWithoutGenres}) {
    forced.push_back(id);
  }
  for (uint32_t id = 9001; id <= 9019; ++id) {
    forced.push_back(id);
  }
  Random random = random_of(Stream::kMovieIds);
  std::vector<uint32_t> ids;
  ids.reserve(kMovies);
  select_ids(1, 9019, 8316, forced, /*barred=*/91, random, ids);
  select_ids(25736, 27912, 600, {25736, 25942, 27912}, /*barred=*/0, random, ids);
  select_ids(30659, 65133, 1765, {30659, 60566, 62669, 64959, 65133}, /*barred=*/0, random, ids);
  MACAW_CHECK(ids.size() == kMovies);
  return ids;
}

Popularity make_popularity(const std::vector<uint32_t>& movie_ids) {
  constexpr std::array<uint32_t, 4> kUnrated{25942, 60566, 62669, 64959};
  constexpr std::array<uint32_t, 6> kTop{296, 356, 593, 480, 318, 110};
  // Movies up to id 4000 are a third of all and have two thirds of the ratings.
  constexpr uint32_t kLowIdMax = 4000;
  constexpr double kPromiseBelow = 16;
  constexpr double kLowIdBonus = 0.17;

  struct Ranked {
    double score;
    uint32_t movie;
  };

  Random random = random_of(Stream::kPopularity);
  std::vector<Ranked> ranked;
  ranked.reserve(kRatedMovies);
  for (const uint32_t id : movie_ids) {
    const double unit = random.unit();
    if (std::find(kUnrated.begin(), kUnrated.end(), id) != kUnrated.end()) {
      continue;
    }
    const auto* top = std::find(kTop.begin(), kTop.end(), id);
    ranked.push_back({top != kTop.end() ? 10.0 - static_cast<double>(top - kTop.begin())
                                        : unit + (id <= kLowIdMax ? kLowIdBonus : 0),
                      id});
  }
  MACAW_CHECK(ranked.size() == kRatedMovies);
  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return a.score != b.score ? a.score > b.score : a.movie < b.movie;
  });
  const TruncatedLognormal law(140, 2.14, 1, 34'864);
  Popularity popularity;
  for (uint32_t rank = 0; rank < kRatedMovies; ++rank) {
    const double count = law.quantile((kRatedMovies - rank - 0.5) / kRatedMovies);
    popularity.movies.push_back(ranked[rank].movie);
    // The least popular would often end with no rating at all: one of theirs is promised to a user.
    const bool promise = count < kPromiseBelow;
    if (promise) {
      popularity.promises.push_back({static_cast<uint32_t>(random.below(kUsers)), rank});
    }
    popularity.weights.push_back((promise ? count - 1 : count) * weight_factor(count));
  }
  std::sort(popularity.promises.begin(), popularity.promises.end(),
            [](const Promise& a, const Promise& b) {
              return std::pair(a.user, a.rank) < std::pair(b.user, b.rank);
            });
  return popularity;
}

AliasTable::AliasTable(const std::vector<double>& weights) : cells_(weights.size()) {
  double sum = 0;
  for (const double weight : weights) {
    sum += weight;
  }
  std::vector<double> scaled(weights.size());
  std::vector<uint32_t> small;
  std::vector<uint32_t> large;
  for (uint32_t k = 0; k < weights.size(); ++k) {
    scaled[k] = weights[k] * static_cast<double>(weights.size()) / sum;
    (scaled[k] < 1.0 ? small : large).push_back(k);
    cells_[k] = {std::numeric_limits<uint32_t>::max(), k};
  }
  while (!small.empty() && !large.empty()) {
    const uint32_t low = small.back();
    const uint32_t high = large.back();
    small.pop_back();
    cells_[low] = {static_cast<uint32_t>(scaled[low] * 0x1.0p32), high};
    scaled[high] -= 1.0 - scaled[low];
    if (scaled[high] < 1.0) {
      large.pop_back();
      small.push_back(high);
    }
  }
}

}  // namespace macaw::datasets::synthetic
