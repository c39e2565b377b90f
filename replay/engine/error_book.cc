// SPDX-License-Identifier: MIT
//
// See error_book.h.

#include "error_book.h"

namespace macaw::replay {

ErrorBook::Entry* ErrorBook::find(stats::Outcome outcome, uint16_t endpoint,
                                  std::string_view reason) {
  for (size_t k = 0; k < size_; ++k) {
    Entry& entry = entries_[k];
    if (entry.outcome == outcome && entry.endpoint == endpoint && entry.reason.view() == reason) {
      return &entry;
    }
  }
  return nullptr;
}

ErrorBook::Entry* ErrorBook::add(stats::Outcome outcome, uint16_t endpoint, std::string_view reason,
                                 uint64_t index) {
  Entry& entry = entries_[size_++];
  entry = Entry{outcome, endpoint, ReasonText(reason), index, 0};
  return &entry;
}

ErrorBook::Entry* ErrorBook::count(stats::Outcome outcome, uint16_t endpoint,
                                   std::string_view reason, uint64_t index) {
  const ReasonText kept(reason);  // cut as the book keeps it
  if (Entry* known = find(outcome, endpoint, kept.view()); known != nullptr) {
    ++known->untold;
    return nullptr;
  }
  if (size_ < kKindsMax) {
    return add(outcome, endpoint, kept.view(), index);
  }
  constexpr std::string_view kFurther = "further kinds";
  if (Entry* known = find(outcome, 0, kFurther); known != nullptr) {
    ++known->untold;
    return nullptr;
  }
  return add(outcome, 0, kFurther, index);
}

}  // namespace macaw::replay
