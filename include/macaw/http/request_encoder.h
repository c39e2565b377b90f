// SPDX-License-Identifier: MIT
//
// Turns a request into HTTP/1.1 wire bytes (RFC 9112). Appends to a caller's buffer; never
// allocates beyond it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "macaw/base/ascii.h"

namespace macaw::http {

struct HeaderView {
  std::string_view name;
  std::string_view value;
};

struct RequestView {
  std::string_view method = "GET";
  std::string_view target = "/";
  /// Goes out first, unless `headers` has a Host of its own.
  std::string_view host = {};
  std::span<const HeaderView> headers = {};
  std::string_view body = {};
  /// Adds "Connection: close".
  bool close = false;
  /// Neither Accept nor Content-Length is added: for HTTP/2, where frames say where a body ends.
  bool bare = false;
};

/// Adds Host, the headers in order, User-Agent and Accept unless given, and Content-Length (unless
/// the headers frame the body) when there is a body or the method is POST, PUT or PATCH. Checks
/// nothing: names and values were checked when they were read.
void encode_request(const RequestView& request, std::string& out);

/// Whether a header of this name is in the list, ASCII case ignored.
bool has_header(std::span<const HeaderView> headers, std::string_view name);
using macaw::equals_ignoring_case;

/// Headers that say what a body is and how it is framed: they go when it goes.
bool describes_body(std::string_view name);

/// Valid as a header name (RFC 9110 token) or value (no CR, LF, NUL).
bool is_header_name(std::string_view text);
bool is_header_value(std::string_view text);

}  // namespace macaw::http
