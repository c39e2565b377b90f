// SPDX-License-Identifier: MIT
//
// `create-replay import FORMAT IN OUT` and `create-replay export FORMAT IN OUT`: requests of other
// programs' files into replay files, and back. Thread: main.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "create_replay_progress.h"
#include "macaw/base/result.h"
#include "macaw/datasets/web_requests.h"
#include "macaw/generators/export.h"

namespace macaw::app {

class ExchangeCommands {
 public:
  /// Adds both to the program's command line. The object must outlive the parsing.
  explicit ExchangeCommands(CLI::App& app);

  bool parsed() const;
  /// Does what was asked for. An error is what the program says last. REQUIRES: parsed()
  Status run(Narrator& narrator) const;

 private:
  /// One format of either direction, and the texts given to its options.
  struct Command {
    CLI::App* app = nullptr;
    std::optional<datasets::WebFormat> source;            // of an import
    std::optional<generators::ExportFormat> destination;  // of an export
    std::string input;
    std::string output;
    std::optional<std::string> format;
    std::optional<std::string> host;
    std::optional<std::string> methods;
    std::optional<std::string> statuses;
    std::vector<std::string> paths;
    std::vector<std::string> not_paths;
    std::vector<std::string> hosts;
    std::optional<std::string> limit;
    std::optional<std::string> gap_max;
    std::optional<std::string> window;
    std::optional<std::string> user;
    bool no_times = false;
    bool spread = false;
    bool cookies = false;
    bool with_cached = false;
    bool log_headers = false;
    bool strict = false;
  };

  void add_import(CLI::App& imports, datasets::WebFormat format, const std::string& summary);
  void add_export(CLI::App& exports, generators::ExportFormat format, const std::string& name,
                  const std::string& summary);
  static void add_time_options(Command& command);
  static void add_filters(Command& command);
  static Status run_import(const Command& command, Narrator& narrator);
  static Status run_export(const Command& command, Narrator& narrator);

  std::deque<Command> commands_;  // addresses must not change
};

}  // namespace macaw::app
