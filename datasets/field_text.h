// SPDX-License-Identifier: MIT
//
// Hand-written reading of fields: the integers of ten million lines, and the words of the error
// when one of them is wrong. Knows no dataset. Thread: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "macaw/base/result.h"

namespace macaw::datasets {

/// Reads the decimal digits at `text[position...]` into `value` and moves `position` behind them.
/// False, with `position` untouched, if there is no digit or the number is above 4294967295.
inline bool read_u32(std::string_view text, size_t& position, uint32_t& value) {
  uint64_t number = 0;
  size_t at = position;
  for (; at < text.size(); ++at) {
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(text[at])) - '0';
    if (digit > 9) {
      break;
    }
    number = number * 10 + digit;
    if (number > std::numeric_limits<uint32_t>::max()) {
      return false;
    }
  }
  if (at == position) {
    return false;
  }
  position = at;
  value = static_cast<uint32_t>(number);
  return true;
}

/// `path:line:column: what`, for a byte of a whole text.
Error error_at(std::string_view path, std::string_view text, size_t offset, std::string_view what);

}  // namespace macaw::datasets
