// SPDX-License-Identifier: MIT
//
// What columns of numbers and positions look like. Thread: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace macaw::datasets {

/// Columns that are named by their positions, from 1 to `width`, as indices from 0. Nothing: at
/// least one is no such number.
std::optional<std::vector<size_t>> column_positions(const std::vector<std::string>& names,
                                                    size_t width);

/// Whether RFC 8259 calls the text a number.
bool is_json_number(std::string_view text);

}  // namespace macaw::datasets
