// SPDX-License-Identifier: MIT
//
// `replay stub`: the built-in stub of the Seldon API, until a signal.
#include <csignal>
#include <cstdio>

#include "cli_support.h"
#include "command_parser.h"
#include "commands.h"
#include "macaw/base/units.h"
#include "macaw/net/loop.h"
#include "macaw/stub/seldon_stub.h"
#include "stub_settings.h"

namespace macaw::app {

namespace {

struct StubArguments {
  std::optional<std::string> host, port, errors, seed, requests_per_connection;
  std::vector<std::string> latency, consumer_keys;
};

void describe(CLI::App& app, StubArguments& args) {
  add_value(app, "--host", args.host, "ADDRESS", "where it listens")->default_str("127.0.0.1");
  add_value(app, "--port", args.port, "PORT", "0 is any free one")->default_str("8080");
  add_values(app, "--latency", args.latency, "[PATH=]MODEL",
             "5ms, lognormal:MEDIAN,SIGMA, uniform:A..B, exponential:MEAN or "
             "quantiles:50=10ms,90=30ms,99=140ms,100=500ms; of all paths, or of those that begin "
             "with PATH");
  add_value(app, "--errors", args.errors, "KIND=SHARE,...",
            "503=1%, seldon=0.5% (an error inside a 200), reset=0.1%, silent=0.1%, empty=1%");
  add_value(app, "--seed", args.seed, "N", "of latencies and errors")->default_str("1");
  add_values(app, "--consumer-key", args.consumer_keys, "KEY",
             "accept this consumer_key and no other (may be repeated)");
  add_value(app, "--requests-per-connection", args.requests_per_connection, "N",
            "close a connection after so many answers; 0: never")
      ->default_str("0");
  app.footer(
      "Example:\n  replay stub --port 8080 --latency lognormal:10ms,0.8 --latency "
      "/js/action=2ms --errors 503=0.1%");
}

Result<stub::StubOptions> make_options(const StubArguments& args) {
  stub::StubOptions options;
  options.port = 8080;
  options.host = args.host.value_or(options.host);
  MACAW_TRY(set_option("--port", args.port, parse_port, options.port));
  for (const std::string& text : args.latency) {
    std::pair<std::string, stub::LatencyModel> rule;
    MACAW_TRY(set_option("--latency", std::optional(text), parse_latency_rule, rule));
    options.latency.push_back(std::move(rule));
  }
  MACAW_TRY(set_option("--errors", args.errors, stub::parse_error_rules, options.errors));
  MACAW_TRY(set_option("--seed", args.seed, parse_u64, options.seed));
  MACAW_TRY(set_option("--requests-per-connection", args.requests_per_connection, parse_count,
                       options.requests_per_connection));
  options.consumer_keys = args.consumer_keys;
  return options;
}

}  // namespace

Result<std::pair<std::string, stub::LatencyModel>> parse_latency_rule(std::string_view text) {
  std::string path;
  std::string_view model = text;
  if (text.starts_with('/')) {
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
      return errorf("found '{}', expected PATH=MODEL, such as /js/action=5ms", text);
    }
    path = text.substr(0, equals);
    model = text.substr(equals + 1);
  }
  MACAW_TRY_ASSIGN(stub::LatencyModel parsed, stub::LatencyModel::parse(model));
  return std::pair{std::move(path), std::move(parsed)};
}

int stub_command(const std::vector<std::string>& arguments) {
  CLI::App app("Answers as the Seldon API does, until Ctrl-C.", "replay stub");
  StubArguments args;
  describe(app, args);
  if (const auto code = parse_arguments(app, arguments)) {
    return *code;
  }
  auto options = make_options(args);
  if (!options) {
    return fail(options.error().message());
  }
  ignore_signals({SIGPIPE, SIGXFSZ});
  net::Loop loop;
  const net::SignalWatcher interrupt(loop, SIGINT, [&loop] { loop.stop(); });
  const net::SignalWatcher terminate(loop, SIGTERM, [&loop] { loop.stop(); });
  stub::SeldonStub stub(loop, *options);
  if (const Status started = stub.start(); !started) {
    return fail(started.error().message(), kExitNotStarted);
  }
  const bool v6 = options->host.find(':') != std::string::npos;
  fmt::print("listening on http://{}{}{}:{}\n", v6 ? "[" : "", options->host, v6 ? "]" : "",
             stub.port());
  static_cast<void>(std::fflush(stdout));
  loop.run();
  return kExitOk;
}

}  // namespace macaw::app
