// SPDX-License-Identifier: MIT
//
// How JSON of replay files is parsed, everywhere alike. Private to replay/file. Pure.
#pragma once

#include <rapidjson/error/error.h>
#include <rapidjson/reader.h>

#include <string>

namespace macaw::replay {

/// In situ, so that strings tell where they stand; without recursion; numbers as they are written;
/// UTF-8 only.
inline constexpr unsigned kJsonTextFlags =
    rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
    rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag;

/// "Missing a name for object member." becomes "found bad JSON: missing a name for object member".
std::string describe_json_error(rapidjson::ParseErrorCode code);

}  // namespace macaw::replay
