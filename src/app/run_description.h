// SPDX-License-Identifier: MIT
//
// A run in words and as a row, before it starts. Pure but for the names of the machine.
// Thread: main.
#pragma once

#include <optional>
#include <string>

#include "macaw/replay/engine/replayer.h"
#include "macaw/replay/file/reader.h"
#include "macaw/store/run_record.h"
#include "play.h"
#include "play_settings.h"

namespace macaw::app {

/// Everything but the wall anchor.
store::RunStart describe_run(const PlaySettings& settings, const Invocation& invocation,
                             const replay::FileSurvey* survey, const replay::Plan& plan);

/// The line before the start: file, schedule, how much of it, connections, seed, target, size.
std::string start_line(const store::RunStart& start, const PlaySettings& settings,
                       const replay::FileSurvey* survey, const replay::Plan& plan);

/// Why the run cannot start, where the name came from, and what to do about it.
std::string describe_trouble(const replay::TargetTrouble& trouble, const PlaySettings& settings,
                             const std::string& file, bool resolving);

}  // namespace macaw::app
