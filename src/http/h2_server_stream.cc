// SPDX-License-Identifier: MIT
//
// See h2_server_stream.h.
// Thread: that of the session.

#include "h2_server_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "h2_fields.h"
#include "macaw/base/ascii.h"

namespace macaw::http {
namespace {

constexpr size_t kTakenKeptMax = 1024 * 1024;

}  // namespace

void H2ServerStream::add_field(std::string_view name, std::string_view value) {
  auto& headers = request.headers;
  const bool has_host = !headers.empty() && headers.front().first == "Host";
  if (name == ":method") {
    request.method = value;
  } else if (name == ":path") {
    request.target = value;
  } else if (name == ":authority") {
    headers.emplace(headers.begin(), "Host", value);
  } else if (name == "host") {
    if (!has_host) {
      headers.emplace(headers.begin(), "Host", value);
    }
  } else if (name == "cookie") {
    // They may come apart (RFC 9113 section 8.2.3).
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [](const auto& pair) { return pair.first == "cookie"; });
    if (found == headers.end()) {
      headers.emplace_back(name, value);
    } else {
      found->second.append("; ").append(value);
    }
  } else if (!name.starts_with(':')) {
    headers.emplace_back(name, value);
  }
}

size_t H2ServerStream::take_body(uint8_t* to, size_t room) {
  const size_t size = std::min(room, body_left());
  std::memcpy(to, body.data() + body_taken, size);
  body_taken += size;
  // What is streamed may never be taken to its end: what has gone is dropped now and then.
  if (body_left() == 0 || body_taken > kTakenKeptMax) {
    body.erase(0, body_taken);
    body_taken = 0;
  }
  return size;
}

H2ResponseHead::H2ResponseHead(const ResponseView& response, bool with_length)
    : status_(fmt::format("{}", response.status)) {
  fields_.push_back(field_of(":status", status_));
  if (!response.content_type.empty()) {
    fields_.push_back(field_of("content-type", response.content_type));
  }
  if (with_length) {
    length_ = fmt::format("{}", response.body.size());
    fields_.push_back(field_of("content-length", length_));
  }
  add_lines(response.extra_headers);
}

void H2ResponseHead::add_lines(std::string_view lines) {
  names_.resize(lines.size());  // no name can be longer than all of them; it does not move again
  size_t names_used = 0;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find("\r\n"));
    lines.remove_prefix(std::min(line.size() + 2, lines.size()));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      continue;
    }
    const size_t value_at = std::min(line.find_first_not_of(' ', colon + 1), line.size());
    char* const lower = names_.data() + names_used;
    std::transform(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), lower,
                   ascii_lower);
    const std::string_view name(lower, colon);
    if (!is_of_connection(name, line.substr(value_at))) {
      names_used += colon;
      fields_.push_back(field_of(name, line.substr(value_at)));
    }
  }
}

}  // namespace macaw::http
