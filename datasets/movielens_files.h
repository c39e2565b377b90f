// SPDX-License-Identifier: MIT
//
// The three on-disk shapes of MovieLens and the reading of their lines. Titles are checked for
// their place in the line, never decoded: Latin-1 (1M, 100k) and UTF-8 (10M, latest) are the same
// to us. Thread: one thread per call.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "loaded_ratings.h"
#include "macaw/base/result.h"
#include "macaw/datasets/ratings.h"

namespace macaw::datasets {

enum class Shape : uint8_t {
  kDat,  ///< 10M and 1M: `::` between fields, no header, no quoting
  kCsv,  ///< latest: commas, header, quoted titles
  kTab,  ///< 100k: tabs in u.data, `|` in u.item
};

struct ShapeFiles {
  Shape shape;
  std::string_view ratings;
  std::string_view movies;
};

inline constexpr std::array<ShapeFiles, 3> kShapes{{
    {Shape::kDat, "ratings.dat", "movies.dat"},
    {Shape::kCsv, "ratings.csv", "movies.csv"},
    {Shape::kTab, "u.data", "u.item"},
}};

/// The movie ids of a catalogue, and whether an id is one of them.
class Catalogue {
 public:
  Catalogue() = default;
  /// REQUIRES: ids ascending and unique.
  explicit Catalogue(std::vector<uint32_t> ids);

  bool contains(uint32_t id) const {
    if (id < present_.size()) {
      return present_[id];
    }
    return id >= kPresentMax && contains_slowly(id);
  }

  std::span<const uint32_t> ids() const { return ids_; }

 private:
  /// Ids below this are looked up in a bit map (at most 2 MB).
  static constexpr uint32_t kPresentMax = 1U << 24;

  bool contains_slowly(uint32_t id) const;

  std::vector<uint32_t> ids_;
  std::vector<bool> present_;
};

Result<Catalogue> read_catalogue(const std::string& path, Shape shape);

struct RatingsFile {
  LoadedRatings::Table table;
  std::string sha256;
};

Result<RatingsFile> read_ratings(const std::string& path, Shape shape, const Catalogue& catalogue,
                                 const Progress& progress);

}  // namespace macaw::datasets
