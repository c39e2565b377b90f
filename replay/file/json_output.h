// SPDX-License-Identifier: MIT
//
// A Record as one line of the JSON lines format. Private to replay/file; hides RapidJSON.
// Thread: one object belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "macaw/replay/file/record.h"

namespace macaw::replay {

class JsonOutput {
 public:
  JsonOutput();
  ~JsonOutput();
  JsonOutput(const JsonOutput&) = delete;
  JsonOutput& operator=(const JsonOutput&) = delete;

  /// Sets `line` to the record's line with its newline, valid until the next call; or says what
  /// cannot be written. `provenance` goes in as x-macaw if it is given.
  std::optional<std::string> format(const Record& record, const Provenance* provenance,
                                    std::string_view& line);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::replay
