// SPDX-License-Identifier: MIT
//
// The program replay: its first argument names a subcommand, or the file of the main job.
// Thread: main.
#pragma once

namespace macaw::app {

/// The exit code (see ExitCode).
int run_replay(int argc, const char* const* argv);

}  // namespace macaw::app
