// SPDX-License-Identifier: MIT
//
// See include/macaw/replay/schedule/think_time.h.

#include "macaw/replay/schedule/think_time.h"

#include <fmt/format.h>

#include <cmath>

#include "macaw/base/portable_math.h"
#include "macaw/base/random.h"
#include "macaw/base/units.h"
#include "wide_fixed.h"

namespace macaw::replay {
namespace {

/// Users have streams of their own, apart from those of arrivals and generators.
constexpr uint64_t kStream = 0x7468'696e'6b00'0000;  // "think"

constexpr std::string_view kExponential = "exponential:";

Result<Nanos> think_span(std::string_view whole, std::string_view text) {
  const auto span = parse_duration(text);
  if (!span) {
    return errorf("found '{}', expected SPAN, MIN..MAX or exponential:MEAN: {}", whole,
                  span.error().message());
  }
  return *span;
}

}  // namespace

Nanos ThinkTime::draw(uint64_t seed, uint32_t user, uint64_t k) const {
  if (law == Law::kUniform && min == max) {
    return min;
  }
  const uint64_t bits = Random(seed, kStream + user).at(k);
  if (law == Law::kUniform) {
    const auto values = static_cast<uint64_t>((max - min).count()) + 1;
    return min + Nanos(static_cast<int64_t>((uint128{bits} * values) >> 64));
  }
  // (0, 1]: the logarithm of 0 does not exist.
  const double unit = (static_cast<double>(bits >> 11) + 1) * 0x1.0p-53;
  return Nanos(static_cast<int64_t>(-portable_ln(unit) * static_cast<double>(min.count())));
}

Nanos ThinkTime::mean() const {
  return law == Law::kUniform ? min + (max - min) / 2 : min;
}

std::string ThinkTime::describe() const {
  if (law == Law::kExponential) {
    return fmt::format("exponential think time of mean {}", format_duration(min));
  }
  if (max == Nanos(0)) {
    return "no think time";
  }
  return min == max
             ? fmt::format("think time {}", format_duration(min))
             : fmt::format("think time {} to {}", format_duration(min), format_duration(max));
}

Result<ThinkTime> parse_think_time(std::string_view text) {
  ThinkTime think;
  if (text.starts_with(kExponential)) {
    think.law = ThinkTime::Law::kExponential;
    MACAW_TRY_ASSIGN(think.min, think_span(text, text.substr(kExponential.size())));
    return think;
  }
  const size_t dots = text.find("..");
  MACAW_TRY_ASSIGN(think.min, think_span(text, text.substr(0, dots)));
  think.max = think.min;
  if (dots != std::string_view::npos) {
    MACAW_TRY_ASSIGN(think.max, think_span(text, text.substr(dots + 2)));
  }
  if (think.max < think.min) {
    return errorf("found '{}', expected the shorter span first", text);
  }
  return think;
}

}  // namespace macaw::replay
