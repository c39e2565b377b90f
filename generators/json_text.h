// SPDX-License-Identifier: MIT
//
// Pieces of requests as text: JSON as Python's json module writes it, because that is what the
// guides' scripts send byte for byte, and its two ways into a URL. All of them append.
// Thread: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace macaw::generators {

void append_number(uint64_t number, std::string& text);

/// A double as Python's repr() and json write it: the shortest digits that read back the same,
/// "0.5", "1.0", "1e-05", "1e+16". REQUIRES: finite.
void append_python_float(double number, std::string& text);

/// The text in quotes, as JSON wants it. False when it is not UTF-8, and then nothing of use.
bool append_json_string(std::string_view value, std::string& text);

/// As Python 2's urllib.quote_plus: letters, digits and "_.-" stay, a blank becomes '+'.
void append_quote_plus(std::string_view value, std::string& text);

/// As python-requests sends a URL that nobody quoted: what a URL may hold stays (brackets, commas,
/// colons), all else becomes %XX.
void append_requests_quote(std::string_view value, std::string& text);

}  // namespace macaw::generators
