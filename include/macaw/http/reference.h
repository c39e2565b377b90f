// SPDX-License-Identifier: MIT
//
// Where a Location header leads, by RFC 3986 section 5.2. Pure.
#pragma once

#include <string>
#include <string_view>

#include "macaw/base/result.h"

namespace macaw::http {

struct Reference {
  std::string scheme;     ///< "http", "https"; empty: that of the request
  std::string authority;  ///< empty: that of the request
  std::string target;     ///< path and query as they go on the wire, dots removed, no fragment
};

/// `base_target` is the target of the request that was answered ("/a/b?c"). Error: a location that
/// is no http URL, or holds blanks or control characters.
Result<Reference> resolve_reference(std::string_view base_target, std::string_view location);

}  // namespace macaw::http
