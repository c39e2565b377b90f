// SPDX-License-Identifier: MIT
//
// Names requests by endpoint: "METHOD path" without the query, a record's own label, or the name of
// the first --group that matches. Ids are given in order of appearance; past 1,000 everything new
// is "(other)". Thread: the reader thread's.
#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/replay/engine/options.h"
#include "macaw/replay/engine/replayer.h"

namespace macaw::replay {

class EndpointTable {
 public:
  static Result<EndpointTable> create(const std::vector<EndpointGroup>& groups);

  /// Called for each endpoint when it appears first.
  void on_found(std::function<void(const Endpoint&)> callback) { found_ = std::move(callback); }

  /// `label` may be empty. The path is the part of the target before '?'.
  uint16_t id_of(std::string_view method, std::string_view path, std::string_view label);

 private:
  struct Group {
    std::unique_ptr<re2::RE2> regex;
    std::string name;
  };

  struct TextHash {
    // NOLINTNEXTLINE(readability-identifier-naming): the standard library asks for this name
    using is_transparent = void;

    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  uint16_t add(std::string_view key, std::string_view method, std::string_view path);

  std::vector<Group> groups_;
  std::unordered_map<std::string, uint16_t, TextHash, std::equal_to<>> ids_;
  std::string key_;  // kept for its capacity
  std::function<void(const Endpoint&)> found_;
  uint16_t count_ = 0;
};

}  // namespace macaw::replay
