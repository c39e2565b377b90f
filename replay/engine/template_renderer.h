// SPDX-License-Identifier: MIT
//
// Fills the `${...}` of template records: from the request's index, the run's seed, and CSV files
// beside the replay file. The same file, seed and index give the same bytes, on every machine and
// whatever the number of threads. Thread: the reader thread's (and main's, for the probe).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "csv_table.h"
#include "macaw/base/random.h"
#include "macaw/base/result.h"
#include "macaw/replay/file/record.h"
#include "macaw/replay/file/template_text.h"

namespace macaw::replay {

class TemplateRenderer {
 public:
  /// `file` is the replay file: names of CSV files count from its folder, and errors name it.
  TemplateRenderer(uint64_t seed, std::string file);

  /// `record` with its URL, header values and body filled in, valid until the next call; all else
  /// stays. Values are drawn in this order: URL, headers from the first to the last, body. Error: a
  /// CSV file that cannot be read or has no such column; a value that its place cannot hold.
  Result<const Record*> fill(const Record& record, uint64_t index);

  /// Whether a CSV file, named on a line of the replay file, can be read and has the column.
  Status check_column(std::string_view file, std::string_view column, uint64_t line);

 private:
  enum class Place : uint8_t { kUrl, kHeader, kBody };

  Status fill_text(std::string_view text, Place place, std::string& out);
  Status append_csv(const TemplateReference& reference, Place place, std::string& out);

  /// A column of a table that is kept.
  struct Column {
    const CsvTable* table = nullptr;
    size_t number = 0;
  };

  Result<Column> find_column(std::string_view file, std::string_view column);
  Result<const CsvTable*> table_of(std::string_view file);
  void append_uuid(std::string& out);
  Error error(const std::string& message) const;

  uint64_t seed_;
  std::string file_;
  std::map<std::string, CsvTable, std::less<>> tables_;
  Record filled_;
  std::string json_;  // keeps its capacity
  uint64_t index_ = 0;
  uint64_t line_ = 0;
  Random random_{0};
};

}  // namespace macaw::replay
