// SPDX-License-Identifier: MIT
#include "macaw/datasets/column_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "field_text.h"
#include "macaw/base/ascii.h"
#include "macaw/datasets/columns.h"
#include "macaw/io/csv_reader.h"

namespace macaw::datasets {

namespace {

constexpr uint64_t kProgressRows = 1U << 16;

bool is_of_kind(std::string_view field, FieldKind kind) {
  switch (kind) {
    case FieldKind::kText:
      return true;
    case FieldKind::kInteger:
      return is_json_number(field) && field.find_first_of(".eE") == std::string_view::npos;
    case FieldKind::kNumber:
      return is_json_number(field);
  }
  return false;
}

std::string_view words_of(FieldKind kind) {
  return kind == FieldKind::kInteger ? "an integer such as 42" : "a number such as 0.5";
}

std::optional<uint32_t> whole_number(std::string_view field) {
  size_t position = 0;
  uint32_t number = 0;
  if (!read_u32(field, position, number) || position != field.size()) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

class ColumnTableReader {
 public:
  ColumnTableReader(io::CsvReader reader, const std::vector<std::string>& columns, FieldKind kind)
      : reader_(std::move(reader)), wanted_(columns), kind_(kind) {}

  Result<ColumnTable> run(const Progress& progress);

 private:
  /// Settles names and columns by the first row; true if that row holds nothing more.
  Result<bool> take_first_row();
  Result<bool> take_named_columns();
  Result<bool> take_all_columns();
  /// scikit-learn's first line; false if this is not one.
  bool take_counts();
  /// Names for the chosen columns: the header's if there is one. True if there is.
  bool name_columns();
  Status take_row();

  io::CsvReader reader_;
  const std::vector<std::string>& wanted_;
  FieldKind kind_;
  ColumnTable table_;
  std::vector<size_t> columns_;
  std::optional<uint32_t> rows_promised_;
};

Result<ColumnTable> ColumnTableReader::run(const Progress& progress) {
  for (uint64_t rows = 0;; ++rows) {
    MACAW_TRY_ASSIGN(const bool more, reader_.next());
    if (!more) {
      break;
    }
    if (rows == 0) {
      MACAW_TRY_ASSIGN(const bool was_header, take_first_row());
      if (was_header) {
        continue;
      }
    }
    MACAW_TRY(take_row());
    if (progress && rows % kProgressRows == 0) {
      progress(reader_.bytes_on_disk_read(), reader_.bytes_on_disk());
    }
  }
  if (table_.ends_.empty()) {
    return Error::at(reader_.path(), std::max<uint64_t>(1, reader_.line()), 0,
                     "found no row, expected at least one");
  }
  if (rows_promised_ && *rows_promised_ != table_.rows()) {
    return Error::at(reader_.path(), 1, 1,
                     fmt::format("found a promise of {} rows and {} of them, expected as many: the "
                                 "file is cut off or has grown",
                                 *rows_promised_, table_.rows()));
  }
  table_.sha256_ = reader_.sha256();
  return std::move(table_);
}

Result<bool> ColumnTableReader::take_first_row() {
  return wanted_.empty() ? take_all_columns() : take_named_columns();
}

bool ColumnTableReader::take_counts() {
  const auto& fields = reader_.fields();
  if (kind_ != FieldKind::kNumber || fields.size() < 3 || is_json_number(fields[2])) {
    return false;
  }
  const auto rows = whole_number(fields[0]);
  const auto features = whole_number(fields[1]);
  constexpr uint32_t kFeaturesMax = 1'000'000;
  if (!rows || !features || *features == 0 || *features > kFeaturesMax) {
    return false;
  }
  reader_.expect_fields(*features + size_t{1});
  rows_promised_ = *rows;
  columns_.resize(*features);
  std::iota(columns_.begin(), columns_.end(), size_t{0});
  return true;
}

Result<bool> ColumnTableReader::take_all_columns() {
  if (take_counts()) {
    for (size_t k = 0; k < columns_.size(); ++k) {
      table_.names_.push_back(fmt::format("f{}", k + 1));
    }
    return true;
  }
  columns_.resize(reader_.fields().size());
  std::iota(columns_.begin(), columns_.end(), size_t{0});
  return name_columns();
}

bool ColumnTableReader::name_columns() {
  const auto& fields = reader_.fields();
  const bool is_header = std::any_of(columns_.begin(), columns_.end(), [&](size_t column) {
    return !is_of_kind(fields[column], kind_);
  });
  for (const size_t column : columns_) {
    table_.names_.push_back(is_header ? std::string(fields[column])
                                      : fmt::format("f{}", column + 1));
  }
  return is_header;
}

Result<bool> ColumnTableReader::take_named_columns() {
  const auto& fields = reader_.fields();
  const bool is_counts = take_counts();
  const size_t width = is_counts ? columns_.size() + 1 : fields.size();
  if (auto positions = column_positions(wanted_, width)) {
    columns_ = std::move(*positions);
    if (!is_counts) {
      return name_columns();
    }
    for (const size_t column : columns_) {
      table_.names_.push_back(fmt::format("f{}", column + 1));
    }
    return true;
  }
  if (wanted_.size() == 1 && fields.size() == 1 && kind_ != FieldKind::kText &&
      is_of_kind(fields[0], kind_)) {
    columns_ = {0};
    table_.names_ = wanted_;
    return false;
  }
  MACAW_TRY_ASSIGN(columns_, io::find_columns(reader_, wanted_));
  table_.names_ = wanted_;
  return true;
}

Status ColumnTableReader::take_row() {
  const auto& fields = reader_.fields();
  for (size_t k = 0; k < columns_.size(); ++k) {
    const std::string_view field = fields[columns_[k]];
    if (!is_of_kind(field, kind_)) {
      return reader_.error(columns_[k],
                           fmt::format("found {} for {}, expected {}", in_quotes(field),
                                       in_quotes(table_.names_[k]), words_of(kind_)));
    }
    table_.text_ += field;
    table_.ends_.push_back(table_.text_.size());
  }
  return {};
}

Result<ColumnTable> ColumnTable::read(const std::string& path,
                                      const std::vector<std::string>& columns, FieldKind kind,
                                      const Progress& progress) {
  MACAW_TRY_ASSIGN(auto reader, io::CsvReader::open(path));
  return ColumnTableReader(std::move(reader), columns, kind).run(progress);
}

}  // namespace macaw::datasets
