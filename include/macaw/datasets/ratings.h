// SPDX-License-Identifier: MIT
//
// Interaction data: who acted on which item, when. Read from real MovieLens folders in any
// published shape, or made by the synthetic profile of MovieLens 10M; generators see no difference.
// Thread: immutable after loading; may be shared.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "macaw/base/result.h"

namespace macaw::datasets {

struct Rating {
  uint32_t item = 0;  ///< the dataset's own id
  int64_t time = 0;   ///< Unix seconds
};

/// One user's ratings in time order; equal times keep the order of the file.
struct UserHistory {
  uint32_t user = 0;  ///< the dataset's own id
  std::span<const Rating> ratings;
};

class RatingsDataset {
 public:
  virtual ~RatingsDataset() = default;

  virtual uint32_t users() const = 0;  ///< distinct users with ratings
  virtual uint64_t ratings() const = 0;
  /// Ratings of the k-th user, users in ascending order of id.
  virtual uint32_t ratings_of(uint32_t k) const = 0;
  virtual uint32_t user_id(uint32_t k) const = 0;
  /// The k-th user's history. The span is valid until the next call with the same `scratch`.
  virtual UserHistory history(uint32_t k, std::vector<Rating>& scratch) const = 0;
  /// All item ids of the catalogue, ascending (rated or not).
  virtual std::span<const uint32_t> items() const = 0;
  /// One line for people: "MovieLens 10M (/data/ml-10M100K)" or "synthetic profile of MovieLens
  /// 10M".
  virtual std::string describe() const = 0;
  /// Identity for provenance: sha256 of the ratings file's bytes, or "synthetic-ml10m-1".
  virtual std::string identity() const = 0;
};

using Progress = std::function<void(uint64_t done, uint64_t total)>;

/// True if the folder holds both files of one of the shapes; nothing is read.
bool is_movielens_folder(const std::string& folder);

/// Reads a folder: 10M/1M `.dat`, latest `.csv`, 100k `u.data`. Errors: not such a folder (says
/// what was looked for), a torn or non-numeric line (path:line:column, found, expected).
Result<std::unique_ptr<RatingsDataset>> open_movielens(const std::string& folder,
                                                       const Progress& progress);

/// The built-in synthetic profile of MovieLens 10M (data.md: 69,878 users, 10,681 items, 10,000,054
/// ratings); histories are made on demand, so that it costs little memory and starts at once. A
/// pure function of nothing: always the same.
std::unique_ptr<RatingsDataset> synthetic_ml10m();

/// Writes that profile as ratings.dat and movies.dat (and an empty-but-valid tags.dat) into a
/// folder, which must not hold them already.
Status write_synthetic_ml10m(const std::string& folder, const Progress& progress);

}  // namespace macaw::datasets
