// SPDX-License-Identifier: MIT
//
// How quantities are written for people. Rounding is done in integers and carries into the next
// unit, so that nobody ever reads "1000 ms".
#include <cmath>

#include "macaw/base/units.h"

namespace macaw {

namespace {

/// thousandths / 1000 with no needless zeros: 1500 is "1.5".
std::string format_thousandths(uint64_t thousandths) {
  std::string text = fmt::format("{}", thousandths / 1000);
  if (thousandths % 1000 != 0) {
    text += fmt::format(".{:03}", thousandths % 1000);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text;
}

/// Rounds half up.
constexpr uint64_t divide_rounded(uint64_t value, uint64_t divisor) {
  return value / divisor + (value % divisor >= divisor - divisor / 2 ? 1 : 0);
}

uint64_t magnitude(Nanos span) {
  const auto ns = static_cast<uint64_t>(span.count());
  return span.count() < 0 ? 0 - ns : ns;
}

/// Puts commas between the thousands of a number's integer part.
void group_thousands(std::string& number) {
  const size_t first = number.starts_with('-') ? 1 : 0;
  size_t end = std::min(number.find('.'), number.size());
  while (end > first + 3) {
    end -= 3;
    number.insert(end, 1, ',');
  }
}

}  // namespace

double Rate::per_second() const {
  return static_cast<double>(events) * 1e9 / static_cast<double>(per.count());
}

std::string format_duration(Nanos span) {
  const uint64_t ns = magnitude(span);
  const std::string sign = span.count() < 0 ? "-" : "";
  if (ns == 0) {
    return "0 s";
  }
  if (ns < 1'000) {
    return fmt::format("{}{} ns", sign, ns);
  }
  if (ns < 1'000'000) {
    return fmt::format("{}{} us", sign, format_thousandths(ns));
  }
  if (const uint64_t us = divide_rounded(ns, 1'000); us < 1'000'000) {
    return fmt::format("{}{} ms", sign, format_thousandths(us));
  }
  const uint64_t ms = divide_rounded(ns, 1'000'000);
  const uint64_t hours = ms / 3'600'000;
  const uint64_t minutes = ms / 60'000 % 60;
  const uint64_t rest_ms = ms % 60'000;
  std::string text;
  const auto add = [&text](const std::string& number, std::string_view unit) {
    text += fmt::format("{}{} {}", text.empty() ? "" : " ", number, unit);
  };
  if (hours > 0) {
    add(fmt::format("{}", hours), "h");
  }
  if (minutes > 0) {
    add(fmt::format("{}", minutes), "min");
  }
  if (rest_ms > 0) {
    add(format_thousandths(rest_ms), "s");
  }
  return sign + text;
}

std::string format_latency(Nanos span) {
  const uint64_t ns = magnitude(span);
  const std::string_view sign = span.count() < 0 ? "-" : "";
  if (ns < 1'000) {
    return fmt::format("{}{} ns", sign, ns);
  }

  struct Unit {
    std::string_view name;
    uint64_t ns;
  };

  constexpr Unit kUnits[] = {{"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}};
  for (const Unit& unit : kUnits) {
    uint64_t step_ns = unit.ns / 100;
    for (int decimals = 2; decimals >= 0; --decimals, step_ns *= 10) {
      // Three digits: the first choice of decimals that gives fewer than 1000 steps.
      const uint64_t steps = divide_rounded(ns, step_ns);
      if (steps < 1'000) {
        const uint64_t divisor = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
        return fmt::format("{}{}{} {}", sign, steps / divisor,
                           decimals == 0 ? "" : fmt::format(".{:0{}}", steps % divisor, decimals),
                           unit.name);
      }
    }
  }
  return fmt::format("{}{} s", sign, divide_rounded(ns, 1'000'000'000));
}

std::string format_count(uint64_t count) {
  std::string text = fmt::format("{}", count);
  group_thousands(text);
  return text;
}

std::string format_counted(uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", format_count(count), noun, count == 1 ? "" : "s");
}

std::string format_rate(double per_second) {
  if (!std::isfinite(per_second)) {
    return fmt::format("{}", per_second);
  }
  // Six significant digits say all that a person reads off a rate.
  const double size = std::abs(per_second);
  int decimals = 0;
  for (double limit = 100'000; size < limit && decimals < 12; limit /= 10) {
    ++decimals;
  }
  std::string text = fmt::format("{:.{}f}", per_second, decimals);
  if (decimals > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) {
      text.pop_back();
    }
  }
  group_thousands(text);
  return text;
}

std::string format_bytes(uint64_t bytes) {
  if (bytes < 1'000) {
    return fmt::format("{} B", bytes);
  }
  constexpr std::string_view kUnits[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  uint64_t unit_bytes = 1'000;
  for (const std::string_view unit : kUnits) {
    const uint64_t tenths = divide_rounded(bytes, unit_bytes / 10);
    if (tenths < 10'000 || unit == "EB") {
      // One decimal below 100, none from there on.
      return tenths < 1'000 ? fmt::format("{} {}", format_thousandths(tenths * 100), unit)
                            : fmt::format("{} {}", divide_rounded(bytes, unit_bytes), unit);
    }
    unit_bytes *= 1'000;
  }
  return {};
}

}  // namespace macaw
