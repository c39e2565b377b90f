// SPDX-License-Identifier: MIT
//
// The users model "history": real users in their own order, interleaved as independent visitors
// are.
//
// - Users: `users` distinct ones drawn with the seed; with fewer pairs than users, the first
// `pairs` drawn.
// - Shares: pairs in proportion to a user's ratings, at least one each (largest remainder, whole
// numbers).
// - A user's pairs: the ratings in time order. Behind the last one the history starts again.
// - Time within a history: a gap below 30 minutes is the real one, a longer one is 30 minutes; so
// is the gap between the end of a
//   history and its repetition.
// - Time across histories: the span has one second per pair. Each history starts at a seeded
// millisecond of it; what runs past the
//   end goes on at the beginning (a lap). Equal times: the user drawn earlier first, then the
//   earlier lap.
//
// Memory: the drawn users' ratings (6 bytes each) and a cursor a lap. Laps are at most users +
// 1800: a gap is at most 1800 s, so all histories together are at most 1800 spans long. None of it
// depends on the number of pairs. Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/datasets/ratings.h"
#include "macaw/generators/generator.h"
#include "seldon_pair.h"

namespace macaw::generators {

struct HistoryOptions {
  uint64_t users = 0;
  uint64_t pairs = 0;
  uint64_t seed = 1;
  /// Ratings of other items are left out. Ascending; empty: all items.
  std::vector<uint32_t> items;
};

/// How many of `pairs` each gets: in proportion to its weight, at least one, exactly `pairs` in
/// all. Ties go to the earlier one. REQUIRES: pairs >= weights.size(), all weights > 0, pairs * sum
/// of weights < 2^126.
std::vector<uint64_t> share_out(uint64_t pairs, const std::vector<uint64_t>& weights);

class HistoryModel final : public PairSource {
 public:
  /// Error: the dataset has too few users (with ratings of the items).
  static Result<std::unique_ptr<HistoryModel>> make(const datasets::RatingsDataset& dataset,
                                                    const HistoryOptions& options,
                                                    const Reporter& reporter);

  uint64_t pairs() const override { return pairs_; }

  bool next(Pair& pair) override;

  void append_item(uint32_t item, std::string& url) const override { append_number(item, url); }

  /// Users who appear: as many as were asked for, or as there are pairs.
  uint64_t users() const { return users_.size(); }

  uint64_t laps() const { return cursors_.size(); }

 private:
  struct User {
    uint32_t id = 0;
    uint64_t begin = 0;  ///< of its ratings
    uint32_t ratings = 0;
  };

  /// One user's pairs between two ends of the span.
  struct Cursor {
    uint64_t left = 0;
    uint32_t user = 0;
    uint32_t position = 0;  ///< of the next rating within the history
  };

  /// The next pair of a cursor.
  struct Due {
    uint64_t time_ms = 0;
    uint32_t cursor = 0;

    bool operator<(const Due& other) const {
      return time_ms != other.time_ms ? time_ms < other.time_ms : cursor < other.cursor;
    }
  };

  HistoryModel() = default;

  void add_user(const datasets::UserHistory& history, const std::vector<uint32_t>& items);
  void add_laps(uint32_t user, uint64_t pairs, uint64_t start_ms);
  /// Restores the order of the heap after its first entry has grown.
  void sift_down();

  uint64_t pairs_ = 0;
  uint64_t span_ms_ = 0;
  std::vector<User> users_;
  std::vector<uint32_t> items_;
  std::vector<uint16_t>
      gaps_;  ///< seconds until the next rating, the last one's until the repetition
  std::vector<Cursor> cursors_;
  std::vector<Due> heap_;  ///< the earliest first
};

}  // namespace macaw::generators
