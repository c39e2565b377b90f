// SPDX-License-Identifier: MIT
//
// How the subcommands of `replay` use CLI11, so that options behave and errors read alike. Only
// sources that describe options include this: CLI11 is slow to compile. Thread: main.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

namespace macaw::app {

/// Parses arguments (without the program's name). A value means that the program ends with it: help
/// was printed, or the arguments are wrong.
std::optional<int> parse_arguments(CLI::App& app, std::vector<std::string> arguments);

/// An option with one value; the last one wins when it is given again.
CLI::Option* add_value(CLI::App& app, const std::string& names, std::optional<std::string>& value,
                       const std::string& type, const std::string& help);
/// An option that may be given several times, with one value each.
CLI::Option* add_values(CLI::App& app, const std::string& names, std::vector<std::string>& values,
                        const std::string& type, const std::string& help);

}  // namespace macaw::app
