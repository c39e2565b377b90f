// SPDX-License-Identifier: MIT
//
// The JSON that Seldon's own scripts take: items, keys, features. Input: the file.

#include <set>
#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/datasets/seldon_features.h"
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
  const auto features = macaw::datasets::read_seldon_features(file.path());
  if (features.ok()) {
    MACAW_CHECK(!features->empty());
    for (const auto& feature : *features) {
      MACAW_CHECK(feature.min <= feature.max);
    }
  } else {
    MACAW_CHECK(macaw::fuzz::names_line_and_column(features.error().message(), file.path()), "{}",
                features.error().message());
  }
  return 0;
}
