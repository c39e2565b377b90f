// SPDX-License-Identifier: MIT
//
// See h2_fields.h.
// Thread: any.

#include "h2_fields.h"

#include "macaw/base/ascii.h"

namespace macaw::http {

std::string_view view_of(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

nghttp2_nv field_of(std::string_view name, std::string_view value) {
  const auto bytes_of = [](std::string_view text) {
    // nghttp2 only reads what it is given here.
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  return {.name = bytes_of(name),
          .value = bytes_of(value),
          .namelen = name.size(),
          .valuelen = value.size(),
          .flags = NGHTTP2_NV_FLAG_NONE};
}

bool is_of_connection(std::string_view name, std::string_view value) {
  // Sizes first: nearly every comparison ends there.
  switch (name.size()) {
    case 2:
      return name == "te" && !equals_ignoring_case(value, "trailers");
    case 7:
      return name == "upgrade";
    case 10:
      return name == "connection" || name == "keep-alive";
    case 16:
      return name == "proxy-connection";
    case 17:
      return name == "transfer-encoding";
    default:
      return false;
  }
}

}  // namespace macaw::http
