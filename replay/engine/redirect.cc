// SPDX-License-Identifier: MIT
//
// See redirect.h.

#include "redirect.h"

#include <algorithm>
#include <optional>

#include "macaw/http/reference.h"
#include "macaw/http/request_encoder.h"
#include "macaw/http/url.h"

namespace macaw::replay {
namespace {

/// A header's line, with its end.
struct HeaderLine {
  std::string_view text;
  std::string_view name;
  std::string_view value;
};

/// The first line of `lines`, which goes; nothing at the empty line behind the headers.
std::optional<HeaderLine> take_header(std::string_view& lines) {
  const size_t end = lines.find("\r\n");
  if (end == 0 || end == std::string_view::npos) {
    return std::nullopt;
  }
  HeaderLine line{.text = lines.substr(0, end + 2), .name = {}, .value = {}};
  const size_t colon = std::min(line.text.find(':'), end);
  line.name = line.text.substr(0, colon);
  line.value = line.text.substr(std::min(colon + 2, end), end - std::min(colon + 2, end));
  lines.remove_prefix(end + 2);
  return line;
}

bool becomes_get(std::string_view method, int status) {
  return status == 303 ? method != "HEAD" : (status == 301 || status == 302) && method == "POST";
}

/// Whether the location stays with the server that was asked, by the request's Host header.
bool is_same_host(const http::Reference& place, std::string_view host, bool is_tls) {
  if (place.authority.empty()) {
    return true;
  }
  const std::string scheme = is_tls ? "https://" : "http://";
  const auto there = http::parse_host_port(scheme + place.authority);
  const auto here = http::parse_host_port(scheme + std::string(host));
  return there.ok() && here.ok() && *there == *here;
}

}  // namespace

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<RedirectedRequest> redirected(std::string_view rendered, const Splices& splices, int status,
                                     std::string_view location, bool is_tls) {
  const std::string_view head = head_of(rendered);
  const size_t request_line_end = head.find("\r\n") + 2;
  const std::string_view method = head.substr(0, head.find(' '));
  const size_t version = head.rfind(' ', request_line_end);
  const std::string_view target = head.substr(method.size() + 1, version - method.size() - 1);

  auto place = http::resolve_reference(target, location);
  if (!place.ok()) {
    return Error("redirected to what is no http URL");
  }
  if (!place->scheme.empty() && (place->scheme == "https") != is_tls) {
    return Error(is_tls ? "redirected from https to http, which is not followed"
                        : "redirected from http to https, which is not followed");
  }

  const bool to_get = becomes_get(method, status);
  RedirectedRequest next;
  std::string& out = next.rendered;
  out.append(to_get ? "GET" : method).append(" ");
  next.target_offset = static_cast<uint32_t>(out.size());
  next.target_size = static_cast<uint32_t>(place->target.size());
  out.append(place->target).append(head.substr(version, request_line_end - version));

  std::string_view host;
  std::string_view lines = head.substr(request_line_end);
  const auto moved = [&](uint32_t offset, std::string_view line, uint32_t& to) {
    const auto begin = static_cast<size_t>(line.data() - rendered.data());
    if (offset != Splices::kNone && offset >= begin && offset < begin + line.size()) {
      to = static_cast<uint32_t>(out.size() + (offset - begin));
    }
  };
  while (const auto line = take_header(lines)) {
    if (to_get && http::describes_body(line->name)) {
      continue;
    }
    if (http::equals_ignoring_case(line->name, "host")) {
      host = line->value;
    }
    moved(splices.token, line->text, next.splices.token);
    moved(splices.cookies, line->text, next.splices.cookies);
    out.append(line->text);
  }
  moved(splices.cookies, lines, next.splices.cookies);
  next.splices.has_cookie_header = splices.has_cookie_header;
  out.append("\r\n");
  if (!to_get) {
    out.append(rendered.substr(head.size()));
  }
  if (!is_same_host(*place, host, is_tls)) {
    return Error("redirected to another host, which is not followed");
  }
  return next;
}

}  // namespace macaw::replay
