// SPDX-License-Identifier: MIT
//
// The JSON body of a request, as the prediction services look into it.
// Thread: any.
#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "macaw/base/result.h"

namespace macaw::stub {

using JsonValue = rapidjson::Value;

/// An object, nested at most 100 deep (so that nothing that walks it can exhaust the stack). The
/// error names the place: "Invalid value at offset 3".
Result<rapidjson::Document> parse_json_object(std::string_view body);

/// The member, or null.
const JsonValue* member(const JsonValue& object, const char* name);
/// The member as text; empty when it is missing or none.
std::string_view text_member(const JsonValue& object, const char* name);
/// The member as a whole number from 0; nullopt when it is missing or none.
std::optional<uint64_t> count_member(const JsonValue& object, const char* name);

/// Compact JSON of a value of a parsed body.
std::string json_of(const JsonValue& value);

}  // namespace macaw::stub
