// SPDX-License-Identifier: MIT
//
// Where a rendered request is open for what is known only when it goes out: the access token in
// force, the cookies of its user. Plain values; they travel with the request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace macaw::replay {

struct Splices {
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t token = kNone;    ///< offset in the rendered bytes
  uint32_t cookies = kNone;  ///< the end of a Cookie header's value, or of all headers
  bool has_cookie_header = false;

  bool any() const { return token != kNone || cookies != kNone; }
};

/// The request as it goes out, into `wire`. `cookies` is "a=1; b=2", or empty.
void splice(std::string_view rendered, const Splices& splices, std::string_view token,
            std::string_view cookies, std::string& wire);

/// The headers of a rendered or spliced request, with the empty line behind them; the rest is its
/// body.
std::string_view head_of(std::string_view request);

}  // namespace macaw::replay
