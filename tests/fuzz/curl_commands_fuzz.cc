// SPDX-License-Identifier: MIT
//
// curl's command lines. Input: the file; "@f" is the only file there is.

#include <string>
#include <string_view>

#include "datasets/shell_words.h"
#include "datasets/web_readers.h"
#include "fuzz_support.h"
#include "macaw/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = macaw::fuzz::FuzzInput(data, size).rest();
  macaw::datasets::NamedFiles files([](const std::string& name) -> macaw::Result<std::string> {
    if (name == "f") {
      return std::string("a=1\n");
    }
    return macaw::Error("none");
  });
  for (const auto& command : macaw::datasets::split_shell_commands(text)) {
    MACAW_CHECK(!command.words.empty() || command.unusable);
    for (const auto& word : command.words) {
      MACAW_CHECK(word.line >= 1 && word.column >= 1 && word.column <= text.size() + 1);
    }
  }
  for (const auto& found : macaw::datasets::parse_curl_commands(text, files)) {
    if (found.unusable) {
      MACAW_CHECK(!found.unusable->reason.empty() && found.unusable->line >= 1);
    } else {
      MACAW_CHECK(!found.request.method.empty() && !found.request.url.empty());
    }
  }
  return 0;
}
