// SPDX-License-Identifier: MIT
//
// What the synthetic MovieLens 10M knows of all users and movies before any history is made: who
// exists, how many ratings a user has, how popular a movie is. Every number comes from published
// statistics of the real set, none from its rows; all randomness is ours and fixed, all arithmetic
// portable, so the tables are the same on every machine. Thread: pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "macaw/base/random.h"

namespace macaw::datasets::synthetic {

inline constexpr uint32_t kUsers = 69'878;
inline constexpr uint32_t kUserIdMax = 71'567;
inline constexpr uint32_t kMovies = 10'681;
inline constexpr uint32_t kRatedMovies = 10'677;
inline constexpr uint64_t kRatings = 10'000'054;
inline constexpr uint32_t kUserRatingsMin = 20;
inline constexpr uint32_t kUserRatingsMax = 7'359;

/// Movies whose line in movies.dat has something special.
inline constexpr uint32_t kMovieWithoutGenres = 8'606;
inline constexpr uint32_t kMovieWithQuotes = 7'789;

/// Everything random here is drawn from this seed; each use has a stream of its own. A changed draw
/// means a new version of the profile's identity.
inline constexpr uint64_t kSeed = 0x6d6c31306dULL;

enum class Stream : uint64_t {
  kUserIds = 1,
  kUserActivity,
  kMovieIds,
  kPopularity,
  kTitles,
  // Streams of user k begin at these plus k.
  kItems = 1'000'000,
  kTimes = 2'000'000,
  kValues = 3'000'000,
};

inline Random random_of(Stream stream, uint64_t k = 0) {
  return Random(kSeed, static_cast<uint64_t>(stream) + k);
}

/// Ascending ids with the gaps of the real set.
std::vector<uint32_t> make_user_ids();
/// Ratings of each user, in the order of make_user_ids(); they sum to kRatings.
std::vector<uint16_t> make_user_activity();
/// Ascending ids of the catalogue.
std::vector<uint32_t> make_movie_ids();

/// User number `user` (not an id) has rated the movie of popularity rank `rank` (from 0).
struct Promise {
  uint32_t user = 0;
  uint32_t rank = 0;
};

/// Rated movies, the most popular first, with the weight a draw has to give each so that, without
/// repeats within a user, the counts come out right.
struct Popularity {
  std::vector<uint32_t> movies;
  std::vector<double> weights;
  std::vector<Promise> promises;  ///< ascending
};

Popularity make_popularity(const std::vector<uint32_t>& movie_ids);

/// Draws an index with probability proportional to its weight in constant time (Walker's alias
/// method in Vose's form).
class AliasTable {
 public:
  explicit AliasTable(const std::vector<double>& weights);

  uint32_t draw(Random& random) const {
    const uint64_t bits = random.next();
    const auto index = static_cast<uint32_t>(((bits >> 32) * cells_.size()) >> 32);
    const Cell& cell = cells_[index];
    return static_cast<uint32_t>(bits) < cell.threshold ? index : cell.alias;
  }

 private:
  struct Cell {
    uint32_t threshold = 0;
    uint32_t alias = 0;
  };

  std::vector<Cell> cells_;
};

}  // namespace macaw::datasets::synthetic
