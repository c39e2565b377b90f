// SPDX-License-Identifier: MIT
//
// vegeta's targets in both forms. Input: a byte for the form, the file; "@f" is the only file there
// is.

#include <string>
#include <string_view>
#include <utility>

#include "datasets/web_readers.h"
#include "fuzz_support.h"
#include "macaw/base/ascii.h"
#include "macaw/base/check.h"

namespace macaw::fuzz {
namespace {

void check_http(std::string_view text) {
  const MemoryFile file(text);
  auto lines = io::LineReader::open(file.path());
  MACAW_CHECK(lines.ok());
  auto reader = datasets::make_vegeta_http_reader(
      std::move(lines).value(),
      datasets::NamedFiles([](const std::string& name) -> Result<std::string> {
        if (name == "f") {
          return std::string("body");
        }
        return Error("none");
      }));
  datasets::WebRequest request;
  datasets::Finding unusable;
  uint64_t last_line = 0;
  for (;;) {
    const auto item = reader->next(request, unusable);
    if (!item.ok() || *item == datasets::WebItem::kEnd) {
      return;
    }
    MACAW_CHECK(request.line > last_line && request.column >= 1);
    last_line = request.line;
    if (*item == datasets::WebItem::kUnusable) {
      MACAW_CHECK(!unusable.reason.empty() && unusable.line >= request.line);
    } else {
      MACAW_CHECK(!request.method.empty() && !request.url.empty());
      for (const auto& header : request.headers) {
        MACAW_CHECK(is_token(header.name) && !header.value.empty());
      }
    }
  }
}

void check_json(std::string_view line) {
  datasets::WebRequest request;
  datasets::Finding unusable;
  if (datasets::parse_vegeta_json_line(line, request, unusable)) {
    MACAW_CHECK(!request.method.empty() && !request.url.empty());
  } else {
    MACAW_CHECK(!unusable.reason.empty() && unusable.column >= 1);
    MACAW_CHECK(unusable.column <= line.size() + 1);
  }
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  macaw::fuzz::FuzzInput input(data, size);
  const bool json = input.take_byte() % 2 == 1;
  const std::string_view text = input.rest();
  if (json) {
    macaw::fuzz::check_json(text);
  } else if (!text.starts_with("\x1f\x8b") && !text.starts_with("\x28\xb5\x2f\xfd") &&
             !(text.size() >= 4 && text.substr(1, 3) == "\x2a\x4d\x18")) {
    macaw::fuzz::check_http(text);  // compressed inputs are the business of lines_fuzz.cc
  }
  return 0;
}
