// SPDX-License-Identifier: MIT
//
// Header fields between nghttp2's form, HTTP/2's and HTTP/1.1's: for both sides of HTTP/2.
// Thread: any.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace macaw::http {

std::string_view view_of(const uint8_t* bytes, size_t size);

/// Points at what it is given; nghttp2 reads it, and copies it when it is submitted.
nghttp2_nv field_of(std::string_view name, std::string_view value);

/// What only says something of an HTTP/1.1 connection (RFC 9113 section 8.2.2). `name` is in lower
/// case.
bool is_of_connection(std::string_view name, std::string_view value);

}  // namespace macaw::http
