// SPDX-License-Identifier: MIT
//
// The one place that knows how a position in a file is written.
#include "macaw/base/result.h"

namespace macaw {

Error Error::at(std::string_view path, uint64_t line, uint64_t column, std::string_view what) {
  if (line == 0) {
    return Error(fmt::format("{}: {}", path, what));
  }
  if (column == 0) {
    return Error(fmt::format("{}:{}: {}", path, line, what));
  }
  return Error(fmt::format("{}:{}:{}: {}", path, line, column, what));
}

}  // namespace macaw
