// SPDX-License-Identifier: MIT
#include "macaw/base/ascii.h"

namespace macaw {

void append_percent_encoded(std::string_view text, std::string_view kept, std::string& out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_letter_or_digit(c) || kept.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15U];
  }
}

}  // namespace macaw
