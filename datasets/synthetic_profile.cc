// SPDX-License-Identifier: MIT
#include "synthetic_profile.h"

#include <algorithm>
#include <bitset>
#include <limits>

#include "macaw/base/portable_math.h"

namespace macaw::datasets {

namespace synthetic {

namespace {

/// Above this many ratings, drawing again whatever came before costs more than one key per movie.
constexpr uint32_t kOneByOneMax = 1000;

}  // namespace

Profile::Profile()
    : user_ids_(make_user_ids()),
      activity_(make_user_activity()),
      movie_ids_(make_movie_ids()),
      popularity_(make_popularity(movie_ids_)),
      alias_(popularity_.weights) {}

std::string Profile::describe() const {
  return "synthetic profile of MovieLens 10M";
}

std::string Profile::identity() const {
  return "synthetic-ml10m-1";
}

UserHistory Profile::history(uint32_t k, std::vector<Rating>& scratch) const {
  draw_movies(k, scratch);
  set_times(k, scratch);
  // The file is sorted by movie, so equal times stand in that order, as they do for a reader of the
  // file.
  for (auto begin = scratch.begin(); begin != scratch.end();) {
    const auto end = std::find_if(begin, scratch.end(),
                                  [&](const Rating& rating) { return rating.time != begin->time; });
    std::sort(begin, end, [](const Rating& a, const Rating& b) { return a.item < b.item; });
    begin = end;
  }
  return {user_ids_[k], scratch};
}

void Profile::draw_movies(uint32_t k, std::vector<Rating>& ratings) const {
  ratings.clear();
  const auto promises =
      std::equal_range(popularity_.promises.begin(), popularity_.promises.end(), Promise{k, 0},
                       [](const Promise& a, const Promise& b) { return a.user < b.user; });
  const std::span<const Promise> promised(promises.first, promises.second);
  const auto wanted = static_cast<uint32_t>(activity_[k] - promised.size());
  const Random random = random_of(Stream::kItems, k);
  if (wanted <= kOneByOneMax) {
    draw_movies_one_by_one(random, wanted, promised, ratings);
  } else {
    draw_movies_by_keys(random, wanted, promised, ratings);
  }
  for (const Promise& promise : promised) {
    ratings.push_back({popularity_.movies[promise.rank], 0});
  }
}

void Profile::draw_movies_one_by_one(Random random, uint32_t wanted,
                                     std::span<const Promise> promised,
                                     std::vector<Rating>& ratings) const {
  std::bitset<kRatedMovies> drawn;
  for (const Promise& promise : promised) {
    drawn[promise.rank] = true;
  }
  while (ratings.size() < wanted) {
    const uint32_t rank = alias_.draw(random);
    if (!drawn[rank]) {
      drawn[rank] = true;
      ratings.push_back({popularity_.movies[rank], 0});
    }
  }
}

/// The same law as one by one: the order of exponential arrival times, each movie at the rate of
/// its weight.
void Profile::draw_movies_by_keys(Random random, uint32_t wanted, std::span<const Promise> promised,
                                  std::vector<Rating>& ratings) const {
  struct Keyed {
    double key = 0;
    uint32_t rank = 0;

    bool operator<(const Keyed& other) const {
      return key != other.key ? key < other.key : rank < other.rank;
    }
  };

  std::vector<Keyed> keyed(kRatedMovies);
  for (uint32_t rank = 0; rank < kRatedMovies; ++rank) {
    keyed[rank] = {-portable_ln(1.0 - random.unit()) / popularity_.weights[rank], rank};
  }
  for (const Promise& promise : promised) {
    keyed[promise.rank].key = std::numeric_limits<double>::infinity();
  }
  const auto end = keyed.begin() + wanted;
  std::nth_element(keyed.begin(), end, keyed.end());
  std::sort(keyed.begin(), end);
  for (auto entry = keyed.begin(); entry != end; ++entry) {
    ratings.push_back({popularity_.movies[entry->rank], 0});
  }
}

}  // namespace synthetic

std::unique_ptr<RatingsDataset> synthetic_ml10m() {
  return std::make_unique<synthetic::Profile>();
}

}  // namespace macaw::datasets
