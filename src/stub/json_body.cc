// SPDX-License-Identifier: MIT
//
// See json_body.h.
// Thread: any.

#include "json_body.h"

#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace macaw::stub {
namespace {

constexpr size_t kDepthMax = 100;

/// How deep brackets are nested outside of strings; right for valid JSON, and bounded by what a
/// parser may meet in any other.
size_t nesting_of(std::string_view body) {
  size_t depth = 0;
  size_t deepest = 0;
  bool quoted = false;
  for (size_t k = 0; k < body.size(); ++k) {
    const char c = body[k];
    if (quoted) {
      k += c == '\\' ? 1 : 0;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

Result<rapidjson::Document> parse_json_object(std::string_view body) {
  if (nesting_of(body) > kDepthMax) {
    return errorf("Nested deeper than {} levels", kDepthMax);
  }
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
      body.data(), body.size());
  if (document.HasParseError()) {
    std::string_view reason = rapidjson::GetParseError_En(document.GetParseError());
    reason = reason.substr(0, reason.find_last_not_of('.') + 1);
    return errorf("{} at offset {}", reason, document.GetErrorOffset());
  }
  if (!document.IsObject()) {
    return Error("The body is not a JSON object");
  }
  return document;
}

const JsonValue* member(const JsonValue& object, const char* name) {
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string_view text_member(const JsonValue& object, const char* name) {
  const JsonValue* const value = member(object, name);
  return value != nullptr && value->IsString()
             ? std::string_view(value->GetString(), value->GetStringLength())
             : std::string_view();
}

std::optional<uint64_t> count_member(const JsonValue& object, const char* name) {
  const JsonValue* const value = member(object, name);
  return value != nullptr && value->IsUint64() ? std::optional(value->GetUint64()) : std::nullopt;
}

std::string json_of(const JsonValue& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace macaw::stub
