// SPDX-License-Identifier: MIT
//
// See csv_table.h.

#include "csv_table.h"

#include <algorithm>
#include <utility>

#include "macaw/io/csv_reader.h"

namespace macaw::replay {

Result<CsvTable> CsvTable::read(const std::string& path) {
  MACAW_TRY_ASSIGN(io::CsvReader reader, io::CsvReader::open(path));
  MACAW_TRY_ASSIGN(const bool has_names, reader.next());
  if (!has_names) {
    return Error::at(path, 1, 1, "found nothing, expected a row of column names");
  }
  CsvTable table;
  table.names_.assign(reader.fields().begin(), reader.fields().end());
  while (true) {
    MACAW_TRY_ASSIGN(const bool more, reader.next());
    if (!more) {
      break;
    }
    table.fields_.insert(table.fields_.end(), reader.fields().begin(), reader.fields().end());
  }
  if (table.fields_.empty()) {
    return Error::at(path, 2, 1, "found no row, expected at least one below the column names");
  }
  return table;
}

std::optional<size_t> CsvTable::column(std::string_view name) const {
  const auto place = std::find(names_.begin(), names_.end(), name);
  return place == names_.end() ? std::nullopt
                               : std::optional(static_cast<size_t>(place - names_.begin()));
}

}  // namespace macaw::replay
