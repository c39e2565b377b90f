// SPDX-License-Identifier: MIT
//
// Parsers of what people type. Numbers stay decimal (digits and a power of ten) until the unit is
// known, so that "0.1" is one tenth and not the nearest double.
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>

#include "macaw/base/ascii.h"
#include "macaw/base/units.h"

namespace macaw {

namespace {

__extension__ using uint128 = unsigned __int128;

/// digits / 10^scale
struct Decimal {
  uint64_t digits = 0;
  unsigned scale = 0;
};

constexpr unsigned kScaleMax = 18;
constexpr uint64_t kEventsMax = 1'000'000'000'000'000;

constexpr uint64_t power_of_ten(unsigned exponent) {
  uint64_t power = 1;
  for (unsigned k = 0; k < exponent; ++k) {
    power *= 10;
  }
  return power;
}

/// Takes "12" or "12.5" from the front of `text`; nothing when there is no number or too many
/// digits.
std::optional<Decimal> take_decimal(std::string_view& text) {
  Decimal number;
  size_t at = 0;
  bool fraction = false;
  size_t digits_in_part = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !fraction && digits_in_part > 0) {
      fraction = true;
      digits_in_part = 0;
      continue;
    }
    if (!is_digit(c)) {
      break;
    }
    const auto digit = static_cast<uint64_t>(c - '0');
    if (number.digits > (UINT64_MAX - digit) / 10 || number.scale == kScaleMax) {
      return std::nullopt;
    }
    number.digits = number.digits * 10 + digit;
    number.scale += fraction ? 1U : 0U;
    ++digits_in_part;
  }
  if (digits_in_part == 0) {
    return std::nullopt;
  }
  while (number.scale > 0 && number.digits % 10 == 0) {
    number.digits /= 10;
    --number.scale;
  }
  text.remove_prefix(at);
  return number;
}

/// Takes an optional "k" or "m" from the front: the power of ten it stands for.
unsigned take_multiplier(std::string_view& text) {
  if (text.empty() || (text[0] != 'k' && text[0] != 'm')) {
    return 0;
  }
  const unsigned power = text[0] == 'k' ? 3 : 6;
  text.remove_prefix(1);
  return power;
}

/// number * 10^power * factor as an integer; nothing when it is not one or does not fit.
std::optional<uint64_t> scaled(Decimal number, unsigned power, uint64_t factor) {
  const uint128 product = uint128{number.digits} * factor;
  const unsigned scale = number.scale;
  if (power >= scale) {
    const uint128 result = product * power_of_ten(power - scale);
    if (product > UINT64_MAX || result > UINT64_MAX) {
      return std::nullopt;
    }
    return static_cast<uint64_t>(result);
  }
  const uint64_t divisor = power_of_ten(scale - power);
  if (product % divisor != 0 || product / divisor > UINT64_MAX) {
    return std::nullopt;
  }
  return static_cast<uint64_t>(product / divisor);
}

struct TimeUnit {
  std::string_view name;
  uint64_t ns;
};

// Longest names first where one is the beginning of another.
constexpr TimeUnit kTimeUnits[] = {
    {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1},
    {"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000},
};

const TimeUnit* take_time_unit(std::string_view& text) {
  for (const TimeUnit& unit : kTimeUnits) {
    if (text.substr(0, unit.name.size()) == unit.name) {
      text.remove_prefix(unit.name.size());
      return &unit;
    }
  }
  return nullptr;
}

}  // namespace

Result<Rate> parse_rate(std::string_view text) {
  const auto error = [text](std::string_view found) {
    return errorf(
        "found {} '{}', expected a rate above 0 such as 100, 0.1, 5k, 1.5m, 100/s, 2500/m or 10/h",
        found, text);
  };
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  if (!number) {
    return error("rate");
  }
  const unsigned power = take_multiplier(rest);
  uint64_t unit_s = 1;
  if (rest == "/m") {
    unit_s = 60;
  } else if (rest == "/h") {
    unit_s = 3600;
  } else if (!rest.empty() && rest != "/s") {
    return error("rate");
  }
  if (number->digits == 0) {
    return error("the rate");
  }
  // events / per = digits 10^power / (10^scale unit_s 10^9 ns); all factors fit into 128 bits.
  uint128 events = uint128{number->digits} * power_of_ten(power);
  uint128 per_ns = uint128{power_of_ten(number->scale)} * unit_s * 1'000'000'000;
  uint128 a = events;
  uint128 b = per_ns;
  while (b != 0) {
    a = std::exchange(b, a % b);
  }
  events /= a;
  per_ns /= a;
  if (events > kEventsMax || per_ns > static_cast<uint128>(Nanos::max().count())) {
    return error("a rate out of range,");
  }
  return Rate{static_cast<uint64_t>(events), Nanos(static_cast<Nanos::rep>(per_ns))};
}

Result<Nanos> parse_duration(std::string_view text) {
  const auto error = [text](std::string_view found) {
    return errorf(
        "found {} '{}', expected a duration such as 30s, 250ms, 10us, 5ns, 2m, 1h, 1h30m or 1.5s",
        found, text);
  };
  std::string_view rest = text;
  uint64_t total_ns = 0;
  uint64_t last_unit_ns = UINT64_MAX;
  do {
    const auto number = take_decimal(rest);
    if (!number) {
      return error("duration");
    }
    const bool bare = rest.empty() && last_unit_ns == UINT64_MAX;
    const TimeUnit* unit = take_time_unit(rest);
    const uint64_t unit_ns = unit != nullptr ? unit->ns : 1'000'000'000;
    // Units fall from left to right, and only the last part may have a fraction.
    if ((unit == nullptr && !bare) || unit_ns >= last_unit_ns ||
        (number->scale != 0 && !rest.empty())) {
      return error("duration");
    }
    const auto ns = scaled(*number, 0, unit_ns);
    if (!ns) {
      return error("a duration out of range or finer than 1 ns,");
    }
    if (*ns > static_cast<uint64_t>(Nanos::max().count()) - total_ns) {
      return error("a duration out of range,");
    }
    total_ns += *ns;
    last_unit_ns = unit_ns;
  } while (!rest.empty());
  return Nanos(static_cast<Nanos::rep>(total_ns));
}

Result<uint64_t> parse_count(std::string_view text) {
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  if (number) {
    const unsigned power = take_multiplier(rest);
    const auto count = scaled(*number, power, 1);
    if (rest.empty() && count) {
      return *count;
    }
  }
  return errorf("found '{}', expected a whole number such as 100000, 10k, 5m or 1.5k", text);
}

Result<uint64_t> parse_u64(std::string_view text) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code == std::errc::result_out_of_range) {
    return errorf("found '{}', expected a whole number up to {}", text, UINT64_MAX);
  }
  if (code != std::errc() || stop != end) {
    return errorf("found '{}', expected a whole number in decimal digits", text);
  }
  return number;
}

Result<double> parse_double(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  // from_chars alone would let "inf", "nan", "1." and ".5" pass.
  std::string_view body = text.substr(!text.empty() && text[0] == '-' ? 1 : 0);
  const bool shaped = !body.empty() && is_digit(body.front()) && is_digit(body.back()) &&
                      body.find_first_not_of("0123456789.") == std::string_view::npos;
  const auto [stop, code] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (!shaped || code != std::errc() || stop != end || !std::isfinite(number)) {
    return errorf("found '{}', expected a decimal number such as 12 or 0.5", text);
  }
  return number;
}

}  // namespace macaw
