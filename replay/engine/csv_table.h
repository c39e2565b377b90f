// SPDX-License-Identifier: MIT
//
// A CSV file in memory, by column (RFC 4180: a line of names first, quotes around fields that hold
// commas, quotes or line breaks). Hides nothing and knows no use of it. Thread: one thread's.
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
  /// Error: `name:line:column: found X, expected Y`. `name` stands for the file in messages.
  static Result<CsvTable> parse(std::string_view text, const std::string& name);

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
