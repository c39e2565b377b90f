// SPDX-License-Identifier: MIT
//
// See quote.h.

#include "quote.h"

#include <fmt/format.h>

#include <iterator>

namespace macaw::http {

std::string quote(std::string_view text, size_t bytes_max) {
  std::string out = "'";
  for (const char c : text.substr(0, bytes_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  out += text.size() > bytes_max ? "...'" : "'";
  return out;
}

}  // namespace macaw::http
