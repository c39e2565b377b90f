// SPDX-License-Identifier: MIT
//
// The users model "uniform": Seldon's script as it was. Each pair has a user uniform in 1..users
// and an item uniform over the catalogue; time runs at one pair per second. Thread: one object
// belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "seldon_pair.h"

namespace macaw::generators {

class UniformModel final : public PairSource {
 public:
  /// REQUIRES: users > 0, items not empty, and all of them may stand in a URL.
  UniformModel(uint64_t users, uint64_t pairs, uint64_t seed, std::vector<std::string> items)
      : users_(users),
        pairs_(pairs),
        items_(std::move(items)),
        random_(random_of(seed, Stream::kUniform)) {}

  uint64_t pairs() const override { return pairs_; }

  bool next(Pair& pair) override {
    if (done_ == pairs_) {
      return false;
    }
    constexpr uint64_t kMillisPerPair = 1'000;
    pair.time_ms = done_++ * kMillisPerPair;
    pair.user = 1 + random_.below(users_);
    pair.item = static_cast<uint32_t>(random_.below(items_.size()));
    return true;
  }

  void append_item(uint32_t item, std::string& url) const override { url.append(items_[item]); }

 private:
  uint64_t users_;
  uint64_t pairs_;
  uint64_t done_ = 0;
  std::vector<std::string> items_;
  Random random_;
};

}  // namespace macaw::generators
