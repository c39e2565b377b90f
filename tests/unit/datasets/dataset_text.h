// SPDX-License-Identifier: MIT
//
// Datasets and their errors as text that a test can compare.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "macaw/datasets/ratings.h"
#include "support/temp_dir.h"

namespace macaw::test {

/// "user: item@time item@time" a line.
inline std::string history_text(const datasets::RatingsDataset& dataset) {
  std::string text;
  std::vector<datasets::Rating> scratch;
  for (uint32_t k = 0; k < dataset.users(); ++k) {
    const auto history = dataset.history(k, scratch);
    text += fmt::format("{}:", history.user);
    for (const auto& rating : history.ratings) {
      text += fmt::format(" {}@{}", rating.item, rating.time);
    }
    text += "\n";
  }
  return text;
}

/// A message with the folder's path taken out, for comparing.
inline std::string without_folder(std::string text, const TempDir& folder) {
  const std::string& path = folder.path();
  for (size_t at = text.find(path); at != std::string::npos; at = text.find(path)) {
    text.replace(at, path.size(), "DIR");
  }
  return text;
}

}  // namespace macaw::test
