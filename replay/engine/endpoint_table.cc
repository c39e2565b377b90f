// SPDX-License-Identifier: MIT
//
// See endpoint_table.h.

#include "endpoint_table.h"

#include <utility>

namespace macaw::replay {

Result<EndpointTable> EndpointTable::create(const std::vector<EndpointGroup>& groups) {
  EndpointTable table;
  for (const EndpointGroup& group : groups) {
    try {
      table.groups_.push_back(
          {std::regex(group.regex, std::regex::ECMAScript | std::regex::optimize), group.name});
    } catch (const std::regex_error& error) {
      return errorf("--group: '{}' is not a regular expression: {}", group.regex, error.what());
    }
  }
  return table;
}

uint16_t EndpointTable::id_of(std::string_view method, std::string_view path,
                              std::string_view label) {
  key_.assign(method);
  key_ += ' ';
  key_ += label.empty() ? path : label;
  std::string_view name = label.empty() ? path : label;
  for (const Group& group : groups_) {
    if (std::regex_search(key_, group.regex)) {
      key_.assign(method);
      key_ += ' ';
      key_ += group.name;
      name = group.name;
      break;
    }
  }
  const auto known = ids_.find(std::string_view(key_));
  if (known != ids_.end()) {
    return known->second;
  }
  return add(key_, method, name);
}

uint16_t EndpointTable::add(std::string_view key, std::string_view method, std::string_view path) {
  constexpr uint16_t kOther = kEndpointsMax;
  if (count_ + 1 >= kOther) {
    if (count_ + 1 == kOther) {
      ++count_;
      if (found_) {
        found_({kOther, "", "(other)"});
      }
    }
    return kOther;
  }
  ++count_;
  ids_.emplace(key, count_);
  if (found_) {
    found_({count_, std::string(method), std::string(path)});
  }
  return count_;
}

}  // namespace macaw::replay
