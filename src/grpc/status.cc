// SPDX-License-Identifier: MIT
//
// See status.h.

#include "macaw/grpc/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "macaw/base/ascii.h"
#include "macaw/base/check.h"

namespace macaw::grpc {

std::optional<int> parse_status(std::string_view text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > 99) {
    return std::nullopt;
  }
  return number;
}

void decode_message(std::string_view text, std::string& out) {
  for (size_t k = 0; k < text.size(); ++k) {
    char c = text[k];
    if (is_percent_escape(text, k)) {
      c = static_cast<char>(hex_value(text[k + 1]) * 16 + hex_value(text[k + 2]));
      k += 2;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
}

std::string format_timeout(Nanos timeout) {
  MACAW_CHECK(timeout > Nanos(0));
  constexpr Nanos::rep kDigitsMax = 99'999'999;
  constexpr std::array<std::pair<char, Nanos::rep>, 6> kUnits{{{'n', 1},
                                                               {'u', 1'000},
                                                               {'m', 1'000'000},
                                                               {'S', 1'000'000'000},
                                                               {'M', 60'000'000'000},
                                                               {'H', 3'600'000'000'000}}};
  for (const auto& [unit, nanos] : kUnits) {
    const Nanos::rep count = (timeout.count() - 1) / nanos + 1;
    if (count <= kDigitsMax) {
      return fmt::format("{}{}", count, unit);
    }
  }
  return fmt::format("{}H", kDigitsMax);
}

}  // namespace macaw::grpc
