// SPDX-License-Identifier: MIT
#include "macaw/replay/file/template_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "macaw/base/ascii.h"
#include "text.h"

namespace macaw::replay {

namespace {

constexpr std::string_view kRandomPrefix = "rand:";
constexpr std::string_view kCsvPrefix = "csv:";
constexpr std::string_view kRawSuffix = ":raw";
constexpr std::string_view kJsonSuffix = ":json";

bool parse_integer(std::string_view text, int64_t& value) {
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  return !text.empty() && stop == end && code == std::errc();
}

std::string read_range(std::string_view text, TemplateReference& reference) {
  const size_t dots = text.find("..");
  const bool read = dots != std::string_view::npos &&
                    parse_integer(text.substr(0, dots), reference.low) &&
                    parse_integer(text.substr(dots + 2), reference.high);
  if (!read || reference.low > reference.high) {
    return fmt::format("found ${{rand:{}}}, expected whole numbers LOW..HIGH such as 1..100", text);
  }
  reference.kind = TemplateReference::Kind::kRandom;
  return {};
}

std::string read_csv(std::string_view text, TemplateReference& reference) {
  const std::string_view whole = text;
  using Form = TemplateReference::Form;
  for (const auto& [suffix, form] :
       {std::pair(kRawSuffix, Form::kRaw), std::pair(kJsonSuffix, Form::kJson)}) {
    // Behind a file alone it is the name of a column.
    const std::string_view before =
        text.substr(0, text.size() - std::min(text.size(), suffix.size()));
    if (text.ends_with(suffix) && before.find(':') != std::string_view::npos) {
      reference.form = form;
      text = before;
      break;
    }
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) {
    return fmt::format("found ${{csv:{}}}, expected ${{csv:FILE:COLUMN}}", whole);
  }
  reference.kind = TemplateReference::Kind::kCsv;
  reference.file = text.substr(0, colon);
  reference.column = text.substr(colon + 1);
  return {};
}

std::string read_reference(std::string_view text, TemplateReference& reference) {
  if (text == "seq") {
    reference.kind = TemplateReference::Kind::kSequence;
    return {};
  }
  if (text == "uuid") {
    reference.kind = TemplateReference::Kind::kUuid;
    return {};
  }
  if (text.starts_with(kRandomPrefix)) {
    return read_range(text.substr(kRandomPrefix.size()), reference);
  }
  if (text.starts_with(kCsvPrefix)) {
    return read_csv(text.substr(kCsvPrefix.size()), reference);
  }
  return fmt::format(
      "found {}, expected ${{seq}}, ${{rand:LOW..HIGH}}, ${{uuid}} or "
      "${{csv:FILE:COLUMN}} (or $${{ for a ${{ that is none)",
      in_quotes(fmt::format("${{{}}}", text)));
}

}  // namespace

std::optional<TemplatePlace> next_reference(std::string_view text, size_t from) {
  const size_t dollar = text.find("${", from);
  if (dollar == std::string_view::npos) {
    return std::nullopt;
  }
  TemplatePlace place;
  if (dollar > from && text[dollar - 1] == '$') {
    place.begin = dollar - 1;
    place.end = dollar + 2;
    return place;
  }
  place.begin = dollar;
  const size_t close = text.find('}', dollar);
  if (close == std::string_view::npos) {
    place.end = text.size();
    place.fault = "found '${' without a '}', expected both (or $${ for a ${ that is none)";
    return place;
  }
  place.end = close + 1;
  place.fault = read_reference(text.substr(dollar + 2, close - dollar - 2), place.reference);
  return place;
}

}  // namespace macaw::replay
