// SPDX-License-Identifier: MIT
//
// See splices.h.

#include "splices.h"

#include "macaw/base/check.h"

namespace macaw::replay {

void splice(std::string_view rendered, const Splices& splices, std::string_view token,
            std::string_view cookies, std::string& wire) {
  wire.clear();
  const auto put_cookies = [&] {
    if (cookies.empty()) {
      return;
    }
    if (splices.has_cookie_header) {
      wire.append("; ").append(cookies);
    } else {
      wire.append("Cookie: ").append(cookies).append("\r\n");
    }
  };
  size_t at = 0;
  const auto copy_until = [&](uint32_t place) {
    wire.append(rendered.substr(at, place - at));
    at = place;
  };
  const bool token_first = splices.token <= splices.cookies;
  for (const bool is_token : {token_first, !token_first}) {
    const uint32_t place = is_token ? splices.token : splices.cookies;
    if (place == Splices::kNone) {
      continue;
    }
    copy_until(place);
    if (is_token) {
      wire.append(token);
    } else {
      put_cookies();
    }
  }
  wire.append(rendered.substr(at));
}

std::string_view head_of(std::string_view request) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const size_t end = request.find(kEnd);
  MACAW_CHECK(end != std::string_view::npos, "a rendered request has headers");
  return request.substr(0, end + kEnd.size());
}

}  // namespace macaw::replay
