// SPDX-License-Identifier: MIT
//
// Small checks of text. Private to replay/file. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace macaw::replay {

/// What is wrong with a line: column from 1 in bytes, and "found X, expected Y".
struct Fault {
  size_t column = 1;
  std::string message;
};

/// No control character but tab: a header's value must not end its line.
bool is_header_value(std::string_view text);
/// Neither control characters nor DEL, as in names that are shown to people.
bool is_plain_text(std::string_view text);
/// Whether the text stops within a UTF-8 sequence. RapidJSON validates a sequence by reading all of
/// it, beyond the end of the text if need be.
bool ends_within_utf8_sequence(std::string_view text);
/// Whether a byte is a blank, a control character or DEL; eight bytes at a time.
bool has_blank_or_control(std::string_view text);

}  // namespace macaw::replay
