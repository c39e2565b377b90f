// SPDX-License-Identifier: MIT
#include "macaw/datasets/interactions.h"

#include <fmt/format.h>

#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>

#include "field_text.h"
#include "loaded_ratings.h"
#include "macaw/base/ascii.h"
#include "macaw/base/units.h"
#include "macaw/datasets/columns.h"
#include "macaw/io/csv_reader.h"
#include "time_text.h"

namespace macaw::datasets {

namespace {

constexpr uint64_t kProgressInteractions = 1U << 16;
constexpr std::string_view kExpectedTime =
    "a Unix time or one such as 2026-01-31T12:00:00Z, from 1970 to 2106";

/// Numbers for names, in the order in which they come.
class NameList {
 public:
  uint32_t number_of(std::string_view name) {
    scratch_ = name;
    const auto [entry, is_new] =
        numbers_.try_emplace(scratch_, static_cast<uint32_t>(names_.size()));
    if (is_new) {
      names_.push_back(scratch_);
    }
    return entry->second;
  }

  std::vector<std::string> take() { return std::move(names_); }

 private:
  std::unordered_map<std::string, uint32_t> numbers_;  // only looked up
  std::vector<std::string> names_;
  std::string scratch_;
};

class InteractionsReader {
 public:
  InteractionsReader(io::CsvReader reader, const std::array<std::string, 3>& columns)
      : reader_(std::move(reader)), wanted_(columns.begin(), columns.end()) {}

  Result<Interactions> run(const Progress& progress);

 private:
  /// True if the first row holds nothing but names.
  Result<bool> take_first_row();
  Status take_row();

  io::CsvReader reader_;
  std::vector<std::string> wanted_;
  std::vector<size_t> columns_;
  std::optional<TimeForm> form_;
  NameList users_;
  NameList items_;
  RatingsBuilder builder_;
};

Result<bool> InteractionsReader::take_first_row() {
  const auto& fields = reader_.fields();
  if (auto positions = column_positions(wanted_, fields.size())) {
    columns_ = std::move(*positions);
    return !time_form_of(fields[columns_[2]]).has_value();
  }
  MACAW_TRY_ASSIGN(columns_, io::find_columns(reader_, wanted_));
  return true;
}

Status InteractionsReader::take_row() {
  const auto& fields = reader_.fields();
  for (size_t k = 0; k < 2; ++k) {
    if (fields[columns_[k]].empty()) {
      return reader_.error(
          columns_[k], fmt::format("found nothing, expected {}", k == 0 ? "a user" : "an item"));
    }
  }
  const std::string_view field = fields[columns_[2]];
  form_ = form_ ? form_ : time_form_of(field);
  const auto time = form_ ? parse_whole_seconds(field, *form_) : std::nullopt;
  if (!time) {
    return reader_.error(columns_[2],
                         fmt::format("found {}, expected {}", in_quotes(field), kExpectedTime));
  }
  builder_.add(users_.number_of(fields[columns_[0]]), items_.number_of(fields[columns_[1]]), *time);
  return {};
}

Result<Interactions> InteractionsReader::run(const Progress& progress) {
  for (bool first = true;; first = false) {
    MACAW_TRY_ASSIGN(const bool more, reader_.next());
    if (!more) {
      break;
    }
    if (first) {
      MACAW_TRY_ASSIGN(const bool was_header, take_first_row());
      if (was_header) {
        continue;
      }
    }
    MACAW_TRY(take_row());
    if (progress && builder_.rows() % kProgressInteractions == 0) {
      progress(reader_.bytes_on_disk_read(), reader_.bytes_on_disk());
    }
  }
  const uint64_t rows = builder_.rows();
  if (rows == 0) {
    return Error::at(reader_.path(), 1, 0, "found no row, expected at least one interaction");
  }
  builder_.group();
  Interactions found;
  found.users = users_.take();
  found.items = items_.take();
  std::vector<uint32_t> items(found.items.size());
  std::iota(items.begin(), items.end(), 0U);
  found.dataset = std::make_unique<LoadedRatings>(
      builder_.take(), std::move(items),
      fmt::format("{} interactions by {} users ({})", format_count(rows),
                  format_count(found.users.size()), reader_.path()),
      reader_.sha256());
  return found;
}

}  // namespace

Result<Interactions> read_interactions(const std::string& path,
                                       const std::array<std::string, 3>& columns,
                                       const Progress& progress) {
  MACAW_TRY_ASSIGN(auto reader, io::CsvReader::open(path));
  return InteractionsReader(std::move(reader), columns).run(progress);
}

}  // namespace macaw::datasets
