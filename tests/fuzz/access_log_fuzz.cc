// SPDX-License-Identifier: MIT
//
// A line of a web server's log. Input: the line.

#include <string_view>

#include "datasets/web_readers.h"
#include "fuzz_support.h"
#include "macaw/base/ascii.h"
#include "macaw/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view line = macaw::fuzz::FuzzInput(data, size).rest();
  macaw::datasets::WebRequest request;
  macaw::datasets::Finding unusable;
  if (macaw::datasets::parse_access_log_line(line, request, unusable)) {
    MACAW_CHECK(macaw::is_token(request.method));
    MACAW_CHECK(request.time.has_value());
    MACAW_CHECK(request.column == 1);
    MACAW_CHECK(request.headers.size() <= 2);
    MACAW_CHECK(request.url.size() <= 2 * line.size() + 8);
  } else {
    MACAW_CHECK(!unusable.reason.empty());
    MACAW_CHECK(unusable.column >= 1 && unusable.column <= line.size() + 1);
  }
  return 0;
}
