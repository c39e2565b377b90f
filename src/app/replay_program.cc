// SPDX-License-Identifier: MIT
#include "replay_program.h"

#include <string>
#include <string_view>
#include <vector>

#include "commands.h"

namespace macaw::app {

namespace {

struct Subcommand {
  std::string_view name;
  int (*run)(const std::vector<std::string>& arguments);
};

constexpr Subcommand kSubcommands[] = {
    {"play", play_command},       {"runs", runs_command},     {"report", report_command},
    {"compare", compare_command}, {"verify", verify_command}, {"serve", serve_command},
    {"stub", stub_command},       {"again", again_command},   {"control", control_command},
};

}  // namespace

int run_replay(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  for (int k = 1; k < argc; ++k) {
    arguments.emplace_back(argv[k]);
  }
  for (const Subcommand& command : kSubcommands) {
    if (!arguments.empty() && arguments.front() == command.name) {
      arguments.erase(arguments.begin());
      return command.run(arguments);
    }
  }
  return play_command(arguments);
}

}  // namespace macaw::app
