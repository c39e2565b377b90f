// SPDX-License-Identifier: MIT
//
// Which rows of a table a request takes: the next ones, beginning again at the end, or some by lot.
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "macaw/base/check.h"
#include "macaw/base/random.h"

namespace macaw::generators {

class RowDraw {
 public:
  enum class Order : uint8_t { kInOrder, kRandom };

  /// REQUIRES: rows > 0.
  RowDraw(uint64_t rows, Order order, uint64_t seed, uint64_t stream)
      : rows_(rows), order_(order), random_(seed, stream) {
    MACAW_CHECK(rows > 0);
  }

  /// Replaces `batch` by the indices of `count` rows. By lot they are distinct and in any order.
  /// REQUIRES: by lot, count <= rows.
  void next(uint64_t count, std::vector<uint64_t>& batch) {
    batch.clear();
    if (order_ == Order::kInOrder) {
      for (uint64_t k = 0; k < count; ++k) {
        batch.push_back(position_);
        position_ = position_ + 1 == rows_ ? 0 : position_ + 1;
      }
      return;
    }
    MACAW_CHECK(count <= rows_);
    if (count == 1) {
      batch.push_back(random_.below(rows_));
      return;
    }
    draw_distinct(count, batch);
  }

 private:
  /// Floyd's sample (Bentley, Programming Pearls, CACM 30(9), 1987), then shuffled: as many draws
  /// as rows are wanted, however many there are.
  void draw_distinct(uint64_t count, std::vector<uint64_t>& batch) {
    taken_in_.resize(rows_);
    ++batch_number_;
    for (uint64_t last = rows_ - count; last < rows_; ++last) {
      const uint64_t drawn = random_.below(last + 1);
      const uint64_t row = taken_in_[drawn] == batch_number_ ? last : drawn;
      taken_in_[row] = batch_number_;
      batch.push_back(row);
    }
    for (size_t k = batch.size(); k > 1; --k) {
      std::swap(batch[k - 1], batch[random_.below(k)]);
    }
  }

  uint64_t rows_;
  Order order_;
  Random random_;
  uint64_t position_ = 0;
  uint64_t batch_number_ = 0;
  std::vector<uint64_t> taken_in_;  ///< the number of the last batch that took a row
};

}  // namespace macaw::generators
