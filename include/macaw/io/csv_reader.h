// SPDX-License-Identifier: MIT
//
// Rows of a CSV file as RFC 4180 describes it and as people have it: LF or CRLF, a byte order mark,
// comma, semicolon, tab or bar between fields (the one that the first line holds most of), quoted
// fields with "" for a quote. Strict: every row has the fields of the first one, quotes stand where
// they mean something. A quoted field may go over lines, whose ends are read as LF; a row of more
// than 16 MiB is refused, so that a quote nobody closed does not eat the memory. Compressed files
// as io::LineReader reads them. Knows no column names: the first row is a row like the others.
// Thread: one object belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/io/line_reader.h"

namespace macaw::io {

class CsvReader {
 public:
  static Result<CsvReader> open(const std::string& path);

  /// False after the last row. Errors: path:line:column.
  Result<bool> next();

  /// Of the current row; valid until the next call of next().
  const std::vector<std::string_view>& fields() const { return fields_; }

  /// For a first row that says how many fields the others have.
  void expect_fields(size_t count) {
    width_ = count;
    width_source_ = "as the first row says";
  }

  /// `path:line:column: what`, at a field of the current row.
  Error error(size_t field, std::string_view what) const;

  /// At which the current row begins, from 1; after the end of the file, its last one.
  uint64_t line() const { return row_line_; }

  const std::string& path() const { return reader_.path(); }

  /// For progress.
  uint64_t bytes_on_disk_read() const { return reader_.bytes_on_disk_read(); }

  uint64_t bytes_on_disk() const { return reader_.bytes_on_disk(); }

  /// Of the uncompressed bytes. REQUIRES: next() has returned false.
  std::string sha256() const { return reader_.sha256(); }

 private:
  explicit CsvReader(io::LineReader reader) : reader_(std::move(reader)) {}

  /// The lines of the next row, from the one given; valid until the next call.
  Result<std::string_view> gather(std::string_view line);
  Status split();
  /// Reads the quoted field at `at` and moves behind its closing quote.
  Status take_quoted(size_t& at);
  /// At a byte of the current row.
  Error error_at(size_t offset, std::string_view what) const;

  io::LineReader reader_;
  char separator_ = 0;  ///< 0 before the first row
  size_t width_ = 0;    ///< fields of each row
  std::string_view width_source_ = "as in the first row";
  uint64_t blank_line_ = 0;
  uint64_t row_line_ = 0;
  std::string_view row_;
  std::string lines_;  ///< row_, where it goes over lines
  std::vector<std::string_view> fields_;
  std::vector<size_t> offsets_;  ///< of the fields, in row_
  std::string unquoted_;         ///< what the quoted fields of a row say; never moves within a row
};

/// The index of each name among `header`. Error: one that is missing, or is there twice.
Result<std::vector<size_t>> find_columns(const CsvReader& reader,
                                         const std::vector<std::string>& names);

}  // namespace macaw::io
