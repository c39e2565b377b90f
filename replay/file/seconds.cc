// SPDX-License-Identifier: MIT
#include "seconds.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <iterator>

#include "macaw/base/check.h"

namespace macaw::replay {

namespace {

__extension__ using uint128 = unsigned __int128;

/// mantissa * 10^exponent
struct Decimal {
  uint128 mantissa = 0;
  int64_t exponent = 0;
};

// With 30 digits kept, what is dropped cannot change a result that fits into Nanos, ties aside.
constexpr uint128 kMantissaMax = uint128{1'000'000'000'000'000} * 1'000'000'000'000'000;

Decimal parse_decimal(std::string_view number) {
  Decimal decimal;
  bool fraction = false;
  size_t at = 0;
  for (; at < number.size() && number[at] != 'e' && number[at] != 'E'; ++at) {
    if (number[at] == '.') {
      fraction = true;
    } else if (decimal.mantissa < kMantissaMax) {
      decimal.mantissa = decimal.mantissa * 10 + static_cast<unsigned>(number[at] - '0');
      decimal.exponent -= fraction ? 1 : 0;
    } else {
      decimal.exponent += fraction ? 0 : 1;
    }
  }
  if (at < number.size()) {
    std::string_view digits = number.substr(at + 1);
    const bool negative = digits.starts_with('-');
    digits.remove_prefix(negative || digits.starts_with('+') ? 1 : 0);
    int64_t exponent = 0;
    constexpr int64_t kExponentMax =
        1'000'000'000;  // far beyond any number that is not 0 or too large
    if (std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec != std::errc() ||
        exponent > kExponentMax) {
      exponent = kExponentMax;
    }
    decimal.exponent += negative ? -exponent : exponent;
  }
  return decimal;
}

}  // namespace

std::optional<Nanos> parse_seconds(std::string_view number) {
  const bool negative = number.starts_with('-');
  Decimal decimal = parse_decimal(number.substr(negative ? 1 : 0));
  if (decimal.mantissa == 0) {
    return Nanos(0);
  }
  if (negative) {
    return std::nullopt;
  }
  constexpr auto kNanosMax = static_cast<uint128>(Nanos::max().count());
  for (decimal.exponent += 9; decimal.exponent > 0; --decimal.exponent) {
    decimal.mantissa *= 10;
    if (decimal.mantissa > kNanosMax) {
      return std::nullopt;
    }
  }
  if (decimal.exponent < 0) {
    uint128 divisor = 1;
    for (int64_t k = decimal.exponent; k < 0; ++k) {
      divisor *= 10;
      if (divisor / 10 > decimal.mantissa) {
        return Nanos(0);
      }
    }
    decimal.mantissa = decimal.mantissa / divisor +
                       (decimal.mantissa % divisor >= divisor - divisor / 2 ? 1U : 0U);
  }
  if (decimal.mantissa > kNanosMax) {
    return std::nullopt;
  }
  return Nanos(static_cast<Nanos::rep>(decimal.mantissa));
}

void append_seconds(Nanos time, std::string& out) {
  MACAW_CHECK(time.count() >= 0, "time={}", time.count());
  constexpr int64_t kSecond = 1'000'000'000;
  fmt::format_to(std::back_inserter(out), "{}", time.count() / kSecond);
  if (const int64_t rest = time.count() % kSecond; rest != 0) {
    fmt::format_to(std::back_inserter(out), ".{:09}", rest);
    out.erase(out.find_last_not_of('0') + 1);
  }
}

}  // namespace macaw::replay
