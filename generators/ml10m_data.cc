// SPDX-License-Identifier: MIT
#include "ml10m_data.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace macaw::generators {

namespace {

/// What the archive, scripts/fetch-dataset and people call it; the empty name is the place itself.
constexpr std::array<std::string_view, 4> kFolders{"", "ml-10M100K", "ml-10m", "ml-10m/ml-10M100K"};

/// Empty: none of the folders is one.
std::string find_in(const std::string& place) {
  for (const std::string_view folder : kFolders) {
    std::string path = folder.empty() ? place : (std::filesystem::path(place) / folder).string();
    if (datasets::is_movielens_folder(path)) {
      return path;
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<datasets::RatingsDataset>> open_ml10m(const std::string& folder,
                                                             const Reporter& reporter) {
  if (!folder.empty()) {
    return datasets::open_movielens(folder, reporter.progress);
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here sets the environment
  const char* environment = std::getenv("MACAW_DATA");
  const std::string named = environment == nullptr ? "" : environment;
  std::string found = named.empty() ? "" : find_in(named);
  if (found.empty()) {
    found = find_in("datasets");
  }
  if (!found.empty()) {
    return datasets::open_movielens(found, reporter.progress);
  }
  auto profile = datasets::synthetic_ml10m();
  if (reporter.note) {
    reporter.note(fmt::format(
        "found no MovieLens 10M in {}datasets/, so this uses the {} (see --data)",
        named.empty() ? "$MACAW_DATA (not set) or " : fmt::format("$MACAW_DATA ({}) or ", named),
        profile->describe()));
  }
  return profile;
}

}  // namespace macaw::generators
