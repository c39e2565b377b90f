// SPDX-License-Identifier: MIT
#include "macaw/replay/file/expectation.h"

#include <fmt/format.h>
#include <rapidjson/reader.h>

#include <charconv>
#include <cmath>

#include "expectation_handler.h"
#include "json_text.h"

namespace macaw::replay {

void string_key(std::string_view text, std::string& key) {
  key.assign(1, 's').append(text);
}

void number_key(std::string_view number, std::string& key) {
  constexpr double kExactMax = 9007199254740992;  // 2^53
  const char* end = number.data() + number.size();
  const auto keep = [&key](auto value) { fmt::format_to(std::back_inserter(key), "{}", value); };
  key.assign(1, 'n');
  int64_t integer = 0;
  if (const auto read = std::from_chars(number.data(), end, integer);
      read.ptr == end && read.ec == std::errc()) {
    keep(integer);
    return;
  }
  uint64_t large = 0;
  if (const auto read = std::from_chars(number.data(), end, large);
      read.ptr == end && read.ec == std::errc()) {
    keep(large);
    return;
  }
  double value = 0;
  if (std::from_chars(number.data(), end, value).ec != std::errc()) {
    key.append(number);  // beyond what a double holds: only the same text is the same number
  } else if (value == std::floor(value) && std::abs(value) <= kExactMax) {
    keep(static_cast<int64_t>(value));
  } else {
    keep(value);
  }
}

ExpectationResult parse_expectation(std::string_view json) {
  ExpectationResult result;
  Expectation expectation;
  std::string buffer(json);
  buffer.append(3, '\0');  // the parser reads a UTF-8 sequence to its end, cut or not
  rapidjson::InsituStringStream stream(buffer.data());
  ExpectationHandler handler(json, buffer.data(), stream, expectation);
  rapidjson::Reader reader;
  const rapidjson::ParseResult parsed = reader.Parse<kJsonTextFlags>(stream, handler);
  if (const auto& fault = handler.fault()) {
    result.column = fault->column;
    result.fault = fault->message;
  } else if (parsed.IsError()) {
    result.column = parsed.Offset() + 1;
    result.fault = describe_json_error(parsed.Code());
  } else {
    result.expectation = std::move(expectation);
  }
  return result;
}

}  // namespace macaw::replay
