// SPDX-License-Identifier: MIT
//
// Letters and digits as protocols mean them: ASCII, whatever the locale; and what URLs make of the
// rest. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace macaw {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_letter_or_digit(char c) {
  return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
}

/// 0 to 15, or -1 when the character is no hexadecimal digit.
constexpr int hex_value(char c) {
  const char lower = ascii_lower(c);
  return is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Whether "%2f" or the like stands at `text[at...]`.
constexpr bool is_percent_escape(std::string_view text, size_t at) {
  return at + 2 < text.size() && text[at] == '%' && hex_value(text[at + 1]) >= 0 &&
         hex_value(text[at + 2]) >= 0;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

/// RFC 9110 token: what methods and names of headers are made of.
constexpr bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

/// RFC 3986: what besides letters and digits means itself anywhere in a URL.
inline constexpr std::string_view kUnreserved = "-._~";

/// Appends the text, letters, digits and the characters of `kept` as they are, every other byte as
/// %XX.
void append_percent_encoded(std::string_view text, std::string_view kept, std::string& out);

/// In single quotes for a message: at most 40 bytes, anything but printable ASCII as \xNN. (Not
/// "quoted": for a std::string the compiler would prefer std::quoted.)
std::string in_quotes(std::string_view found);

}  // namespace macaw
