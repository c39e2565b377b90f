// SPDX-License-Identifier: MIT
//
// Which bytes are UTF-8. Paths and labels may hold any.
// Thread: any.
#pragma once

#include <cstddef>
#include <string_view>

namespace macaw::report {

/// Length of the UTF-8 sequence at text[at], or 0 when there is none (RFC 3629).
/// REQUIRES: at < text.size()
size_t utf8_sequence_length(std::string_view text, size_t at);

}  // namespace macaw::report
