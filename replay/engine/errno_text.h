// SPDX-License-Identifier: MIT
//
// errno values in words, for the reasons of outcomes. Pure.
#pragma once

#include <string_view>

namespace macaw::replay {

/// "connection refused", "connection reset by peer", ...: the usual errno texts in lower case,
/// without allocation.
std::string_view errno_text(int error);

}  // namespace macaw::replay
