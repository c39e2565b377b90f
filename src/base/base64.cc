// SPDX-License-Identifier: MIT
#include "macaw/base/base64.h"

#include <array>
#include <cstdint>

namespace macaw {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kForeign = 0xff;

constexpr std::array<uint8_t, 256> make_values() {
  std::array<uint8_t, 256> values{};
  values.fill(kForeign);
  for (size_t k = 0; k < kAlphabet.size(); ++k) {
    values[static_cast<unsigned char>(kAlphabet[k])] = static_cast<uint8_t>(k);
  }
  return values;
}

constexpr std::array<uint8_t, 256> kValues = make_values();

constexpr uint32_t byte_at(std::string_view bytes, size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

}  // namespace

void encode_base64(std::string_view bytes, std::string& out) {
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const uint32_t group =
        byte_at(bytes, at) << 16 | byte_at(bytes, at + 1) << 8 | byte_at(bytes, at + 2);
    out += kAlphabet[group >> 18];
    out += kAlphabet[group >> 12 & 63];
    out += at + 1 < bytes.size() ? kAlphabet[group >> 6 & 63] : '=';
    out += at + 2 < bytes.size() ? kAlphabet[group & 63] : '=';
  }
}

bool decode_base64(std::string_view text, std::string& out) {
  out.clear();
  if (text.size() % 4 != 0) {
    return false;
  }
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  const std::string_view digits = text.substr(0, text.size() - padding);
  uint32_t bits = 0;
  unsigned bit_count = 0;
  for (const char c : digits) {
    const uint8_t value = kValues[static_cast<unsigned char>(c)];
    if (value == kForeign) {
      return false;
    }
    bits = bits << 6 | value;
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      out += static_cast<char>(bits >> bit_count & 0xff);
    }
  }
  return (bits & ((1U << bit_count) - 1)) == 0;
}

}  // namespace macaw
