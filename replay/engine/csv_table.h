// SPDX-License-Identifier: MIT
//
// A CSV file in memory, by column: a row of names first (io/csv_reader.h says what files are read).
// Knows no use of it. Thread: one thread's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"

namespace macaw::replay {

class CsvTable {
 public:
  /// Error: one of the reader's; no row below the names.
  static Result<CsvTable> read(const std::string& path);

  /// At least one.
  size_t rows() const { return fields_.size() / names_.size(); }

  std::optional<size_t> column(std::string_view name) const;

  std::string_view at(size_t row, size_t column) const {
    return fields_[row * names_.size() + column];
  }

  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::vector<std::string> fields_;  // row by row
};

}  // namespace macaw::replay
