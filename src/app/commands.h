// SPDX-License-Identifier: MIT
//
// The subcommands of `replay`. Each takes the arguments behind its name and returns the exit code.
// Thread: main.
#pragma once

#include <string>
#include <vector>

namespace macaw::app {

int play_command(const std::vector<std::string>& arguments);
int runs_command(const std::vector<std::string>& arguments);
int report_command(const std::vector<std::string>& arguments);
int compare_command(const std::vector<std::string>& arguments);
int verify_command(const std::vector<std::string>& arguments);
int serve_command(const std::vector<std::string>& arguments);
int stub_command(const std::vector<std::string>& arguments);
int control_command(const std::vector<std::string>& arguments);
int again_command(const std::vector<std::string>& arguments);

}  // namespace macaw::app
