// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "macaw/generators/generator.h"

namespace macaw::generators {

namespace {

template <typename Values>
auto find_value(Values& values, std::string_view name) {
  return std::find_if(values.begin(), values.end(),
                      [&](const auto& entry) { return entry.first == name; });
}

}  // namespace

void Arguments::set(std::string name, std::string value) {
  const auto entry = find_value(values_, name);
  if (entry != values_.end()) {
    entry->second = std::move(value);
  } else {
    values_.emplace_back(std::move(name), std::move(value));
  }
}

bool Arguments::has(std::string_view name) const {
  return find_value(values_, name) != values_.end();
}

const std::string& Arguments::get(std::string_view name) const {
  static const std::string empty_value;
  const auto entry = find_value(values_, name);
  return entry == values_.end() ? empty_value : entry->second;
}

}  // namespace macaw::generators
