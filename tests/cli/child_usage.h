// SPDX-License-Identifier: MIT
//
// What Process does not do: the resources a child has used, and a child whose stderr is a terminal.
#pragma once

#include <string>
#include <vector>

namespace macaw::test {

struct ChildUsage {
  int code = -1;  ///< as a shell says it
  long resident_kb_max = 0;
  std::string terminal;  ///< what the terminal got
};

/// Runs a program of $MACAW_BIN_DIR in the temporary folder, with stdout thrown away and stderr on
/// a terminal of its own.
ChildUsage run_on_terminal(const std::string& program, const std::vector<std::string>& args);

}  // namespace macaw::test
