// SPDX-License-Identifier: MIT
//
// Command lines as a POSIX shell would split them, and no further: nothing is expanded or run. The
// quoting is that of POSIX (XCU 2.2) and $'...' (XCU 2.2.4 of 2024; bash, zsh), which browsers use.
// Private to datasets. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/datasets/web_requests.h"

namespace macaw::datasets {

struct ShellWord {
  std::string text;
  uint64_t line = 0;
  uint64_t column = 0;
};

struct ShellCommand {
  std::vector<ShellWord> words;
  /// What only a running shell could tell (a variable, a pipe, ...), or an open quote.
  std::optional<Finding> unusable;
};

/// Commands are separated by newlines, ';', '&', '&&'. Never empty ones.
std::vector<ShellCommand> split_shell_commands(std::string_view text);

}  // namespace macaw::datasets
