// SPDX-License-Identifier: MIT
#include "macaw/generators/tally.h"

namespace macaw::generators {

void Tally::add(std::string_view reason, uint64_t line, uint64_t column, std::string_view detail) {
  constexpr size_t kRowsMax = 50;
  constexpr std::string_view kOther = "other reasons";
  ++total_;
  auto found = index_.find(reason);
  if (found == index_.end() && rows_.size() >= kRowsMax) {
    reason = kOther;
    found = index_.find(reason);
  }
  if (found == index_.end()) {
    found = index_.emplace(reason, rows_.size()).first;
    rows_.push_back({std::string(reason), 0, line, column, std::string(detail)});
  }
  ++rows_[found->second].count;
}

}  // namespace macaw::generators
