// SPDX-License-Identifier: MIT
//
// `replay FILE` and `replay play FILE`: from the command line to play().
#include <filesystem>
#include <utility>

#include "cli_support.h"
#include "command_parser.h"
#include "commands.h"
#include "credentials.h"
#include "play.h"
#include "versions.h"

namespace macaw::app {

int play_command(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Plays a replay file against a server, as the schedule says whatever the server does.",
      "replay");
  app.set_version_flag("--version", versions(), "versions of the program and its libraries");
  PlayArguments args;
  describe_play(app, args);
  if (const auto code = parse_arguments(app, arguments)) {
    return *code;
  }
  auto settings = make_play_settings(args);
  if (!settings) {
    return fail(settings.error().message());
  }
  Invocation invocation;
  invocation.argv = arguments;
  invocation.argv.insert(invocation.argv.begin(), "replay");
  invocation.argv = redact_arguments(std::move(invocation.argv), args);
  std::error_code error;
  invocation.working_folder = std::filesystem::current_path(error).string();
  invocation.file = args.file;
  return play(std::move(settings).value(), invocation);
}

}  // namespace macaw::app
