// SPDX-License-Identifier: MIT
//
// The main job: plays a replay file against a target, stores what happens, and says what came of
// it. Thread: main.
#pragma once

#include <string>
#include <vector>

#include "play_settings.h"

namespace macaw::app {

/// How the run was asked for; stored, so that it can be played again.
struct Invocation {
  std::vector<std::string> argv;  ///< "replay", FILE and options
  std::string working_folder;     ///< what their paths are relative to
  std::string file;               ///< FILE as given
  /// Of the uncompressed file, when it must be the one that was played before; else empty.
  std::string expected_sha256;
};

/// Returns the exit code; everything has been said by then.
int play(PlaySettings settings, const Invocation& invocation);

}  // namespace macaw::app
