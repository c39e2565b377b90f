// SPDX-License-Identifier: MIT
//
// An HTTP Archive. Input: the file.

#include <string_view>

#include "datasets/web_readers.h"
#include "fuzz_support.h"
#include "macaw/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = macaw::fuzz::FuzzInput(data, size).rest();
  const auto found = macaw::datasets::parse_har(text, "file");
  if (!found.ok()) {
    const auto& message = found.error().message();
    MACAW_CHECK(
        message.starts_with("file: ") || macaw::fuzz::names_line_and_column(message, "file"), "{}",
        message);
    return 0;
  }
  uint64_t line = 1;
  for (const auto& each : *found) {
    MACAW_CHECK(each.request.line >= line && each.request.column >= 1);
    line = each.request.line;
    if (each.unusable) {
      MACAW_CHECK(!each.unusable->reason.empty() && each.unusable->line == line);
    } else {
      MACAW_CHECK(!each.request.method.empty() && !each.request.url.empty());
      MACAW_CHECK(each.request.time.has_value());
    }
  }
  return 0;
}
