// SPDX-License-Identifier: MIT
#include "field_text.h"

#include <fmt/format.h>

namespace macaw::datasets {

std::string quoted(std::string_view field) {
  constexpr size_t kShownMax = 40;
  std::string text = "'";
  for (const char byte : field.substr(0, kShownMax)) {
    const auto code = static_cast<unsigned char>(byte);
    if (code >= 0x20 && code < 0x7f) {
      text += byte;
    } else {
      text += fmt::format("\\x{:02x}", code);
    }
  }
  text += field.size() > kShownMax ? "...'" : "'";
  return text;
}

}  // namespace macaw::datasets
