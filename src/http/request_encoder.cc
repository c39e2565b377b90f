// SPDX-License-Identifier: MIT
//
// See request_encoder.h. Must not know where the request came from or where it goes.

#include "macaw/http/request_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace macaw::http {
namespace {

/// Which of the headers that we would add are there already.
struct Given {
  bool host = false;
  bool user_agent = false;
  bool accept = false;
  bool framing = false;  // Content-Length or Transfer-Encoding
  bool close = false;    // a Connection header that says close
};

Given look_through(std::span<const HeaderView> headers) {
  Given given;
  for (const HeaderView& header : headers) {
    // Sizes first: nearly every comparison ends there.
    switch (header.name.size()) {
      case 4:
        given.host |= equals_ignoring_case(header.name, "host");
        break;
      case 6:
        given.accept |= equals_ignoring_case(header.name, "accept");
        break;
      case 10:
        given.user_agent |= equals_ignoring_case(header.name, "user-agent");
        given.close |= equals_ignoring_case(header.name, "connection") &&
                       equals_ignoring_case(header.value, "close");
        break;
      case 14:
        given.framing |= equals_ignoring_case(header.name, "content-length");
        break;
      case 17:
        given.framing |= equals_ignoring_case(header.name, "transfer-encoding");
        break;
      default:
        break;
    }
  }
  return given;
}

void append_header(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool body_is_expected(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

void encode_request(const RequestView& request, std::string& out) {
  const Given given = look_through(request.headers);
  out.append(request.method).append(" ");
  if (request.target.empty() || request.target.front() == '?') {
    out += '/';  // "http://host?q" has a query and no path
  }
  out.append(request.target).append(" HTTP/1.1\r\n");
  if (!given.host) {
    append_header("Host", request.host, out);
  }
  for (const HeaderView& header : request.headers) {
    append_header(header.name, header.value, out);
  }
  if (!given.user_agent) {
    append_header("User-Agent", "macaw", out);
  }
  if (!given.accept && !request.bare) {
    append_header("Accept", "*/*", out);
  }
  if (!given.framing && !request.bare &&
      (!request.body.empty() || body_is_expected(request.method))) {
    append_header("Content-Length", fmt::format_int(request.body.size()).c_str(), out);
  }
  if (request.close && !given.close) {
    append_header("Connection", "close", out);
  }
  out.append("\r\n").append(request.body);
}

bool has_header(std::span<const HeaderView> headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [name](const HeaderView& header) {
    return equals_ignoring_case(header.name, name);
  });
}

bool describes_body(std::string_view name) {
  constexpr std::array<std::string_view, 4> kKnown{"content-length", "transfer-encoding",
                                                   "content-type", "content-encoding"};
  return std::any_of(kKnown.begin(), kKnown.end(),
                     [name](std::string_view known) { return equals_ignoring_case(name, known); });
}

bool is_header_name(std::string_view text) {
  return is_token(text);
}

bool is_header_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

}  // namespace macaw::http
