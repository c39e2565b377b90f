// SPDX-License-Identifier: MIT
//
// The end of a failed check. It writes with stdio, because nothing of ours can be trusted by now.
#include "macaw/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace macaw::detail {

void check_failed(const char* expression, const char* file, int line, std::string_view message) {
  // What the program has printed so far belongs before its last words.
  static_cast<void>(std::fflush(stdout));
  const char* separator = message.empty() ? "" : ": ";
  static_cast<void>(std::fprintf(stderr, "%s:%d: check failed: %s%s%.*s\n", file, line, expression,
                                 separator, static_cast<int>(message.size()), message.data()));
  static_cast<void>(std::fflush(stderr));
  std::abort();
}

}  // namespace macaw::detail
