// SPDX-License-Identifier: MIT
//
// What the command line says of what is spoken: the version of HTTP, TLS. Thread: main.
#pragma once

#include "macaw/base/result.h"
#include "macaw/replay/engine/options.h"
#include "play_arguments.h"

namespace macaw::app {

/// The options, in the group of connections.
void describe_protocol(CLI::App& app, PlayArguments& args);

/// The error names the option.
Status set_protocol(const PlayArguments& args, replay::Transmission& to);

}  // namespace macaw::app
