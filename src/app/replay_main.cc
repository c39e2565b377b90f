// SPDX-License-Identifier: MIT
#include <cstdio>
#include <exception>

#include "replay_program.h"

int main(int argc, char** argv) {
  try {
    return macaw::app::run_replay(argc, argv);
  } catch (const std::exception& error) {
    // Out of memory, or a bug: our own code does not throw.
    static_cast<void>(std::fprintf(stderr, "replay: %s\n", error.what()));
    return 1;
  }
}
