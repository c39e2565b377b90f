// SPDX-License-Identifier: MIT
#include "text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace macaw::replay {

namespace {

constexpr bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

/// The sign bit of some byte is set if one of the eight is below 0x21 or is 0x7f.
uint64_t blanks_or_controls(const char* bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x8080808080808080;
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const uint64_t low = (word - kOnes * 0x21) & ~word;
  const uint64_t flipped = word ^ (kOnes * 0x7f);
  const uint64_t del = (flipped - kOnes) & ~flipped;
  return (low | del) & kHighs;
}

}  // namespace

bool is_header_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

bool is_plain_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), is_control);
}

bool ends_within_utf8_sequence(std::string_view text) {
  for (size_t left = 1; left <= 3 && left <= text.size(); ++left) {
    const auto byte = static_cast<unsigned char>(text[text.size() - left]);
    const size_t length = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (length > left) {
      return true;
    }
  }
  return false;
}

bool has_blank_or_control(std::string_view text) {
  constexpr size_t kStep = 8;
  if (text.size() < kStep) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c == ' ' || is_control(c); });
  }
  uint64_t found = 0;
  size_t at = 0;
  for (; at + kStep <= text.size(); at += kStep) {
    found |= blanks_or_controls(text.data() + at);
  }
  // The last eight bytes once more cover what the steps left over.
  found |= blanks_or_controls(text.data() + text.size() - kStep);
  return found != 0;
}

}  // namespace macaw::replay
