// SPDX-License-Identifier: MIT
//
// A whole ratings file in memory: users ascending, each user's ratings in time order, 8 bytes a
// rating. Knows no file format; what fills it checks the rows. Thread: the builder belongs to one
// thread; LoadedRatings is immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "macaw/datasets/ratings.h"

namespace macaw::datasets {

class LoadedRatings final : public RatingsDataset {
 public:
  struct CompactRating {
    uint32_t item = 0;
    uint32_t time = 0;  ///< Unix seconds
  };

  /// `offsets` has one entry more than `users`.
  struct Table {
    std::vector<uint32_t> users;
    std::vector<uint64_t> offsets;
    std::vector<CompactRating> ratings;
  };

  LoadedRatings(Table table, std::vector<uint32_t> items, std::string description,
                std::string identity);

  uint32_t users() const override;
  uint64_t ratings() const override;
  uint32_t ratings_of(uint32_t k) const override;
  uint32_t user_id(uint32_t k) const override;
  UserHistory history(uint32_t k, std::vector<Rating>& scratch) const override;
  std::span<const uint32_t> items() const override;
  std::string describe() const override;
  std::string identity() const override;

 private:
  Table table_;
  std::vector<uint32_t> items_;
  std::string description_;
  std::string identity_;
};

/// Takes the rows in file order, any order.
class RatingsBuilder {
 public:
  void reserve(uint64_t rows) { table_.ratings.reserve(rows); }

  void add(uint32_t user, uint32_t item, uint32_t time) {
    if (runs_.empty() || runs_.back().user != user) {
      runs_.push_back({user, table_.ratings.size()});
    }
    table_.ratings.push_back({item, time});
  }

  uint64_t rows() const { return table_.ratings.size(); }

  struct Duplicate {
    uint32_t user = 0;
    uint32_t item = 0;
  };

  /// Groups by user and sorts each user's ratings by time, equal times in file order. Returns a
  /// (user, item) that came twice, if there is one: the table is of no use then.
  std::optional<Duplicate> finish();

  /// The same for data in which a (user, item) may come again.
  void group();

  /// REQUIRES: group(), or finish() found no duplicate.
  LoadedRatings::Table take() { return std::move(table_); }

 private:
  /// Neighbouring rows of one user.
  struct Run {
    uint32_t user = 0;
    uint64_t begin = 0;
  };

  void group_by_user();
  std::span<LoadedRatings::CompactRating> ratings_of(size_t user);
  static void sort_by_time(std::span<LoadedRatings::CompactRating> ratings);
  std::optional<uint32_t> find_duplicate(std::span<const LoadedRatings::CompactRating> ratings);

  LoadedRatings::Table table_;
  std::vector<Run> runs_;
  std::vector<uint32_t> sorted_items_;
};

}  // namespace macaw::datasets
