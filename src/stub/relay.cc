// SPDX-License-Identifier: MIT
//
// See relay.h.
// Thread: any.

#include "relay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "macaw/http/request_encoder.h"

namespace macaw::stub {
namespace {

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [name](std::string_view other) {
    return http::equals_ignoring_case(name, other);
  });
}

/// Of one connection only. Expect is answered by whoever hears it, and here that is no one.
bool is_per_hop(std::string_view name) {
  constexpr std::array<std::string_view, 10> kNames = {
      "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Transfer-Encoding",
      "TE",         "Trailer",    "Upgrade",          "Content-Length",     "Expect"};
  return is_one_of(name, kNames);
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const size_t end = text.find_last_not_of(" \t\r");
  return end == std::string_view::npos || end < begin ? std::string_view()
                                                      : text.substr(begin, end + 1 - begin);
}

}  // namespace

std::string forwarded_request(const http::Request& request) {
  std::string bytes = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
  for (const auto& [name, value] : request.headers) {
    if (!is_per_hop(name)) {
      fmt::format_to(std::back_inserter(bytes), "{}: {}\r\n", name, value);
    }
  }
  const bool framed =
      !request.header("Content-Length").empty() || !request.header("Transfer-Encoding").empty();
  if (framed || !request.body.empty()) {
    fmt::format_to(std::back_inserter(bytes), "Content-Length: {}\r\n", request.body.size());
  }
  bytes.append("\r\n").append(request.body);
  return bytes;
}

size_t final_head_end(std::string_view bytes, size_t& begin) {
  constexpr std::string_view kBlankLine = "\r\n\r\n";
  constexpr size_t kStatusAt = std::string_view("HTTP/1.1 ").size();
  begin = 0;
  while (true) {
    const size_t blank = bytes.find(kBlankLine, begin);
    if (blank == std::string_view::npos) {
      return std::string_view::npos;
    }
    const size_t end = blank + kBlankLine.size();
    if (bytes.substr(begin, end - begin).substr(0, kStatusAt + 1).ends_with(" 1")) {
      begin = end;
      continue;
    }
    return end;
  }
}

server::Response relayed_answer(int status, std::string_view head, std::string_view body) {
  server::Response response;
  response.status = status;
  response.content_type.clear();
  response.body = body;
  head.remove_prefix(std::min(head.find('\n'), head.size() - 1) + 1);  // the status line
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(line.size() + 1, head.size()));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.starts_with(' ') || line.starts_with('\t')) {
      continue;  // the blank line, and folded lines (RFC 9112, 5.2: obsolete)
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (response.content_type.empty() && http::equals_ignoring_case(name, "Content-Type")) {
      response.content_type = value;
    } else if (!is_per_hop(name)) {
      fmt::format_to(std::back_inserter(response.extra_headers), "{}: {}\r\n", name, value);
    }
  }
  return response;
}

server::Response bad_gateway(std::string_view reason) {
  server::Response response;
  response.status = 502;
  response.body = fmt::format("Bad gateway: {}\n", reason);
  return response;
}

}  // namespace macaw::stub
