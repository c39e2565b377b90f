// SPDX-License-Identifier: MIT
//
// The system's words for an errno value. Private to io.
#pragma once

#include <string>
#include <system_error>

namespace macaw::io {

inline std::string errno_text(int code) {
  return std::generic_category().message(code);
}

}  // namespace macaw::io
