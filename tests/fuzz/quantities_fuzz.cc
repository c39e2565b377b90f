// SPDX-License-Identifier: MIT
//
// What people type: rates, spans, counts, numbers and rate profiles. What is accepted keeps the
// promises of the headers. Input: the text; for a profile, "rate text".

#include <cmath>
#include <optional>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/base/units.h"
#include "macaw/replay/schedule/arrivals.h"
#include "macaw/replay/schedule/rate_profile.h"

namespace macaw::fuzz {
namespace {

using replay::RateProfile;
using replay::RequestCount;

void check_numbers(std::string_view text) {
  if (const auto rate = parse_rate(text); rate.ok()) {
    MACAW_CHECK(rate->events >= 1 && rate->events <= 1'000'000'000'000'000);
    MACAW_CHECK(rate->per >= Nanos(1));
    MACAW_CHECK(rate->per_second() > 0 && std::isfinite(rate->per_second()));
    MACAW_CHECK(!format_rate(rate->per_second()).empty());
  }
  if (const auto span = parse_duration(text); span.ok()) {
    MACAW_CHECK(*span >= Nanos(0));
    MACAW_CHECK(!format_duration(*span).empty() && !format_latency(*span).empty());
  }
  if (const auto count = parse_count(text); count.ok()) {
    const auto digits = parse_u64(fmt::format("{}", *count));
    MACAW_CHECK(digits.ok() && *digits == *count);
    MACAW_CHECK(!format_count(*count).empty() && !format_bytes(*count).empty());
  }
  if (const auto number = parse_double(text); number.ok()) {
    MACAW_CHECK(std::isfinite(*number));
  }
}

/// Of x requests: due when the profile has got to x, and not before.
void check_inverse(const RateProfile& profile, uint64_t x) {
  constexpr Nanos kSpanMax = std::chrono::hours(24 * 30);
  const Nanos at = profile.inverse({.whole = x});
  MACAW_CHECK(at >= Nanos(0));
  if (at > kSpanMax) {
    return;  // beyond what the header promises
  }
  const RequestCount before = profile.cumulative(at > Nanos(2) ? at - Nanos(2) : Nanos(0));
  const RequestCount after = profile.cumulative(at + Nanos(2));
  MACAW_CHECK(before.whole <= x, "x={} at={} before={}", x, at.count(), before.whole);
  constexpr uint64_t kRounding = uint64_t{1} << 33U;  // 2^-31 of a request
  const bool reached =
      after.whole >= x || (after.whole + 1 == x && after.fraction >= 0 - kRounding);
  MACAW_CHECK(reached, "x={} at={} after={}", x, at.count(), after.whole);
}

void check_profile(const RateProfile& profile) {
  MACAW_CHECK(!profile.describe().empty());
  Nanos before{};
  for (const uint64_t x : {0, 1, 2, 10, 1'000, 1'000'000, 1'000'000'000}) {
    const Nanos at = profile.inverse({.whole = x});
    MACAW_CHECK(at >= before, "x={} at={} before={}", x, at.count(), before.count());
    before = at;
    check_inverse(profile, x);
  }
  for (const Nanos at : {Nanos(0), Nanos(1), from_seconds(1), from_seconds(3600)}) {
    MACAW_CHECK(profile.rate_at(at) >= 0 && std::isfinite(profile.rate_at(at)));
    MACAW_CHECK(profile.mean_rate(Nanos(0), at + Nanos(1)) >= 0);
  }
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  macaw::fuzz::FuzzInput input(data, size);
  macaw::fuzz::check_numbers(input.rest());
  std::optional<macaw::Rate> rate;
  if (const auto typed = macaw::parse_rate(input.take_until(" ")); typed.ok()) {
    rate = *typed;
  }
  if (const auto profile = macaw::replay::parse_rate_profile(input.rest(), rate); profile.ok()) {
    macaw::fuzz::check_profile(*profile);
  } else {
    MACAW_CHECK(!profile.error().message().empty());
  }
  return 0;
}
