// SPDX-License-Identifier: MIT
//
// Foreign bytes made fit for one line of an error message. Must not know HTTP.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace macaw::http {

/// The text in single quotes, unprintable bytes as \xNN, cut after `bytes_max` bytes ("'abc...'").
std::string quote(std::string_view text, size_t bytes_max = 40);

}  // namespace macaw::http
