// SPDX-License-Identifier: MIT
#include <filesystem>
#include <system_error>
#include <utility>

#include "loaded_ratings.h"
#include "macaw/base/units.h"
#include "macaw/datasets/ratings.h"
#include "movielens_files.h"

namespace macaw::datasets {

namespace {

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

std::string join(const std::string& folder, std::string_view name) {
  return (std::filesystem::path(folder) / name).string();
}

Result<ShapeFiles> find_shape(const std::string& folder) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return errorf("{}: {}, expected a MovieLens folder", folder,
                  std::filesystem::exists(folder, ignored) ? "is not a folder" : "does not exist");
  }
  for (const ShapeFiles& files : kShapes) {
    if (!is_file(join(folder, files.ratings))) {
      continue;
    }
    if (!is_file(join(folder, files.movies))) {
      return errorf("{}: found {} without {}, expected both", folder, files.ratings, files.movies);
    }
    return files;
  }
  return errorf(
      "{}: not a MovieLens folder, looked for ratings.dat and movies.dat (10M, 1M), ratings.csv "
      "and "
      "movies.csv (latest), u.data and u.item (100k)",
      folder);
}

std::string describe(const ShapeFiles& files, const LoadedRatings::Table& table,
                     const std::string& folder) {
  return fmt::format("MovieLens {}, {} ratings by {} users ({})", files.ratings,
                     format_count(table.ratings.size()), format_count(table.users.size()), folder);
}

}  // namespace

bool is_movielens_folder(const std::string& folder) {
  for (const ShapeFiles& files : kShapes) {
    if (is_file(join(folder, files.ratings)) && is_file(join(folder, files.movies))) {
      return true;
    }
  }
  return false;
}

Result<std::unique_ptr<RatingsDataset>> open_movielens(const std::string& folder,
                                                       const Progress& progress) {
  MACAW_TRY_ASSIGN(const ShapeFiles files, find_shape(folder));
  MACAW_TRY_ASSIGN(const Catalogue catalogue,
                   read_catalogue(join(folder, files.movies), files.shape));
  MACAW_TRY_ASSIGN(RatingsFile ratings,
                   read_ratings(join(folder, files.ratings), files.shape, catalogue, progress));
  std::string description = describe(files, ratings.table, folder);
  return std::unique_ptr<RatingsDataset>(std::make_unique<LoadedRatings>(
      std::move(ratings.table),
      std::vector<uint32_t>(catalogue.ids().begin(), catalogue.ids().end()), std::move(description),
      std::move(ratings.sha256)));
}

}  // namespace macaw::datasets
