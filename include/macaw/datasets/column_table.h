// SPDX-License-Identifier: MIT
//
// Columns of a CSV file in memory, their fields as they stand in the file: what a generator puts
// into a request has the file's own digits. Formats: io::CsvReader's, with a header or without, and
// scikit-learn's, whose first line is "rows,features,class,class,..." and whose last column is the
// class. Thread: immutable after reading; may be shared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/datasets/ratings.h"

namespace macaw::datasets {

enum class FieldKind : uint8_t {
  kText,
  kInteger,  ///< digits, maybe behind a '-', as JSON writes an integer
  kNumber,   ///< as JSON writes a number
};

class ColumnTable {
 public:
  /// `columns` are all positions from 1, or all names of the header; empty: all columns (of
  /// scikit-learn's shape: the features).
  ///
  /// The first line is a header when it has the names. Asked for positions or for all, it is one
  /// when a field of it is not of the kind (text: it never is). A file of one column needs no
  /// header: each line is a field of the one name asked for. Errors: path:line:column, found,
  /// expected; at least one row.
  static Result<ColumnTable> read(const std::string& path, const std::vector<std::string>& columns,
                                  FieldKind kind, const Progress& progress);

  uint64_t rows() const { return ends_.size() / names_.size(); }

  /// The header's, or those asked for, or "f1", "f2", ...
  const std::vector<std::string>& names() const { return names_; }

  std::string_view field(uint64_t row, size_t column) const {
    const uint64_t index = row * names_.size() + column;
    const uint64_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(text_).substr(begin, ends_[index] - begin);
  }

  /// Of the file, uncompressed.
  const std::string& sha256() const { return sha256_; }

 private:
  friend class ColumnTableReader;
  ColumnTable() = default;

  std::vector<std::string> names_;
  std::string text_;
  std::vector<uint64_t> ends_;  ///< of each field within the text
  std::string sha256_;
};

}  // namespace macaw::datasets
