// SPDX-License-Identifier: MIT
#include "command_parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli_support.h"

namespace macaw::app {

std::optional<int> parse_arguments(CLI::App& app, std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    app.parse(arguments);
    return std::nullopt;
  } catch (const CLI::Success& request) {
    return app.exit(request);  // --help, --version
  } catch (const CLI::ParseError& error) {
    return fail(fmt::format("{} (see {} --help)", one_line(error.what()), app.get_name()));
  }
}

CLI::Option* add_value(CLI::App& app, const std::string& names, std::optional<std::string>& value,
                       const std::string& type, const std::string& help) {
  return app
      .add_option_function<std::string>(
          names, [&value](const std::string& text) { value = text; }, help)
      ->type_name(type)
      ->take_last();
}

CLI::Option* add_values(CLI::App& app, const std::string& names, std::vector<std::string>& values,
                        const std::string& type, const std::string& help) {
  // Without this, an option would swallow the positional arguments behind it.
  return app.add_option(names, values, help)->type_name(type)->allow_extra_args(false);
}

}  // namespace macaw::app
