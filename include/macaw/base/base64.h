// SPDX-License-Identifier: MIT
//
// Base64 of RFC 4648 section 4, with padding: bodies in replay files, images in requests. Pure.
#pragma once

#include <string>
#include <string_view>

namespace macaw {

/// Appends to `out`.
void encode_base64(std::string_view bytes, std::string& out);

/// Replaces `out`. False when `text` is not base64: a foreign character, wrong padding, or bits
/// that a correct encoder leaves zero. `out` is unspecified then.
bool decode_base64(std::string_view text, std::string& out);

}  // namespace macaw
