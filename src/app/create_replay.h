// SPDX-License-Identifier: MIT
//
// The program create-replay: generators from the command line. Knows no generator by name; their
// arguments are data. Thread: main.
#pragma once

namespace macaw::app {

/// The exit code: 0, or 1 for every mistake of usage or input (one line on stderr).
int run_create_replay(int argc, const char* const* argv);

}  // namespace macaw::app
