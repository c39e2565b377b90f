// SPDX-License-Identifier: MIT
//
// `replay serve`: the graphs of earlier runs, until a signal.
#include <csignal>
#include <cstdio>

#include "cli_support.h"
#include "command_parser.h"
#include "commands.h"
#include "macaw/net/loop.h"
#include "macaw/store/run_reader.h"
#include "macaw/ui/ui_server.h"

namespace macaw::app {

int serve_command(const std::vector<std::string>& arguments) {
  CLI::App app("Serves the graphs of the runs in a database, until Ctrl-C.", "replay serve");
  ui::UiOptions options;
  std::optional<std::string> host;
  std::optional<std::string> port;
  std::optional<std::string> page_folder;
  app.add_option("DB", options.database, "run database")->type_name("")->required();
  add_value(app, "--ui-host", host, "ADDRESS", "where to listen")->default_str("127.0.0.1");
  add_value(app, "--ui-port", port, "PORT", "0 is any free one")->default_str("9994");
  add_value(app, "--ui-dir", page_folder, "FOLDER", "serve the page from there, for editing it");
  if (const auto code = parse_arguments(app, arguments)) {
    return *code;
  }
  options.host = host.value_or(options.host);
  options.page_folder = page_folder.value_or("");
  if (const Status set = set_option("--ui-port", port, parse_port, options.port); !set) {
    return fail(set.error().message());
  }
  if (const auto reader = store::RunReader::open(options.database); !reader) {
    return fail(reader.error().message());
  }
  ignore_signals({SIGPIPE, SIGXFSZ});
  net::Loop loop;
  const net::SignalWatcher interrupt(loop, SIGINT, [&loop] { loop.stop(); });
  const net::SignalWatcher terminate(loop, SIGTERM, [&loop] { loop.stop(); });
  const uint16_t wanted = options.port;
  ui::UiServer ui(loop, options);
  if (const Status started = ui.start(); !started) {
    return fail(started.error().message(), kExitNotStarted);
  }
  if (wanted != 0 && ui.port() != wanted) {
    warn(fmt::format("port {} is busy: using port {} instead", wanted, ui.port()));
  }
  fmt::print("serving {} at {} (Ctrl-C ends)\n", options.database, ui.graph_url());
  static_cast<void>(std::fflush(stdout));
  loop.run();
  return kExitOk;
}

}  // namespace macaw::app
