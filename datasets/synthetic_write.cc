// SPDX-License-Identifier: MIT
//
// The synthetic profile as a folder that any reader of MovieLens 10M takes for one.
#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "macaw/datasets/ratings.h"
#include "macaw/io/output_file.h"
#include "synthetic_movies.h"
#include "synthetic_profile.h"

namespace macaw::datasets {

namespace {

constexpr uint32_t kProgressUsers = 256;

/// One user's lines, sorted by movie. Whole stars have no decimals.
void append_user(const synthetic::Profile& profile, uint32_t k, std::vector<Rating>& scratch,
                 std::vector<std::pair<Rating, uint32_t>>& rows, std::string& text) {
  const UserHistory history = profile.history(k, scratch);
  rows.clear();
  for (uint32_t position = 0; position < history.ratings.size(); ++position) {
    const Rating& rating = history.ratings[position];
    rows.emplace_back(rating, synthetic::half_stars(k, position, rating.time));
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.first.item < b.first.item; });
  for (const auto& [rating, halves] : rows) {
    fmt::format_to(std::back_inserter(text), FMT_COMPILE("{}::{}::{}{}::{}\n"), history.user,
                   rating.item, halves / 2, halves % 2 == 0 ? "" : ".5", rating.time);
  }
}

Status write_ratings(const synthetic::Profile& profile, const Progress& progress,
                     io::OutputFile& file) {
  std::vector<Rating> scratch;
  std::vector<std::pair<Rating, uint32_t>> rows;
  std::string text;
  uint64_t written = 0;
  for (uint32_t k = 0; k < profile.users(); ++k) {
    text.clear();
    append_user(profile, k, scratch, rows, text);
    MACAW_TRY(file.write(text));
    written += rows.size();
    if (progress && k % kProgressUsers == 0) {
      progress(written, profile.ratings());
    }
  }
  return {};
}

}  // namespace

Status write_synthetic_ml10m(const std::string& folder, const Progress& progress) {
  constexpr std::array<std::string_view, 3> kNames{"tags.dat", "movies.dat", "ratings.dat"};
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error || !std::filesystem::is_directory(folder, error)) {
    return errorf("{}: cannot make this folder: {}", folder,
                  error ? error.message() : "a file of that name exists");
  }
  std::vector<io::OutputFile> files;
  for (const std::string_view name : kNames) {
    const std::string path = (std::filesystem::path(folder) / name).string();
    if (std::filesystem::exists(path, error)) {
      return errorf("{}: exists already, expected a folder without it", path);
    }
    MACAW_TRY_ASSIGN(auto file, io::OutputFile::create(path));
    files.push_back(std::move(file));
  }
  const synthetic::Profile profile;
  MACAW_TRY(files[1].write(synthetic::make_movies_file(profile.items())));
  MACAW_TRY(write_ratings(profile, progress, files[2]));
  // The ratings last: with them the folder becomes a data set.
  for (io::OutputFile& file : files) {
    MACAW_TRY(file.commit());
  }
  return {};
}

}  // namespace macaw::datasets
