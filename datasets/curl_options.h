// SPDX-License-Identifier: MIT
//
// The options of curl(1) that people and browsers use. Private to datasets. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace macaw::datasets {

enum class CurlAction : uint8_t {
  kSkip,           // no value, says nothing about the request
  kSkipValue,      // the same with a value
  kRequest,        // -X
  kHeader,         // -H
  kData,           // -d: '@file' without its line ends
  kDataRaw,        // no '@'
  kDataBinary,     // '@file' as it is
  kDataUrlencode,  // name=content, encoded
  kJson,           // a body with its headers
  kGet,            // data goes into the query
  kHead,           // -I
  kUser,           // basic authentication
  kUrl,            // as a word without '-'
  kUserAgent,
  kReferer,
  kCookie,
  kBearer,  // --oauth2-bearer
  kGlobOff,
  kCannot  // known, but not to be had here
};

struct CurlOption {
  char letter;  ///< 0: none
  std::string_view name;
  CurlAction action;
};

bool takes_value(CurlAction action);

/// By its long name without the dashes, or by its letter; nullptr when it is not known.
const CurlOption* find_curl_option(std::string_view name);
const CurlOption* find_curl_option(char letter);

}  // namespace macaw::datasets
