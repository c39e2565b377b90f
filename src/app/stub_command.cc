// SPDX-License-Identifier: MIT
//
// `replay stub`: the built-in target, or a hop before another one, until a signal.
#include <csignal>
#include <cstdio>

#include "cli_support.h"
#include "command_parser.h"
#include "commands.h"
#include "macaw/base/units.h"
#include "macaw/http/url.h"
#include "macaw/io/output_file.h"
#include "macaw/net/loop.h"
#include "macaw/net/tls.h"
#include "macaw/stub/seldon_stub.h"
#include "stub_settings.h"

namespace macaw::app {

namespace {

struct StubArguments {
  std::optional<std::string> host, port, unix_socket, preset, errors, seed, requests_per_connection,
      workers;
  std::optional<std::string> proxy, delay, token_life, instances;
  std::optional<std::string> cert, key, cert_out;
  bool tls = false;
  std::vector<std::string> latency, consumer_keys, hosts, api_keys, clients;
  bool require_token = false;
};

void describe_times(CLI::App& app, StubArguments& args) {
  add_value(app, "--preset", args.preset, "NAME",
            fmt::format("service times as the guides measured them: {}; --latency goes before",
                        fmt::join(stub::latency_preset_names(), ", ")));
  add_values(app, "--latency", args.latency, "[PATH=]MODEL",
             "5ms, lognormal:MEDIAN,SIGMA, uniform:A..B, exponential:MEAN or "
             "quantiles:50=10ms,90=30ms,99=140ms,100=500ms; of all paths, or of those that begin "
             "with PATH");
  add_value(app, "--workers", args.workers, "N",
            "serve so many requests at a time, later ones wait in line; 0: any number")
      ->default_str("0");
  add_value(app, "--errors", args.errors, "KIND=SHARE,...",
            "503=1%, seldon=0.5% (an error inside a 200), reset=0.1%, silent=0.1%, empty=1%; of "
            "gRPC calls also grpc14=1% (UNAVAILABLE)");
  add_value(app, "--seed", args.seed, "N", "of latencies, errors and tokens")->default_str("1");
  add_value(app, "--requests-per-connection", args.requests_per_connection, "N",
            "close a connection after so many answers; 0: never")
      ->default_str("0");
  add_value(app, "--proxy", args.proxy, "HOST:PORT",
            "answer nothing, be a hop: send every request on to this server (502 when it fails)");
  add_value(app, "--delay", args.delay, "MODEL",
            "of --proxy: what the hop adds, a MODEL as for --latency");
}

void describe_checks(CLI::App& app, StubArguments& args) {
  add_values(app, "--require-host", args.hosts, "HOST",
             "404 for another Host header (may be repeated)");
  add_values(app, "--require-key", args.api_keys, "KEY",
             "of predictions: 401 without Authorization: ApiKey, 403 for another KEY (may be "
             "repeated)");
  app.add_flag(
      "--require-token", args.require_token,
      "of predictions: 401 without a token that /token or /oauth/token gave; gRPC calls get "
      "PERMISSION_DENIED");
  add_values(app, "--client", args.clients, "KEY:SECRET",
             "who gets a token (may be repeated); everybody when none is given");
  add_value(app, "--token-life", args.token_life, "TIME", "how long a token is valid")
      ->default_str("6000s of /token, 43199s of /oauth/token");
  add_value(app, "--require-instances", args.instances, "N",
            "of TensorFlow's predictions: 400 for a batch of another size");
  add_values(app, "--consumer-key", args.consumer_keys, "KEY",
             "of the Seldon API: accept this consumer_key and no other (may be repeated)");
}

void describe(CLI::App& app, StubArguments& args) {
  add_value(app, "--host", args.host, "ADDRESS", "where it listens")->default_str("127.0.0.1");
  add_value(app, "--port", args.port, "PORT", "0 is any free one")->default_str("8080");
  add_value(app, "--unix-socket", args.unix_socket, "PATH",
            "listen on this Unix socket instead; it is removed at the end");
  app.add_flag("--tls", args.tls,
               "speak TLS, with a certificate for localhost that is made at the start");
  add_value(app, "--cert", args.cert, "FILE", "of --tls: this certificate (PEM) instead");
  add_value(app, "--key", args.key, "FILE", "of --cert: its private key, unless it is in there");
  add_value(app, "--cert-out", args.cert_out, "FILE",
            "of --tls: write the certificate there, for replay --cacert FILE");
  describe_times(app, args);
  describe_checks(app, args);
  app.footer(
      "Examples:\n"
      "  replay stub --latency lognormal:10ms,0.8 --latency /js/action=2ms --errors 503=0.1%\n"
      "  replay stub --preset hopsworks --require-host model.project.hopsworks.ai "
      "--require-key KEY\n"
      "  replay stub --workers 3 --latency 120ms                     # holds 25 requests per "
      "second\n"
      "  replay stub --port 8000 --proxy 127.0.0.1:9000 --delay 1ms  # a hop before another "
      "server\n"
      "  replay stub --tls --port 8443 --cert-out stub.pem");
}

Result<stub::Requirements::Client> parse_client(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return errorf("found '{}', expected KEY:SECRET", text);
  }
  return stub::Requirements::Client{std::string(text.substr(0, colon)),
                                    std::string(text.substr(colon + 1))};
}

Status set_times(const StubArguments& args, stub::StubOptions& options) {
  for (const std::string& text : args.latency) {
    stub::LatencyRule rule;
    MACAW_TRY(set_option("--latency", std::optional(text), parse_latency_rule, rule));
    options.latency.push_back(std::move(rule));
  }
  std::vector<stub::LatencyRule> preset;
  MACAW_TRY(set_option("--preset", args.preset, stub::latency_preset, preset));
  // Of two rules for the same paths the first one holds.
  options.latency.insert(options.latency.end(), preset.begin(), preset.end());
  MACAW_TRY(set_option("--workers", args.workers, parse_count, options.at_a_time));
  if (!args.proxy) {
    return args.delay ? Status(Error("--delay needs --proxy")) : Status();
  }
  if (!options.latency.empty()) {
    return errorf("{} is the time of answers, and --proxy has none of its own; use --delay",
                  args.preset ? "--preset" : "--latency");
  }
  http::HostPort next;
  MACAW_TRY(set_option("--proxy", args.proxy, http::parse_host_port, next));
  if (next.tls) {
    return errorf("--proxy: found '{}', expected a server without TLS", *args.proxy);
  }
  options.proxy = std::move(next);
  stub::LatencyModel delay;
  MACAW_TRY(set_option("--delay", args.delay, stub::LatencyModel::parse, delay));
  options.latency.emplace_back("", std::move(delay));
  return {};
}

Status set_requirements(const StubArguments& args, stub::Requirements& require) {
  require.hosts = args.hosts;
  require.api_keys = args.api_keys;
  require.token = args.require_token;
  for (const std::string& text : args.clients) {
    stub::Requirements::Client client;
    MACAW_TRY(set_option("--client", std::optional(text), parse_client, client));
    require.clients.push_back(std::move(client));
  }
  MACAW_TRY(set_option("--require-instances", args.instances, parse_count, require.instances));
  if (args.token_life) {
    Nanos life{};
    MACAW_TRY(set_option("--token-life", args.token_life, parse_duration, life));
    require.token_life_ms = life / std::chrono::milliseconds(1);
  }
  return {};
}

std::string place_of(const stub::StubOptions& options, uint16_t port) {
  if (!options.unix_socket.empty()) {
    return "unix:" + options.unix_socket;
  }
  const bool v6 = options.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", options.tls != nullptr ? "https" : "http", v6 ? "[" : "",
                     options.host, v6 ? "]" : "", port);
}

Status set_stub_tls(const StubArguments& args, stub::StubOptions& options) {
  if (!args.tls) {
    const bool needs = args.cert || args.key || args.cert_out;
    return needs ? errorf("{} needs --tls", args.cert  ? "--cert"
                                            : args.key ? "--key"
                                                       : "--cert-out")
                 : Status();
  }
  if (args.key && !args.cert) {
    return Error("--key needs --cert");
  }
  net::TlsServerOptions tls;
  tls.cert_file = args.cert.value_or("");
  tls.key_file = args.key.value_or("");
  tls.alpn = {"h2", "http/1.1"};
  MACAW_TRY_ASSIGN(std::unique_ptr<net::TlsServer> made, net::TlsServer::make(tls));
  if (args.cert_out) {
    MACAW_TRY_ASSIGN(auto out, io::OutputFile::create(*args.cert_out));
    MACAW_TRY(out.write(made->certificate_pem()));
    MACAW_TRY(out.commit());
  }
  options.tls = std::move(made);
  return {};
}

Result<stub::StubOptions> make_options(const StubArguments& args) {
  stub::StubOptions options;
  options.port = 8080;
  options.host = args.host.value_or(options.host);
  MACAW_TRY(set_option("--port", args.port, parse_port, options.port));
  MACAW_TRY(set_option("--unix-socket", args.unix_socket, parse_unix_socket, options.unix_socket));
  if (args.unix_socket && (args.host || args.port)) {
    return errorf("--unix-socket and {}: found both, expected one place to listen on",
                  args.host ? "--host" : "--port");
  }
  MACAW_TRY(set_stub_tls(args, options));
  MACAW_TRY(set_times(args, options));
  MACAW_TRY(set_option("--errors", args.errors, stub::parse_error_rules, options.errors));
  MACAW_TRY(set_option("--seed", args.seed, parse_u64, options.seed));
  MACAW_TRY(set_option("--requests-per-connection", args.requests_per_connection, parse_count,
                       options.requests_per_connection));
  MACAW_TRY(set_requirements(args, options.require));
  options.consumer_keys = args.consumer_keys;
  return options;
}

}  // namespace

Result<stub::LatencyRule> parse_latency_rule(std::string_view text) {
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
  CLI::App app(
      "A target to play against, until Ctrl-C: answers as the Seldon API, TensorFlow Serving, "
      "Seldon Core, KServe and servers of language models do, over HTTP/1.1 and HTTP/2, and to "
      "gRPC calls on the same port.",
      "replay stub");
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
  fmt::print("listening on {}\n", place_of(*options, stub.port()));
  static_cast<void>(std::fflush(stdout));
  loop.run();
  return kExitOk;
}

}  // namespace macaw::app
