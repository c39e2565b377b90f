// SPDX-License-Identifier: MIT
//
// The request that follows an answer which says "elsewhere" (RFC 9110, section 15.4). Pure.
#pragma once

#include <string>
#include <string_view>

#include "macaw/base/result.h"
#include "splices.h"

namespace macaw::replay {

/// 301, 302, 303, 307 or 308.
bool is_redirect(int status);

struct RedirectedRequest {
  std::string rendered;
  Splices splices;
  uint32_t target_offset = 0;
  uint32_t target_size = 0;
};

/// `rendered` is the request that was answered, as it was before its splices were filled. After a
/// 303, and for a POST after a 301 or 302 (as browsers do), a GET without body; else the same
/// method and body. Headers stay, but for those that describe a body that goes; of the query
/// nothing does, an access token in it neither. Error, a short reason without ids: a location that
/// is no URL, of another host or of another scheme.
Result<RedirectedRequest> redirected(std::string_view rendered, const Splices& splices, int status,
                                     std::string_view location, bool is_tls = false);

}  // namespace macaw::replay
