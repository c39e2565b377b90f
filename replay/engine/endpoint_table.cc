// SPDX-License-Identifier: MIT
//
// See endpoint_table.h.

#include "endpoint_table.h"

#include <utility>

namespace macaw::replay {

Result<EndpointTable> EndpointTable::create(const std::vector<EndpointGroup>& groups) {
  EndpointTable table;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // targets are bytes
  for (const EndpointGroup& group : groups) {
    auto regex = std::make_unique<re2::RE2>(group.regex, options);
    if (!regex->ok()) {
      return errorf("--group: '{}' is not a regular expression: {}", group.regex, regex->error());
    }
    table.groups_.push_back({std::move(regex), group.name});
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
    if (re2::RE2::PartialMatch(key_, *group.regex)) {
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
