// SPDX-License-Identifier: MIT
//
// One line of the JSON lines format into a Record. Knows the line only, not the file: that times do
// not go backwards is the reader's business. Private to replay/file; hides RapidJSON. Thread: one
// object belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "macaw/replay/file/record.h"
#include "text.h"

namespace macaw::replay {

class JsonRecordParser {
 public:
  JsonRecordParser();
  ~JsonRecordParser();
  JsonRecordParser(const JsonRecordParser&) = delete;
  JsonRecordParser& operator=(const JsonRecordParser&) = delete;

  /// Fills `record` (all fields but `line`; capacity is reused). With `provenance` given, "x-macaw"
  /// is read into it; else it is ignored as any other key that begins with x-.
  std::optional<Fault> parse(std::string_view line, Record& record,
                             std::optional<Provenance>* provenance);
  /// Where the last line's `t` stands, or 1 when it had none.
  size_t time_column() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::replay
