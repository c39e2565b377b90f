// SPDX-License-Identifier: MIT
//
// The parameters of a request as a servlet sees them: from the query, then from a form body.
// Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/http/request_parser.h"

namespace macaw::stub {

class Parameters {
 public:
  /// The request must live on.
  explicit Parameters(const http::Request& request);

  /// Decoded; the first when there are several.
  std::optional<std::string> get(std::string_view name) const;
  /// All of them, decoded, in order.
  std::vector<std::pair<std::string, std::string>> all() const;

 private:
  std::string_view query_;
  std::string_view form_;
};

/// As Java reads an Integer.
std::optional<int32_t> parse_int(std::string_view text);
/// As Spring reads a Boolean.
std::optional<bool> parse_bool(std::string_view text);

/// Appends the text in quotes, escaped as Jackson does.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);
/// "null" when there is none.
std::string json_string(const std::optional<std::string>& text);

}  // namespace macaw::stub
