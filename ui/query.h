// SPDX-License-Identifier: MIT
//
// The parameters of a request, decoded and checked.
// Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"

namespace macaw::ui {

class Query {
 public:
  /// Keeps a copy, so that a query may be made of a temporary.
  explicit Query(std::string_view query) : query_(query) {}

  /// Decoded; nothing when the parameter is not there.
  std::optional<std::string> text(std::string_view name) const;
  /// `fallback` when it is not there. Error: not a number from 0 to `most`.
  Result<uint64_t> number(std::string_view name, uint64_t fallback, uint64_t most) const;
  /// "0,2,5": numbers below `limit`, at least one. Nothing when the parameter is not there.
  Result<std::optional<std::vector<size_t>>> indexes(std::string_view name, size_t limit) const;

 private:
  std::string query_;
};

/// Percent-decoding of a path: '+' stays a plus.
std::string decode_path(std::string_view path);
/// Percent-encoding for use in a query or path of our own links.
std::string encode_uri(std::string_view text);
std::string escape_html(std::string_view text);

}  // namespace macaw::ui
