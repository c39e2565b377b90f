// SPDX-License-Identifier: MIT
#include "macaw/datasets/seldon_files.h"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "field_text.h"
#include "macaw/io/line_reader.h"

namespace macaw::datasets {

namespace {

/// Seldon numbers its kinds of items; the scripts replay the first.
constexpr int kItemType = 1;

/// What stands between "name(" and ")", or the whole text if it is not JSONP.
std::string_view without_callback(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t name = text.find_first_not_of(kBlanks);
  const size_t open = text.find('(');
  if (name == std::string_view::npos || open == std::string_view::npos || text[name] == '{' ||
      text[name] == '[') {
    return text;
  }
  const size_t close = text.find_last_of(')');
  const bool closed = close != std::string_view::npos && close > open &&
                      text.find_first_not_of(" \t\r\n;", close + 1) == std::string_view::npos;
  return closed ? text.substr(open + 1, close - open - 1) : text.substr(open + 1);
}

Result<rapidjson::Document> parse_json(const std::string& path, const std::string& text) {
  const std::string_view json = without_callback(text);
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (document.HasParseError()) {
    const auto offset = static_cast<size_t>(json.data() - text.data()) +
                        std::min(document.GetErrorOffset(), json.size());
    return error_at(path, text, offset,
                    fmt::format("found no valid JSON ({}), expected a JSON document",
                                rapidjson::GetParseError_En(document.GetParseError())));
  }
  return document;
}

/// The member of an object, or nullptr if there is none or `value` is no object.
const rapidjson::Value* member_of(const rapidjson::Value& value, const char* name) {
  if (!value.IsObject()) {
    return nullptr;
  }
  const auto member = value.FindMember(name);
  return member == value.MemberEnd() ? nullptr : &member->value;
}

std::string_view text_of(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

}  // namespace

Result<std::vector<std::string>> read_seldon_items(const std::string& path) {
  MACAW_TRY_ASSIGN(const std::string text, io::read_file(path));
  MACAW_TRY_ASSIGN(const auto document, parse_json(path, text));
  const rapidjson::Value* list = member_of(document, "list");
  if (list == nullptr || !list->IsArray()) {
    return errorf("{}: found no \"list\" array, expected the body of Seldon's /items", path);
  }
  std::vector<std::string> ids;
  std::unordered_set<std::string> seen;
  for (rapidjson::SizeType index = 0; index < list->Size(); ++index) {
    const rapidjson::Value* id_value = member_of((*list)[index], "id");
    const rapidjson::Value* type = member_of((*list)[index], "type");
    const std::string where = fmt::format("{}: list[{}]", path, index);
    if (id_value == nullptr || !id_value->IsString()) {
      return errorf(
          "{}: found no \"id\" text, expected an item such as {{\"id\":\"1\",\"type\":1}}", where);
    }
    if (type == nullptr || !type->IsInt()) {
      return errorf(
          "{}: found no \"type\" number, expected an item such as {{\"id\":\"1\",\"type\":1}}",
          where);
    }
    if (type->GetInt() != kItemType) {
      continue;
    }
    std::string id(text_of(*id_value));
    if (!seen.insert(id).second) {
      return errorf("{}: found item {} a second time, expected each id once", where, id);
    }
    ids.push_back(std::move(id));
  }
  if (ids.empty()) {
    return errorf("{}: found no item of type {}, expected at least one", path, kItemType);
  }
  return ids;
}

Result<std::string> read_seldon_key(const std::string& path) {
  MACAW_TRY_ASSIGN(const std::string text, io::read_file(path));
  MACAW_TRY_ASSIGN(const auto document, parse_json(path, text));
  const rapidjson::Value* key =
      document.IsArray() && !document.Empty() ? member_of(document[0], "key") : nullptr;
  if (key == nullptr || !key->IsString()) {
    return errorf("{}: found no key, expected [{{\"key\":\"...\"}}] as seldon-cli prints it", path);
  }
  return std::string(text_of(*key));
}

}  // namespace macaw::datasets
