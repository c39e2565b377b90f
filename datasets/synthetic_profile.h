// SPDX-License-Identifier: MIT
//
// The synthetic MovieLens 10M as a dataset: tables for everybody, histories on demand. A user's
// history is a function of the user's number alone. Thread: immutable; may be shared.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "macaw/datasets/ratings.h"
#include "synthetic_tables.h"

namespace macaw::datasets::synthetic {

class Profile final : public RatingsDataset {
 public:
  Profile();

  uint32_t users() const override { return kUsers; }

  uint64_t ratings() const override { return kRatings; }

  uint32_t ratings_of(uint32_t k) const override { return activity_[k]; }

  uint32_t user_id(uint32_t k) const override { return user_ids_[k]; }

  UserHistory history(uint32_t k, std::vector<Rating>& scratch) const override;

  std::span<const uint32_t> items() const override { return movie_ids_; }

  std::string describe() const override;
  std::string identity() const override;

 private:
  /// Distinct movies of user k in the order of rating, as ratings without times.
  void draw_movies(uint32_t k, std::vector<Rating>& ratings) const;
  void draw_movies_one_by_one(Random random, uint32_t wanted, std::span<const Promise> promised,
                              std::vector<Rating>& ratings) const;
  void draw_movies_by_keys(Random random, uint32_t wanted, std::span<const Promise> promised,
                           std::vector<Rating>& ratings) const;

  std::vector<uint32_t> user_ids_;
  std::vector<uint16_t> activity_;
  std::vector<uint32_t> movie_ids_;
  Popularity popularity_;
  AliasTable alias_;
};

/// Sets the times of user k's ratings, not descending.
void set_times(uint32_t k, std::span<Rating> ratings);

/// Twice the value (1..10 half stars) of user k's rating number `position` in time order.
uint32_t half_stars(uint32_t k, uint32_t position, int64_t time);

}  // namespace macaw::datasets::synthetic
