// SPDX-License-Identifier: MIT
#include "loaded_ratings.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "macaw/base/check.h"

namespace macaw::datasets {

using CompactRating = LoadedRatings::CompactRating;

LoadedRatings::LoadedRatings(Table table, std::vector<uint32_t> items, std::string description,
                             std::string identity)
    : table_(std::move(table)),
      items_(std::move(items)),
      description_(std::move(description)),
      identity_(std::move(identity)) {
  MACAW_CHECK(table_.offsets.size() == table_.users.size() + 1);
}

uint32_t LoadedRatings::users() const {
  return static_cast<uint32_t>(table_.users.size());
}

uint64_t LoadedRatings::ratings() const {
  return table_.ratings.size();
}

uint32_t LoadedRatings::ratings_of(uint32_t k) const {
  return static_cast<uint32_t>(table_.offsets[k + 1] - table_.offsets[k]);
}

uint32_t LoadedRatings::user_id(uint32_t k) const {
  return table_.users[k];
}

UserHistory LoadedRatings::history(uint32_t k, std::vector<Rating>& scratch) const {
  scratch.clear();
  for (uint64_t at = table_.offsets[k]; at < table_.offsets[k + 1]; ++at) {
    scratch.push_back({table_.ratings[at].item, table_.ratings[at].time});
  }
  return {table_.users[k], scratch};
}

std::span<const uint32_t> LoadedRatings::items() const {
  return items_;
}

std::string LoadedRatings::describe() const {
  return description_;
}

std::string LoadedRatings::identity() const {
  return identity_;
}

std::span<CompactRating> RatingsBuilder::ratings_of(size_t user) {
  return {table_.ratings.data() + table_.offsets[user],
          static_cast<size_t>(table_.offsets[user + 1] - table_.offsets[user])};
}

void RatingsBuilder::sort_by_time(std::span<CompactRating> ratings) {
  const auto earlier = [](const CompactRating& a, const CompactRating& b) {
    return a.time < b.time;
  };
  if (!std::is_sorted(ratings.begin(), ratings.end(), earlier)) {
    std::stable_sort(ratings.begin(), ratings.end(), earlier);
  }
}

std::optional<RatingsBuilder::Duplicate> RatingsBuilder::finish() {
  group_by_user();
  for (size_t k = 0; k < table_.users.size(); ++k) {
    const std::span<CompactRating> ratings = ratings_of(k);
    if (const auto item = find_duplicate(ratings)) {
      return Duplicate{table_.users[k], *item};
    }
    sort_by_time(ratings);
  }
  return std::nullopt;
}

void RatingsBuilder::group() {
  group_by_user();
  for (size_t k = 0; k < table_.users.size(); ++k) {
    sort_by_time(ratings_of(k));
  }
}

void RatingsBuilder::group_by_user() {
  const auto run_end = [&](size_t run, const std::vector<Run>& runs, uint64_t rows) {
    return run + 1 < runs.size() ? runs[run + 1].begin : rows;
  };
  const uint64_t rows = table_.ratings.size();
  const bool grouped =
      std::adjacent_find(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) {
        return a.user >= b.user;
      }) == runs_.end();
  if (grouped) {
    for (const Run& run : runs_) {
      table_.users.push_back(run.user);
      table_.offsets.push_back(run.begin);
    }
  } else {
    // As in ml-100k, whose rows are shuffled: copy the runs into user order, each user's in file
    // order.
    std::vector<size_t> order(runs_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return std::pair(runs_[a].user, a) < std::pair(runs_[b].user, b);
    });
    std::vector<CompactRating> sorted;
    sorted.reserve(rows);
    for (const size_t run : order) {
      if (table_.users.empty() || table_.users.back() != runs_[run].user) {
        table_.users.push_back(runs_[run].user);
        table_.offsets.push_back(sorted.size());
      }
      for (uint64_t at = runs_[run].begin; at < run_end(run, runs_, rows); ++at) {
        sorted.push_back(table_.ratings[at]);
      }
    }
    table_.ratings = std::move(sorted);
  }
  table_.offsets.push_back(rows);
  runs_.clear();
  runs_.shrink_to_fit();
}

std::optional<uint32_t> RatingsBuilder::find_duplicate(std::span<const CompactRating> ratings) {
  const auto not_ascending = [](const CompactRating& a, const CompactRating& b) {
    return a.item >= b.item;
  };
  if (std::adjacent_find(ratings.begin(), ratings.end(), not_ascending) == ratings.end()) {
    return std::nullopt;  // sorted by item, as most sets are
  }
  sorted_items_.clear();
  for (const CompactRating& rating : ratings) {
    sorted_items_.push_back(rating.item);
  }
  std::sort(sorted_items_.begin(), sorted_items_.end());
  const auto twice = std::adjacent_find(sorted_items_.begin(), sorted_items_.end());
  return twice == sorted_items_.end() ? std::nullopt : std::optional<uint32_t>(*twice);
}

}  // namespace macaw::datasets
