// SPDX-License-Identifier: MIT
#include "macaw/base/ascii.h"

#include <fmt/format.h>

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

std::string in_quotes(std::string_view found) {
  constexpr size_t kShownMax = 40;
  std::string text = "'";
  for (const char byte : found.substr(0, kShownMax)) {
    const auto code = static_cast<unsigned char>(byte);
    if (code >= 0x20 && code < 0x7f) {
      text += byte;
    } else {
      text += fmt::format("\\x{:02x}", code);
    }
  }
  text += found.size() > kShownMax ? "...'" : "'";
  return text;
}

}  // namespace macaw
