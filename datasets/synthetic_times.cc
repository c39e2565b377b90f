// SPDX-License-Identifier: MIT
//
// When the users of the synthetic set rate, and what. Two eras: until 2003 a page of ratings was
// sent as one form (bursts within one second, whole stars), later each click was sent alone (and
// half stars existed).
#include <algorithm>
#include <array>

#include "macaw/base/portable_math.h"
#include "synthetic_profile.h"

namespace macaw::datasets::synthetic {

namespace {

constexpr int64_t kDay = 86'400;
constexpr int64_t kHour = 3'600;
/// 1996-01-01, 2003-05-15 (the first half star) and the last second of the real set, 2009-01-05.
constexpr int64_t kBegin = 820'454'400;
constexpr int64_t kHalfStarsBegin = 1'052'956'800;
constexpr int64_t kEnd = 1'231'131'736;
/// A longer silence ends a session.
constexpr int64_t kSessionGapMax = 1'800;

struct Year {
  int64_t begin;
  /// Users who begin in it, per mille.
  uint32_t starts;
  /// Gaps of exactly 0 s within a session, per mille.
  uint32_t zero_gaps;
};

// The shares of users who begin are those of the ratings, less what earlier users come back for.
constexpr std::array<Year, 14> kYears{{
    {820'454'400, 97, 535},
    {852'076'800, 41, 535},
    {883'612'800, 19, 535},
    {915'148'800, 62, 535},
    {946'684'800, 178, 535},
    {978'307'200, 66, 450},
    {1'009'843'200, 60, 410},
    {1'041'379'200, 73, 190},
    {1'072'915'200, 70, 1},
    {1'104'537'600, 108, 1},
    {1'136'073'600, 96, 1},
    {1'167'609'600, 71, 1},
    {1'199'145'600, 57, 1},
    {1'230'768'000, 2, 1},
}};

// Per mille of a day's activity, UTC: the users live in America.
constexpr std::array<uint32_t, 24> kHours{52, 52, 52, 52, 50, 44, 34, 24, 17, 12, 10, 12,
                                          18, 28, 38, 46, 52, 56, 58, 62, 64, 62, 55, 50};

const Year& year_of(int64_t time) {
  return *std::prev(std::upper_bound(kYears.begin() + 1, kYears.end(), time,
                                     [](int64_t at, const Year& year) { return at < year.begin; }));
}

/// Index by weights in per mille that sum to 1000.
template <typename Weights, typename Weight>
size_t pick(const Weights& weights, Random& random, Weight weight) {
  uint64_t left = random.below(1000);
  size_t index = 0;
  while (index + 1 < weights.size() && left >= weight(weights[index])) {
    left -= weight(weights[index]);
    ++index;
  }
  return index;
}

double lognormal(Random& random, double mu, double sigma) {
  // Half a step away from 0 and 1, where the quantile is infinite.
  const double unit = random.unit() + 0x1.0p-54;
  return portable_exp(mu + sigma * portable_normal_quantile(std::min(unit, 1.0 - 0x1.0p-53)));
}

int64_t draw_start(Random& random) {
  const size_t index = pick(kYears, random, [](const Year& year) { return year.starts; });
  const int64_t end = index + 1 < kYears.size() ? kYears[index + 1].begin : kEnd - kDay;
  const auto days = static_cast<uint64_t>((end - kYears[index].begin) / kDay);
  const auto day = static_cast<int64_t>(random.below(days));
  const auto hour =
      static_cast<int64_t>(pick(kHours, random, [](uint32_t share) { return share; }));
  return kYears[index].begin + day * kDay + hour * kHour +
         static_cast<int64_t>(random.below(static_cast<uint64_t>(kHour)));
}

/// The two kinds of gap, with the logarithms of their medians taken once.
class GapLaws {
 public:
  int64_t within_session(Random& random, int64_t now) const {
    const bool one_form = now < kYears[7].begin;  // 2003
    if (random.below(1000) < year_of(now).zero_gaps) {
      return 0;
    }
    const double seconds =
        one_form ? lognormal(random, ln_36_, 0.92) : lognormal(random, ln_10_, 1.2);
    const double rounded_up_by_half = seconds + 0.5;  // not lround(): libm is not ours to trust
    return std::clamp<int64_t>(static_cast<int64_t>(rounded_up_by_half), 1, kSessionGapMax);
  }

  int64_t between_sessions(Random& random) const {
    constexpr double kYearSeconds = 365.0 * static_cast<double>(kDay);
    const double seconds = std::min(lognormal(random, ln_5_days_, 1.75), 4 * kYearSeconds);
    return std::max<int64_t>(static_cast<int64_t>(seconds), kSessionGapMax + 1);
  }

 private:
  double ln_36_ = portable_ln(36);
  double ln_10_ = portable_ln(10);
  double ln_5_days_ = portable_ln(4.8 * static_cast<double>(kDay));
};

/// How a user's ratings fall into sessions: a long first one, and for a minority many short ones
/// after it.
class Sessions {
 public:
  Sessions(Random& random, uint64_t ratings) {
    constexpr uint64_t kSingleSessionPermille = 555;
    if (random.below(1000) < kSingleSessionPermille) {
      left_ = ratings;
      return;
    }
    const double share = 0.05 + 0.82 * random.unit();
    left_ = std::max<uint64_t>(1, static_cast<uint64_t>(share * static_cast<double>(ratings)));
    // The user's mean session: from 1.3 to 40 ratings, all orders of magnitude alike.
    const double mean = 1.3 * portable_exp(3.4265 * random.unit());
    ln_continue_ = portable_ln(1.0 - 1.0 / mean);
  }

  /// True if the next rating begins a new session.
  bool next_is_new(Random& random) {
    if (--left_ > 0) {
      return false;
    }
    left_ = 1 + static_cast<uint64_t>(portable_ln(1.0 - random.unit()) / ln_continue_);
    return true;
  }

 private:
  uint64_t left_ = 0;
  double ln_continue_ = -1;
};

}  // namespace

void set_times(uint32_t k, std::span<Rating> ratings) {
  static const GapLaws laws;
  Random random = random_of(Stream::kTimes, k);
  int64_t now = draw_start(random);
  Sessions sessions(random, ratings.size());
  for (Rating& rating : ratings) {
    rating.time = now;
    int64_t gap = 0;
    if (sessions.next_is_new(random)) {
      gap = laws.between_sessions(random);
    }
    // What would begin after the end of the set goes on in the session at hand.
    if (gap == 0 || now + gap > kEnd - kDay) {
      gap = laws.within_session(random, now);
    }
    now = std::min(now + gap, kEnd);
  }
}

uint32_t half_stars(uint32_t k, uint32_t position, int64_t time) {
  // Per ten thousand for 1..10 half stars.
  constexpr std::array<uint32_t, 10> kWhole{0, 490, 0, 1060, 0, 2970, 0, 3370, 0, 2110};
  constexpr std::array<uint32_t, 10> kHalf{190, 210, 270, 560, 770, 1460, 1830, 2430, 1270, 1010};
  const auto& shares = time < kHalfStarsBegin ? kWhole : kHalf;
  const uint64_t bits = random_of(Stream::kValues, k).at(position);
  uint64_t left = ((bits >> 32) * 10'000) >> 32;
  uint32_t index = 0;
  while (index + 1 < shares.size() && left >= shares[index]) {
    left -= shares[index];
    ++index;
  }
  return index + 1;
}

static_assert(kBegin == kYears[0].begin);

}  // namespace macaw::datasets::synthetic
