// SPDX-License-Identifier: MIT
#include "field_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace macaw::datasets {

Error error_at(std::string_view path, std::string_view text, size_t offset, std::string_view what) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t line_begin = before.find_last_of('\n') + 1;  // npos + 1 is 0
  return Error::at(path, static_cast<uint64_t>(line), offset - line_begin + 1, what);
}

}  // namespace macaw::datasets
