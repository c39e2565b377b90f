// SPDX-License-Identifier: MIT
//
// What a server makes of later requests: cookies and redirects. Whatever it says, the next request
// has one line for the request, one Host, the headers that it had, and nothing that breaks out of
// its place. Input: a byte that chooses the status, the Location, a newline, Set-Cookie values, a
// line each.

#include <algorithm>
#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/http/cookie_jar.h"
#include "replay/engine/redirect.h"

namespace macaw::fuzz {
namespace {

constexpr int64_t kNow = 1'700'000'000;

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

std::string cookies_of(std::string_view lines, std::string_view path) {
  http::CookieJar jar;
  for (size_t at = 0; at < lines.size();) {
    const size_t end = std::min(lines.find('\n', at), lines.size());
    jar.store(lines.substr(at, end - at), path, kNow);
    at = end + 1;
  }
  std::string header;
  jar.append_to(header, path, kNow);
  MACAW_CHECK(header.empty() == (header.find('=') == std::string::npos));
  MACAW_CHECK(header.size() <=
              http::CookieJar::kCookiesMax * (http::CookieJar::kCookieBytesMax + 3));
  std::string later;
  jar.append_to(later, path, INT64_MAX);
  MACAW_CHECK(later.empty());
  return header;
}

void check_redirect(int status, std::string_view location, const std::string& cookies,
                    bool is_tls) {
  const std::string request =
      "POST /a/b?c HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nX-T: \r\n"
      "Content-Length: 4\r\n\r\nbody";
  const replay::Splices splices{.token = static_cast<uint32_t>(request.find("X-T: ") + 5),
                                .cookies = static_cast<uint32_t>(request.find("\r\n\r\n") + 2)};
  const auto next = replay::redirected(request, splices, status, location, is_tls);
  if (!next.ok()) {
    MACAW_CHECK(next.error().message().starts_with("redirected "));
    return;
  }
  const bool to_get = status != 307;
  const std::string_view target =
      std::string_view(next->rendered).substr(next->target_offset, next->target_size);
  MACAW_CHECK(target.starts_with('/') || target.starts_with('?'), "{}", target);
  MACAW_CHECK(target.find_first_of(" \t\r\n#") == std::string_view::npos, "{}", target);
  std::string wire;
  replay::splice(next->rendered, next->splices, "TOKEN", cookies, wire);
  const std::string_view head = replay::head_of(wire);
  MACAW_CHECK(head.starts_with(to_get ? "GET " : "POST "));
  MACAW_CHECK(head.find("\r\nHost: h\r\n") != std::string_view::npos);
  MACAW_CHECK(head.find("\r\nX-T: TOKEN\r\n") != std::string_view::npos);
  MACAW_CHECK(wire.substr(head.size()) == (to_get ? "" : "body"));
  const size_t lines = (to_get ? 4U : 6U) + (cookies.empty() ? 0U : 1U);
  MACAW_CHECK(count_of(head, "\r\n") == lines, "{}", head);
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  macaw::fuzz::FuzzInput input(data, size);
  const uint8_t choices = input.take_byte();
  const bool keeps_method = (choices & 1) != 0;
  const bool is_tls = (choices & 2) != 0;
  const std::string_view location = input.take_until("\n");
  // As the response parser gives it: no line ends within a value.
  std::string lines(input.rest());
  std::erase(lines, '\r');
  const std::string cookies = macaw::fuzz::cookies_of(lines, "/a/b");
  macaw::fuzz::check_redirect(keeps_method ? 307 : 303, location, cookies, is_tls);
  return 0;
}
