// SPDX-License-Identifier: MIT
//
// Recommendations out of nothing: as many different items of a catalogue as asked for, the same
// ones each time for the same user and item. Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace macaw::stub {

/// MovieLens 10M's number of movies; the ids are 1 to this.
inline constexpr uint64_t kCatalogueItems = 10681;

/// Seldon's list bean. `item` is what the user looks at: never recommended.
std::string make_recommendations(const std::string& user, const std::optional<std::string>& item,
                                 int32_t limit, bool cohort);

}  // namespace macaw::stub
