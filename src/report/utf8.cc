// SPDX-License-Identifier: MIT
#include "utf8.h"

namespace macaw::report {

size_t utf8_sequence_length(std::string_view text, size_t at) {
  const auto byte = [text](size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char first = byte(at);
  const size_t length = first < 0x80                     ? 1
                        : first >= 0xC2 && first < 0xE0  ? 2
                        : first >= 0xE0 && first < 0xF0  ? 3
                        : first >= 0xF0 && first <= 0xF4 ? 4
                                                         : 0;
  if (length == 0 || at + length > text.size()) {
    return 0;
  }
  for (size_t k = at + 1; k < at + length; ++k) {
    if ((byte(k) & 0xC0) != 0x80) {
      return 0;
    }
  }
  const unsigned char second = length > 1 ? byte(at + 1) : 0x80;
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || outside ? 0 : length;
}

}  // namespace macaw::report
