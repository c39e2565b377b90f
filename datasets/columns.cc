// SPDX-License-Identifier: MIT
#include "macaw/datasets/columns.h"

#include "macaw/base/ascii.h"
#include "macaw/base/units.h"

namespace macaw::datasets {

namespace {

/// Moves `at` over digits; false if there is none.
bool skip_digits(std::string_view text, size_t& at) {
  const size_t begin = at;
  while (at < text.size() && is_digit(text[at])) {
    ++at;
  }
  return at > begin;
}

}  // namespace

std::optional<std::vector<size_t>> column_positions(const std::vector<std::string>& names,
                                                    size_t width) {
  std::vector<size_t> indices;
  for (const std::string& name : names) {
    const auto position = parse_u64(name);
    if (!position.ok() || *position == 0 || *position > width) {
      return std::nullopt;
    }
    indices.push_back(static_cast<size_t>(*position) - 1);
  }
  return indices;
}

bool is_json_number(std::string_view text) {
  size_t at = text.starts_with('-') ? 1 : 0;
  const size_t digits = at;
  if (!skip_digits(text, at) || (text[digits] == '0' && at > digits + 1)) {
    return false;
  }
  if (at < text.size() && text[at] == '.' && !skip_digits(text, ++at)) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    at += at < text.size() && (text[at] == '-' || text[at] == '+') ? 1U : 0U;
    if (!skip_digits(text, at)) {
      return false;
    }
  }
  return at == text.size();
}

}  // namespace macaw::datasets
