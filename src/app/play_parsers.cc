// SPDX-License-Identifier: MIT
//
// Values of single options that no module below knows.
#include <algorithm>
#include <array>
#include <numeric>

#include "macaw/base/ascii.h"
#include "macaw/base/units.h"
#include "play_settings.h"

namespace macaw::app {

namespace {

/// Digits with at most one point in them, as number / 10^k.
std::optional<std::pair<uint64_t, uint64_t>> parse_fraction(std::string_view text) {
  constexpr uint64_t kMax = 1'000'000'000;
  uint64_t number = 0;
  uint64_t scale = 1;
  bool point = false;
  bool digit = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || number > kMax || scale > kMax) {
      return std::nullopt;
    }
    digit = true;
    number = number * 10 + static_cast<uint64_t>(c - '0');
    scale *= point ? 10 : 1;
  }
  if (!digit || number == 0) {
    return std::nullopt;
  }
  return std::pair{number, scale};
}

}  // namespace

Result<replay::Speed> parse_speed(std::string_view text) {
  std::string_view number = text;
  uint64_t divisor = 1;
  if (number.ends_with('%')) {
    divisor = 100;
    number.remove_suffix(1);
  } else if (number.ends_with('x')) {
    number.remove_suffix(1);
  }
  if (const auto fraction = parse_fraction(number)) {
    const uint64_t run = fraction->second * divisor;
    const uint64_t common = std::gcd(fraction->first, run);
    if (fraction->first / common <= UINT32_MAX && run / common <= UINT32_MAX) {
      return replay::Speed{static_cast<uint32_t>(fraction->first / common),
                           static_cast<uint32_t>(run / common)};
    }
  }
  return errorf("found '{}', expected a factor above 0 such as 2, 0.5, 2x or 200%", text);
}

Result<replay::ConnectTo> parse_connect_to(std::string_view text) {
  std::array<std::string_view, 4> parts;
  size_t count = 0;
  size_t begin = 0;
  bool bracket = false;
  for (size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && (text[at] == '[' || text[at] == ']')) {
      bracket = text[at] == '[';
    }
    if (at == text.size() || (text[at] == ':' && !bracket)) {
      if (count < parts.size()) {
        parts.at(count) = text.substr(begin, at - begin);
      }
      ++count;
      begin = at + 1;
    }
  }
  if (count == parts.size() &&
      std::none_of(parts.begin(), parts.end(), [](auto part) { return part.empty(); })) {
    const auto from = http::parse_host_port(fmt::format("{}:{}", parts[0], parts[1]));
    const auto to = http::parse_host_port(fmt::format("{}:{}", parts[2], parts[3]));
    if (from && to) {
      return replay::ConnectTo{*from, *to};
    }
  }
  return errorf("found '{}', expected HOST1:PORT1:HOST2:PORT2 (seldon-server:80:127.0.0.1:8080)",
                text);
}

Result<replay::Header> parse_header(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_token(text.substr(0, colon))) {
    return errorf("found '{}', expected 'Name: value'", text);
  }
  std::string_view value = text.substr(colon + 1);
  while (value.starts_with(' ') || value.starts_with('\t')) {
    value.remove_prefix(1);
  }
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
    return errorf("found a value with a line break in it, expected one line");
  }
  return replay::Header{std::string(text.substr(0, colon)), std::string(value)};
}

Result<store::RowPolicy> parse_rows(std::string_view text) {
  constexpr std::string_view kSample = "sample:";
  store::RowPolicy policy;
  if (text == "all") {
    return policy;
  }
  if (text == "errors") {
    policy.kind = store::RowPolicy::Kind::kErrors;
    return policy;
  }
  if (text.starts_with(kSample)) {
    const Result<uint64_t> every = parse_count(text.substr(kSample.size()));
    if (every && *every >= 1) {
      policy.kind = store::RowPolicy::Kind::kSample;
      policy.sample_every = *every;
      return policy;
    }
  }
  return errorf("found '{}', expected all, errors or sample:N", text);
}

std::string describe_schedule(const replay::Timing& timing) {
  switch (timing.source) {
    case replay::Timing::Source::kSaturate:
      return "max";
    case replay::Timing::Source::kRecorded: {
      const double factor =
          static_cast<double>(timing.speed.nominal) / static_cast<double>(timing.speed.run);
      return timing.speed == replay::Speed{} ? "recorded"
                                             : fmt::format("recorded, {:g} times as fast", factor);
    }
    default:
      return timing.profile->describe();
  }
}

}  // namespace macaw::app
