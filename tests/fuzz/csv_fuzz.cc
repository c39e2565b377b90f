// SPDX-License-Identifier: MIT
//
// CSV rows and columns out of them. Input: a byte that chooses what the columns must be, the file.

#include <string>
#include <string_view>
#include <vector>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/datasets/column_table.h"
#include "macaw/datasets/columns.h"
#include "macaw/io/csv_reader.h"

namespace macaw::fuzz {
namespace {

void check_rows(const MemoryFile& file) {
  auto reader = io::CsvReader::open(file.path());
  if (!reader.ok()) {
    return;
  }
  size_t width = 0;
  for (uint64_t line = 0;;) {
    const auto more = reader->next();
    if (!more.ok()) {
      MACAW_CHECK(names_line(more.error().message(), file.path()), "{}", more.error().message());
      return;
    }
    if (!*more) {
      MACAW_CHECK(reader->sha256().size() == 64);
      return;
    }
    MACAW_CHECK(reader->line() > line);
    line = reader->line();
    MACAW_CHECK(!reader->fields().empty());
    width = width == 0 ? reader->fields().size() : width;
    MACAW_CHECK(reader->fields().size() == width);
  }
}

void check_table(const MemoryFile& file, const std::vector<std::string>& columns,
                 datasets::FieldKind kind) {
  const auto table = datasets::ColumnTable::read(file.path(), columns, kind, nullptr);
  if (!table.ok()) {
    MACAW_CHECK(names_line(table.error().message(), file.path()), "{}", table.error().message());
    return;
  }
  MACAW_CHECK(table->rows() > 0 && !table->names().empty());
  for (uint64_t row = 0; row < table->rows(); ++row) {
    for (size_t column = 0; column < table->names().size(); ++column) {
      MACAW_CHECK(kind == datasets::FieldKind::kText ||
                  datasets::is_json_number(table->field(row, column)));
    }
  }
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using macaw::datasets::FieldKind;
  macaw::fuzz::FuzzInput input(data, size);
  const uint8_t choice = input.take_byte();
  if (!macaw::fuzz::is_uncompressed(input.rest())) {
    return 0;
  }
  constexpr FieldKind kKinds[] = {FieldKind::kText, FieldKind::kInteger, FieldKind::kNumber};
  const std::vector<std::string> columns[] = {{}, {"a"}, {"1"}, {"b", "a"}};
  const macaw::fuzz::MemoryFile file(input.rest());
  macaw::fuzz::check_rows(file);
  macaw::fuzz::check_table(file, columns[choice / 3 % 4], kKinds[choice % 3]);
  return 0;
}
