// SPDX-License-Identifier: MIT
//
// Reading a whole replay file in a test.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/replay/file/reader.h"
#include "macaw/replay/file/record.h"
#include "macaw/replay/file/writer.h"

namespace macaw::replay {

/// For Boost.Test's messages.
std::ostream& operator<<(std::ostream& out, const Record& record);

struct Loaded {
  std::vector<Record> records;
  std::string error;  ///< empty: none; the path in it is replaced by FILE
  Format format = Format::kUrlList;
  std::optional<Provenance> provenance;
  std::string sha256;  ///< empty after an error
};

Loaded load(const std::string& path);
/// Writes `text` into a file of a folder of its own and loads that.
Loaded load_text(std::string_view text);

/// A GET with nothing but its URL.
Record get(std::string url, uint64_t line);

}  // namespace macaw::replay
