// SPDX-License-Identifier: MIT
#include "expectation_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "macaw/base/ascii.h"

namespace macaw::replay {

namespace {

/// The steps of a pointer, or where in it the first fault is (from 0).
std::optional<size_t> split_pointer(std::string_view text, std::vector<std::string>& steps) {
  if (!text.empty() && text.front() != '/') {
    return 0;
  }
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '/') {
      steps.emplace_back();
    } else if (c != '~') {
      steps.back() += c;
    } else if (const std::string_view code = text.substr(at, 2); code == "~0" || code == "~1") {
      steps.back() += code == "~0" ? '~' : '/';
      ++at;
    } else {
      return at;
    }
  }
  return std::nullopt;
}

}  // namespace

bool ExpectationHandler::refuse(size_t column, std::string message) {
  fault_ = Fault{column, std::move(message)};
  return false;
}

std::string_view ExpectationHandler::expected_here() const {
  switch (place_) {
    case Place::kOutside:
      return "an object or the name of a check";
    case Place::kStatus:
      return "'status' as a number such as 200, a class such as \"2xx\", or an array of them";
    case Place::kStatuses:
      return "a status such as 200 or \"2xx\"";
    case Place::kContains:
      return "'contains' as a string that is not empty";
    case Place::kJson:
    case Place::kConditions:
      return "'json' as an object with pointer and equals or exists, or an array of them";
    case Place::kExists:
      return "'exists' as true or false";
    case Place::kPointer:
      return "'pointer' as a string";
    case Place::kIds:
      return "'ids' as an array of strings and numbers";
    case Place::kIdList:
      return "an id: a string or a number";
    case Place::kMin:
      return "'min' as a number from 0 to 1";
    default:
      return "'overlap' as an object with pointer, ids and min";
  }
}

bool ExpectationHandler::refuse_value(size_t column, std::string_view found) {
  return refuse(column, fmt::format("found {}, expected {}", found, expected_here()));
}

/// Of the string as it stands in the text, with quotes and escapes. (RapidJSON reads a string from
/// a copy of the stream, which does not say where it is before the string has been told.)
size_t ExpectationHandler::string_size(size_t quote_column) const {
  size_t end = quote_column;
  while (text_[end] != '"') {
    end += text_[end] == '\\' ? 2U : 1U;
  }
  return end + 2 - quote_column;
}

// The value of an `equals` is kept as text, whatever it is.

bool ExpectationHandler::open_value(size_t column) {
  if (equals_depth_ == 0) {
    equals_column_ = column;
  }
  if (++equals_depth_ > kExpectationDepthMax) {
    return refuse(column, fmt::format("found nesting in 'equals' deeper than {}, expected less",
                                      kExpectationDepthMax));
  }
  return true;
}

bool ExpectationHandler::close_value() {
  if (--equals_depth_ == 0) {
    return whole_value(equals_column_, column_here() + 1 - equals_column_);
  }
  return true;
}

bool ExpectationHandler::whole_value(size_t column, size_t size) {
  out_.conditions.back().equals.assign(text_.substr(column - 1, size));
  value_is_done();
  return true;
}

void ExpectationHandler::value_is_done() {
  switch (place_) {
    case Place::kStatuses:
    case Place::kIdList:
      return;
    case Place::kEquals:
    case Place::kExists:
      place_ = Place::kCondition;
      return;
    case Place::kPointer:
      place_ = in_overlap_ ? Place::kOverlap : Place::kCondition;
      return;
    case Place::kMin:
      place_ = Place::kOverlap;
      return;
    default:
      place_ = Place::kTop;
  }
}

bool ExpectationHandler::Null() {
  const size_t column = column_here() - 4;
  if (place_ == Place::kEquals) {
    return in_value() || whole_value(column, 4);
  }
  return refuse_value(column, "null");
}

bool ExpectationHandler::Bool(bool value) {
  const std::string_view text = value ? "true" : "false";
  const size_t column = column_here() - text.size();
  if (place_ == Place::kEquals) {
    return in_value() || whole_value(column, text.size());
  }
  if (place_ != Place::kExists) {
    return refuse_value(column, text);
  }
  out_.conditions.back().exists = value;
  value_is_done();
  return true;
}

bool ExpectationHandler::RawNumber(const char* text, rapidjson::SizeType size, bool /*copy*/) {
  const std::string_view number(text, size);
  const size_t column = column_of(text) + 1;
  switch (place_) {
    case Place::kEquals:
      return in_value() || whole_value(column, size);
    case Place::kStatus:
    case Place::kStatuses:
      return status(number, column, /*is_number=*/true);
    case Place::kMin:
      return minimum(number, column);
    case Place::kIdList:
      return id(number, column, /*is_number=*/true);
    default:
      return refuse_value(column, fmt::format("number {}", in_quotes(number)));
  }
}

bool ExpectationHandler::String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
  const std::string_view string(text, size);
  const size_t column = column_of(text);
  switch (place_) {
    case Place::kOutside:
      return check_name(string, column);
    case Place::kEquals:
      return in_value() || whole_value(column, string_size(column));
    case Place::kStatus:
    case Place::kStatuses:
      return status(string, column, /*is_number=*/false);
    case Place::kContains:
      if (string.empty()) {
        return refuse_value(column, "an empty string");
      }
      out_.contains.assign(string);
      value_is_done();
      return true;
    case Place::kPointer:
      return pointer(string, column);
    case Place::kIdList:
      return id(string, column, /*is_number=*/false);
    default:
      return refuse_value(column, "a string");
  }
}

bool ExpectationHandler::check_name(std::string_view text, size_t column) {
  constexpr std::string_view kContains = "contains:";
  const bool known = text == "status" || text == "seldon" || text == "none" ||
                     (text.starts_with(kContains) && text.size() > kContains.size());
  if (!known) {
    return refuse(column, fmt::format("found {}, expected status, seldon, contains:TEXT, none, or "
                                      "an object",
                                      in_quotes(text)));
  }
  out_.check.assign(text);
  return true;
}

bool ExpectationHandler::status(std::string_view text, size_t column, bool is_number) {
  uint16_t first = 0;
  uint16_t last = 0;
  const bool is_class = !is_number && text.size() == 3 && text.substr(1) == "xx" &&
                        text.front() >= '1' && text.front() <= '5';
  if (is_class) {
    first = static_cast<uint16_t>((text.front() - '0') * 100);
    last = static_cast<uint16_t>(first + 99);
  } else if (is_number) {
    const char* end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, first);
    last = stop == end && code == std::errc() ? first : uint16_t{0};
  }
  if (last < 100 || last > 599) {
    return refuse(column, fmt::format("found status {}, expected 100 to 599 as a number, or a "
                                      "class such as \"2xx\"",
                                      in_quotes(text)));
  }
  out_.statuses.push_back({first, last});
  value_is_done();
  return true;
}

JsonPointer& ExpectationHandler::pointer_here() {
  return in_overlap_ ? out_.overlap->pointer : out_.conditions.back().pointer;
}

bool ExpectationHandler::pointer(std::string_view text, size_t column) {
  JsonPointer& made = pointer_here();
  made.text.assign(text);
  if (const auto fault = split_pointer(text, made.steps)) {
    // A string without escapes tells the place within it, any other where it begins.
    const bool plain = string_size(column) == text.size() + 2;
    return refuse(column + (plain ? *fault + 1 : 0),
                  text.front() != '/'
                      ? fmt::format("found pointer {}, expected one that is empty or begins with /",
                                    in_quotes(text))
                      : fmt::format("found '~' in pointer {}, expected ~0 (for ~) or ~1 (for /)",
                                    in_quotes(text)));
  }
  if (made.steps.size() > kExpectationDepthMax) {
    return refuse(column, fmt::format("found a pointer of {} steps, expected at most {}",
                                      made.steps.size(), kExpectationDepthMax));
  }
  value_is_done();
  return true;
}

bool ExpectationHandler::minimum(std::string_view number, size_t column) {
  double value = -1;
  const char* end = number.data() + number.size();
  const auto [stop, code] = std::from_chars(number.data(), end, value);
  if (stop != end || code != std::errc() || !(value >= 0 && value <= 1)) {
    return refuse_value(column, in_quotes(number));
  }
  out_.overlap->min = value;
  value_is_done();
  return true;
}

bool ExpectationHandler::id(std::string_view text, size_t column, bool is_number) {
  ids_.emplace_back(std::string(), column);
  if (is_number) {
    number_key(text, ids_.back().first);
  } else {
    string_key(text, ids_.back().first);
  }
  return true;
}

/// Sorted at the end, so that a million of them are no more than a sort.
bool ExpectationHandler::end_of_ids() {
  std::sort(ids_.begin(), ids_.end());
  const auto again = std::adjacent_find(
      ids_.begin(), ids_.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  if (again != ids_.end()) {
    return refuse((again + 1)->second, fmt::format("found id {} a second time, expected it once",
                                                   in_quotes(again->first.substr(1))));
  }
  for (auto& [key, column] : ids_) {
    out_.overlap->ids.push_back(std::move(key));
  }
  place_ = Place::kOverlap;
  return true;
}

bool ExpectationHandler::StartObject() {
  const size_t column = column_here();
  switch (place_) {
    case Place::kEquals:
      return open_value(column);
    case Place::kOutside:
      place_ = Place::kTop;
      object_column_ = column;
      return true;
    case Place::kJson:
    case Place::kConditions:
      json_is_array_ = place_ == Place::kConditions;
      out_.conditions.emplace_back();
      place_ = Place::kCondition;
      break;
    case Place::kOverlap:
      if (out_.overlap) {
        return refuse_value(column, "an object");
      }
      out_.overlap.emplace();
      break;
    default:
      return refuse_value(column, "an object");
  }
  in_overlap_ = place_ == Place::kOverlap;
  seen_ = {};
  object_column_ = column;
  return true;
}

bool ExpectationHandler::StartArray() {
  switch (place_) {
    case Place::kEquals:
      return open_value(column_here());
    case Place::kStatus:
      place_ = Place::kStatuses;
      return true;
    case Place::kJson:
      place_ = Place::kConditions;
      return true;
    case Place::kIds:
      place_ = Place::kIdList;
      return true;
    default:
      return refuse_value(column_here(), "an array");
  }
}

bool ExpectationHandler::EndArray(rapidjson::SizeType elements) {
  if (place_ == Place::kEquals) {
    return close_value();
  }
  if (elements == 0) {
    return refuse_value(column_here(), "an empty array");
  }
  if (place_ == Place::kIdList) {
    return end_of_ids();
  }
  place_ = Place::kTop;
  return true;
}

bool ExpectationHandler::EndObject(rapidjson::SizeType /*members*/) {
  switch (place_) {
    case Place::kEquals:
      return close_value();
    case Place::kCondition:
      return end_of_condition();
    case Place::kOverlap:
      return end_of_overlap();
    default:
      place_ = Place::kOutside;
      return true;
  }
}

bool ExpectationHandler::end_of_condition() {
  if (!seen_.pointer || seen_.equals == seen_.exists) {
    return refuse(object_column_,
                  fmt::format("found a condition with {}, expected pointer and one of equals and "
                              "exists",
                              !seen_.pointer ? "no pointer"
                              : seen_.equals ? "both equals and exists"
                                             : "neither equals nor exists"));
  }
  place_ = json_is_array_ ? Place::kConditions : Place::kTop;
  return true;
}

bool ExpectationHandler::end_of_overlap() {
  if (!seen_.pointer || !seen_.ids) {
    return refuse(object_column_, fmt::format("found an overlap without {}, expected pointer and "
                                              "ids",
                                              seen_.pointer ? "ids" : "pointer"));
  }
  in_overlap_ = false;
  place_ = Place::kTop;
  return true;
}

bool ExpectationHandler::Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
  const std::string_view key(text, size);
  const size_t column = column_of(text);
  switch (place_) {
    case Place::kTop:
      return top_key(key, column);
    case Place::kCondition:
      return condition_key(key, column);
    case Place::kOverlap:
      return overlap_key(key, column);
    default:
      return true;  // inside an `equals`
  }
}

bool ExpectationHandler::seen_twice(bool& seen, std::string_view key, size_t column) {
  if (seen) {
    refuse(column, fmt::format("found key {} a second time, expected it once", in_quotes(key)));
  }
  return std::exchange(seen, true);
}

bool ExpectationHandler::top_key(std::string_view key, size_t column) {
  if (key == "status") {
    place_ = Place::kStatus;
    return !seen_twice(top_seen_.status, key, column);
  }
  if (key == "contains") {
    place_ = Place::kContains;
    return !seen_twice(top_seen_.contains, key, column);
  }
  if (key == "json") {
    place_ = Place::kJson;
    return !seen_twice(top_seen_.json, key, column);
  }
  if (key == "overlap") {
    place_ = Place::kOverlap;
    return !seen_twice(top_seen_.overlap, key, column);
  }
  return refuse(column, fmt::format("found key {}, expected one of status, contains, json and "
                                    "overlap",
                                    in_quotes(key)));
}

bool ExpectationHandler::condition_key(std::string_view key, size_t column) {
  if (key == "pointer") {
    place_ = Place::kPointer;
    return !seen_twice(seen_.pointer, key, column);
  }
  if (key == "equals") {
    place_ = Place::kEquals;
    return !seen_twice(seen_.equals, key, column);
  }
  if (key == "exists") {
    place_ = Place::kExists;
    return !seen_twice(seen_.exists, key, column);
  }
  return refuse(column, fmt::format("found key {}, expected one of pointer, equals and exists",
                                    in_quotes(key)));
}

bool ExpectationHandler::overlap_key(std::string_view key, size_t column) {
  if (key == "pointer") {
    place_ = Place::kPointer;
    return !seen_twice(seen_.pointer, key, column);
  }
  if (key == "ids") {
    place_ = Place::kIds;
    return !seen_twice(seen_.ids, key, column);
  }
  if (key == "min") {
    place_ = Place::kMin;
    return !seen_twice(seen_.min, key, column);
  }
  return refuse(column,
                fmt::format("found key {}, expected one of pointer, ids and min", in_quotes(key)));
}

}  // namespace macaw::replay
