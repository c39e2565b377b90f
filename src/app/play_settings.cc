// SPDX-License-Identifier: MIT
#include "play_settings.h"

#include <sys/stat.h>

#include <algorithm>

#include "cli_support.h"
#include "credentials.h"
#include "macaw/base/units.h"
#include "macaw/http/request_encoder.h"
#include "macaw/io/line_reader.h"
#include "macaw/replay/engine/check.h"
#include "macaw/stub/seldon_stub.h"
#include "play_protocol.h"
#include "stub_settings.h"

namespace macaw::app {

namespace {

constexpr uint32_t kConnectionsMax = 65'000;
constexpr uint32_t kThreadsMax = 128;
constexpr uint32_t kRedirectsMax = 100;

Result<uint64_t> parse_positive(std::string_view text) {
  MACAW_TRY_ASSIGN(const uint64_t count, parse_count(text));
  if (count == 0) {
    return errorf("found '{}', expected at least 1", text);
  }
  return count;
}

Result<uint32_t> parse_count_32(std::string_view text) {
  MACAW_TRY_ASSIGN(const uint64_t count, parse_count(text));
  if (count > UINT32_MAX) {
    return errorf("found '{}', expected at most {}", text, UINT32_MAX);
  }
  return static_cast<uint32_t>(count);
}

Result<Nanos> parse_span(std::string_view text) {
  MACAW_TRY_ASSIGN(const Nanos span, parse_duration(text));
  if (span == Nanos::zero()) {
    return errorf("found '{}', expected more than 0", text);
  }
  return span;
}

Result<replay::ArrivalProcess> parse_arrivals(std::string_view text) {
  if (text == "constant") {
    return replay::ArrivalProcess::kConstant;
  }
  if (text == "poisson") {
    return replay::ArrivalProcess::kPoisson;
  }
  return errorf("found '{}', expected constant or poisson", text);
}

Result<Nanos> parse_warmup(std::string_view text) {
  MACAW_TRY_ASSIGN(const Nanos span, parse_duration(text));
  if (span % std::chrono::seconds(1) != Nanos(0)) {
    return errorf("found '{}', expected whole seconds", text);
  }
  return span;
}

Result<replay::Selection::AtEnd> parse_at_end(std::string_view text) {
  using AtEnd = replay::Selection::AtEnd;
  for (const auto& [name, value] :
       {std::pair("wait", AtEnd::kWait), {"close", AtEnd::kClose}, {"ignore", AtEnd::kIgnore}}) {
    if (text == name) {
      return value;
    }
  }
  return errorf("found '{}', expected wait, close or ignore", text);
}

/// A file that can be read twice. One that cannot be looked at counts: its reader says why.
bool is_regular(const std::string& file) {
  struct stat status {};

  return file != "-" && (::stat(file.c_str(), &status) != 0 || S_ISREG(status.st_mode));
}

Status refuse(const std::optional<std::string>& given, std::string_view option,
              std::string_view why) {
  if (given) {
    return errorf("{} {}", option, why);
  }
  return {};
}

Status set_users(const PlayArguments& args, replay::Timing& timing) {
  constexpr std::string_view kWhy =
      "has no meaning with --users: in a closed loop the rate is an outcome";
  MACAW_TRY(refuse(args.rate, "--rps", kWhy));
  MACAW_TRY(refuse(args.profile, "--profile", kWhy));
  MACAW_TRY(refuse(args.arrivals, "--arrivals", kWhy));
  MACAW_TRY(refuse(args.speed, "--speed", kWhy));
  if (args.pacing) {
    MACAW_TRY(refuse(args.think, "--think",
                     "and --pacing both say when a user's next request starts: expected one"));
  }
  std::optional<Rate> spawn_rate;
  MACAW_TRY(set_option("--spawn-rate", args.spawn_rate, parse_rate, spawn_rate));
  auto users = replay::parse_user_plan(*args.users, spawn_rate);
  if (!users) {
    return errorf("--users: {}", users.error().message());
  }
  timing.closed_loop.emplace(
      replay::ClosedLoop{.users = std::move(users).value(), .think = {}, .pacing = {}});
  MACAW_TRY(set_option("--think", args.think, replay::parse_think_time, timing.closed_loop->think));
  MACAW_TRY(set_option("--pacing", args.pacing, parse_span, timing.closed_loop->pacing));
  timing.closed_loop->per_user = args.per_user;
  timing.source = replay::Timing::Source::kUsers;
  return {};
}

Status set_timing(const PlayArguments& args, replay::Timing& timing) {
  MACAW_TRY(set_option("--seed", args.seed, parse_u64, timing.seed));
  if (args.users) {
    return set_users(args, timing);
  }
  MACAW_TRY(refuse(args.spawn_rate, "--spawn-rate", "needs --users"));
  MACAW_TRY(refuse(args.think, "--think", "needs --users"));
  MACAW_TRY(refuse(args.pacing, "--pacing", "needs --users"));
  if (args.per_user) {
    return errorf("--per-user needs --users");
  }
  if (args.rate == "max") {
    constexpr std::string_view kWhy =
        "has no meaning with --rps max, which sends as fast as "
        "answers come";
    MACAW_TRY(refuse(args.arrivals, "--arrivals", kWhy));
    MACAW_TRY(refuse(args.profile, "--profile", kWhy));
    MACAW_TRY(refuse(args.speed, "--speed", kWhy));
    timing.source = replay::Timing::Source::kSaturate;
    return {};
  }
  if (!args.rate && !args.profile) {
    MACAW_TRY(refuse(args.arrivals, "--arrivals", "needs --rps"));
    MACAW_TRY(set_option("--speed", args.speed, parse_speed, timing.speed));
    timing.source = replay::Timing::Source::kRecorded;
    return {};
  }
  MACAW_TRY(refuse(args.speed, "--speed",
                   "plays recorded times faster; with --rps or --profile there are none"));
  std::optional<Rate> rate;
  MACAW_TRY(set_option("--rps", args.rate, parse_rate, rate));
  MACAW_TRY(set_option("--arrivals", args.arrivals, parse_arrivals, timing.arrivals));
  auto profile = replay::parse_rate_profile(args.profile.value_or("constant"), rate);
  if (!profile) {
    return errorf("--profile: {}", profile.error().message());
  }
  timing.profile = std::move(profile).value();
  timing.source = replay::Timing::Source::kProfile;
  return {};
}

Status set_selection(const PlayArguments& args, PlaySettings& settings) {
  replay::Selection& selection = settings.run.selection;
  selection.file = args.file;
  selection.loop = args.loop;
  MACAW_TRY(set_option("--requests", args.requests, parse_positive, selection.requests));
  MACAW_TRY(set_option("--duration", args.duration, parse_span, selection.duration));
  MACAW_TRY(set_option("--from", args.from, parse_duration, selection.from));
  MACAW_TRY(set_option("--to", args.to, parse_duration, selection.to));
  if (selection.to && *selection.to <= selection.from.value_or(Nanos::zero())) {
    return errorf("--to {} lies before --from {}: nothing would be played", *args.to,
                  args.from.value_or("0"));
  }
  selection.sort = args.sort;
  MACAW_TRY(set_option("--warmup", args.warmup, parse_warmup, selection.warmup));
  if (selection.duration && selection.warmup >= *selection.duration) {
    return errorf("--warmup {} leaves nothing of --duration {}", *args.warmup, *args.duration);
  }
  MACAW_TRY(set_option("--at-end", args.at_end, parse_at_end, selection.at_end));
  if (args.at_end && !selection.duration) {
    return errorf("--at-end needs --duration: without it a run ends with its last answer");
  }
  MACAW_TRY(set_option("--skip", args.skip, parse_count, selection.skip));
  if (args.only) {
    if (!args.only->starts_with('/')) {
      return errorf("--only: found '{}', expected the beginning of a path, such as /js/",
                    *args.only);
    }
    selection.only_path = *args.only;
  }
  const bool regular = is_regular(args.file);
  if (!regular && args.loop) {
    return errorf("--loop cannot start {} again: it can be read only once",
                  args.file == "-" ? "stdin" : args.file);
  }
  settings.survey = regular && !args.no_check;
  settings.dry_run = args.dry_run;
  if ((args.sort || args.dry_run) && !settings.survey) {
    return errorf("{} reads the whole file: expected a regular file, and no --no-check",
                  args.sort ? "--sort" : "--dry-run");
  }
  if (args.dry_run && args.loop && !args.requests && !args.duration) {
    return errorf("--dry-run of --loop never ends: expected --requests or --duration, too");
  }
  const bool recorded = settings.run.timing.source == replay::Timing::Source::kRecorded;
  if (recorded && !settings.survey && !args.speed) {
    return errorf(
        "--rps is missing: how fast? ({} is not read beforehand; --speed 1 plays its "
        "recorded times)",
        args.file == "-" ? "stdin" : args.file);
  }
  return {};
}

/// The bytes of --data and --json.
Result<std::string> read_body(std::string_view text) {
  if (!text.starts_with('@')) {
    return std::string(text);
  }
  if (text == "@" || text == "@-") {
    return errorf("found '{}', expected the name of a file behind the @", text);
  }
  return io::read_file(std::string(text.substr(1)));
}

bool adds_header(const replay::Transmission& to, std::string_view name) {
  return std::any_of(to.headers.begin(), to.headers.end(), [name](const replay::Header& header) {
    return http::equals_ignoring_case(header.name, name);
  });
}

/// What is the same in all requests.
Status set_requests(const PlayArguments& args, replay::Transmission& to) {
  for (const std::string& text : args.headers) {
    replay::Header header;
    MACAW_TRY(set_option("--header", std::optional(text), parse_header, header));
    to.headers.push_back(std::move(header));
  }
  const auto hosts = std::count_if(
      to.headers.begin(), to.headers.end(),
      [](const replay::Header& header) { return http::equals_ignoring_case(header.name, "host"); });
  if (hosts > 1) {
    return errorf("--header: found Host {} times, expected it once: a request has one", hosts);
  }
  if (args.auth) {
    if (adds_header(to, "Authorization")) {
      return errorf("--auth and --header Authorization: found both, expected one of them");
    }
    auto value = expand_credential(*args.auth, process_environment);
    if (!value) {
      return errorf("--auth: {}", value.error().message());
    }
    to.headers.push_back({"Authorization", std::move(value).value()});
  }
  if (args.data && args.json) {
    return errorf("--data and --json: found both, expected one body");
  }
  replay::RequestOverrides& overrides = to.overrides;
  MACAW_TRY(set_option("--data", args.data, read_body, overrides.body));
  MACAW_TRY(set_option("--json", args.json, read_body, overrides.body));
  if (overrides.body) {
    overrides.method = "POST";
    overrides.content_type = args.json ? "application/json" : "application/x-www-form-urlencoded";
  }
  return set_option("--method", args.method, parse_method, overrides.method);
}

Status set_target(const PlayArguments& args, PlaySettings& settings) {
  replay::Transmission& to = settings.run.transmission;
  if (args.target == "stub") {
    settings.stub = StubSettings{args.stub_preset, args.stub_latency, args.stub_errors,
                                 settings.run.timing.seed};
    std::vector<stub::LatencyRule> preset;
    MACAW_TRY(set_option("--stub-preset", args.stub_preset, stub::latency_preset, preset));
    for (const std::string& text : args.stub_latency) {
      auto rule = parse_latency_rule(text);
      if (!rule) {
        return errorf("--stub-latency: {}", rule.error().message());
      }
    }
    std::vector<stub::ErrorRule> rules;
    MACAW_TRY(set_option("--stub-errors", args.stub_errors, stub::parse_error_rules, rules));
  } else {
    MACAW_TRY(set_option("--target", args.target, http::parse_host_port, to.target));
    if (!args.stub_latency.empty() || args.stub_errors || args.stub_preset) {
      return errorf("{} needs --target stub", args.stub_errors   ? "--stub-errors"
                                              : args.stub_preset ? "--stub-preset"
                                                                 : "--stub-latency");
    }
  }
  MACAW_TRY(set_option("--unix-socket", args.unix_socket, parse_unix_socket, to.unix_socket));
  if (args.unix_socket && (settings.stub || !args.connect_to.empty())) {
    return errorf("--unix-socket and {}: found both, expected one place to connect to",
                  settings.stub ? "--target stub" : "--connect-to");
  }
  for (const std::string& text : args.connect_to) {
    replay::ConnectTo rule;
    MACAW_TRY(set_option("--connect-to", std::optional(text), parse_connect_to, rule));
    to.connect_to.push_back(std::move(rule));
  }
  MACAW_TRY(set_requests(args, to));
  for (const std::string& text : args.set_query) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return errorf("--set-query: found '{}', expected NAME=VALUE", text);
    }
    to.set_query.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  if (args.sequence_header) {
    const auto header = parse_header(*args.sequence_header + ": 0");
    if (!header || header->name != *args.sequence_header) {
      return errorf("--seq-header: found '{}', expected the name of a header",
                    *args.sequence_header);
    }
    to.sequence_header = *args.sequence_header;
  }
  return {};
}

/// What the requests of one user have in common. After set_target().
Status set_session(const PlayArguments& args, PlaySettings& settings) {
  replay::Transmission& to = settings.run.transmission;
  MACAW_TRY_ASSIGN(settings.token, parse_token_source(args, process_environment));
  if (settings.token) {
    MACAW_TRY_ASSIGN(to.token, parse_token_use(args));
    if (adds_header(to, to.token->header)) {
      return errorf("--token-url and a header {} of yours: found both, expected one of them",
                    to.token->header);
    }
    to.token->token = std::make_shared<replay::AccessToken>();
  }
  to.cookies = args.cookies;
  MACAW_TRY(set_option("--redirects", args.redirects, parse_count_32, to.redirects_max));
  if (to.redirects_max > kRedirectsMax) {
    return errorf("--redirects: found {}, expected at most {}", to.redirects_max, kRedirectsMax);
  }
  return {};
}

Status set_connections(const PlayArguments& args, const replay::Timing& timing,
                       replay::Transmission& to) {
  const uint32_t users = timing.closed_loop ? timing.closed_loop->users.users_max() : 0;
  uint64_t connections = users > 0 ? users : to.connections;
  uint64_t threads = to.workers;
  MACAW_TRY(set_option("--connections", args.connections, parse_positive, connections));
  MACAW_TRY(set_option("--threads", args.threads, parse_positive, threads));
  if (connections > kConnectionsMax) {
    return errorf("--connections: found {}, expected at most {}", connections, kConnectionsMax);
  }
  if (threads > kThreadsMax) {
    return errorf("--threads: found {}, expected at most {}", threads, kThreadsMax);
  }
  if (threads > connections) {
    return errorf("--threads {} is more than {} {}: each thread needs one", threads,
                  users > 0 && !args.connections ? "--users" : "--connections", connections);
  }
  to.connections = static_cast<uint32_t>(connections);
  if (to.lanes_max() < users) {
    return errorf("--connections {} is less than --users {}: each user needs one", connections,
                  users);
  }
  if (users > 0 && threads > users) {
    return errorf("--threads {} is more than --users {}: each thread needs one", threads, users);
  }
  to.workers = static_cast<uint32_t>(threads);
  to.keep_alive = !args.no_keepalive;
  MACAW_TRY(set_option("--requests-per-connection", args.requests_per_connection, parse_count_32,
                       to.requests_per_connection));
  if (args.no_keepalive && to.requests_per_connection > 1) {
    return errorf(
        "--no-keepalive has one request per connection: found --requests-per-connection {}",
        *args.requests_per_connection);
  }
  to.spin = args.spin;
  MACAW_TRY(set_option("--timeout", args.timeout, parse_span, to.timeout));
  MACAW_TRY(set_option("--connect-timeout", args.connect_timeout, parse_span, to.connect_timeout));
  return set_option("--drain", args.drain, parse_duration, to.drain);
}

Status set_judgement(const PlayArguments& args, PlaySettings& settings) {
  settings.run.expectations = args.expect;
  if (const auto check = replay::make_check(args.expect); !check) {
    return check.error();
  }
  MACAW_TRY(set_option("--keep-body", args.keep_body, parse_body_size, settings.run.body_kept_max));
  for (const std::string& text : args.group) {
    const size_t equals = text.rfind('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) {
      return errorf("--group: found '{}', expected REGEX=NAME", text);
    }
    settings.run.groups.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  MACAW_TRY_ASSIGN(settings.fail_if, parse_thresholds(args.fail_if));
  return set_option("--abort-if", args.abort_if, parse_abort_rule, settings.abort_if);
}

Status set_results(const PlayArguments& args, PlaySettings& settings) {
  settings.db = args.db.value_or(settings.db);
  if (settings.db.empty()) {
    return Error("--db: found nothing, expected the name of a file");
  }
  settings.label = args.label.value_or("");
  MACAW_TRY(set_option("--rows", args.rows, parse_rows, settings.rows));
  MACAW_TRY(set_option("--format", args.format, parse_is_json, settings.json));
  settings.output = args.output;
  settings.quiet = args.quiet;
  settings.no_color = args.no_color;
  settings.probe = !args.no_probe;
  settings.ui = !args.no_ui;
  settings.ui_host = args.ui_host.value_or(settings.ui_host);
  return set_option("--ui-port", args.ui_port, parse_port, settings.ui_port);
}

}  // namespace

Result<PlaySettings> make_play_settings(const PlayArguments& arguments) {
  PlaySettings settings;
  MACAW_TRY(set_timing(arguments, settings.run.timing));
  MACAW_TRY(set_selection(arguments, settings));
  MACAW_TRY(set_target(arguments, settings));
  MACAW_TRY(set_session(arguments, settings));
  MACAW_TRY(set_protocol(arguments, settings.run.transmission));
  MACAW_TRY(set_connections(arguments, settings.run.timing, settings.run.transmission));
  MACAW_TRY(set_judgement(arguments, settings));
  MACAW_TRY(set_results(arguments, settings));
  return settings;
}

}  // namespace macaw::app
