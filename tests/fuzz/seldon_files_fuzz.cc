// SPDX-License-Identifier: MIT
//
// The two JSON files that Seldon's own scripts take. Input: the file.

#include <set>
#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/datasets/seldon_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const macaw::fuzz::MemoryFile file(macaw::fuzz::FuzzInput(data, size).rest());
  if (const auto items = macaw::datasets::read_seldon_items(file.path()); items.ok()) {
    MACAW_CHECK(!items->empty());
    MACAW_CHECK(std::set<std::string>(items->begin(), items->end()).size() == items->size());
  } else {
    MACAW_CHECK(items.error().message().starts_with(file.path() + ":"));
  }
  if (const auto key = macaw::datasets::read_seldon_key(file.path()); !key.ok()) {
    MACAW_CHECK(key.error().message().starts_with(file.path() + ":"));
  }
  return 0;
}
