// SPDX-License-Identifier: MIT
#include "play_arguments.h"

#include <fmt/format.h>

#include "command_parser.h"
#include "macaw/stub/seldon_stub.h"
#include "play_protocol.h"

namespace macaw::app {

namespace {

constexpr const char* kFooter = R"(Other uses:
  replay runs DB              the runs in a database
  replay report DB            an earlier run, as at its end
  replay verify DB            recompute a run's numbers from its rows
  replay again DB RUN         play a run once more: same file, same options
  replay serve DB             the graphs of earlier runs
  replay stub                 the built-in stub: Seldon, TensorFlow Serving, KServe and others
Each has its own --help. A file whose name is one of these words: ./runs

Examples:
  replay out.txt --rps 100
  replay out.txt --rps 5k --duration 10m --target 127.0.0.1:8080 --loop
  replay out.txt --rps 100 --target stub --stub-latency lognormal:10ms,0.8
  replay out.txt --rps 200 --profile slow-start --arrivals poisson --seed 7
  replay out.jsonl --users 50 --spawn-rate 5 --think 900ms..1100ms --duration 10m --warmup 30s
  replay recorded.jsonl.zst --speed 2
  replay out.txt --rps 100 --fail-if 'p99>50ms' --fail-if 'errors>0.1%'

Exit codes: 0 ok, 1 usage or input, 2 could not start or nothing ever answered, 3 a --fail-if was
breached, 4 the run is INVALID, 130 interrupted before any answer.)";

void describe_schedule(CLI::App& app, PlayArguments& args) {
  const char* group = "Schedule";
  add_value(app, "-r,--rps,--rate", args.rate, "RATE",
            "requests per second in total: 100, 0.1, 5k, 2500/m, or max; without it, the records' "
            "own times")
      ->group(group);
  add_value(app, "--arrivals", args.arrivals, "LAW", "constant or poisson")
      ->default_str("constant")
      ->group(group);
  add_value(app, "--profile", args.profile, "PROFILE",
            "constant, slow-start[:SPAN], ramp:FROM..TO:SPAN, steps:RATExSPAN,..., "
            "sine:MIN..MAX:PERIOD, infinite-ramp:SPAN:PER_MINUTE")
      ->default_str("constant")
      ->group(group);
  add_value(app, "--speed", args.speed, "FACTOR", "play recorded times faster: 2, 0.5, 2x, 200%")
      ->default_str("1")
      ->group(group);
  add_value(app, "--seed", args.seed, "N", "of Poisson arrivals, templates and the built-in stub")
      ->default_str("1")
      ->group(group);
}

void describe_users(CLI::App& app, PlayArguments& args) {
  const char* group = "Closed loop (instead of a rate)";
  add_value(app, "-u,--users", args.users, "N",
            "users who each wait for the end of a request before the next: 50, 1..50:30s, "
            "10x30s,50x1m,10")
      ->group(group);
  add_value(app, "--spawn-rate", args.spawn_rate, "RATE",
            "users that start (or stop) per second; without it all at once")
      ->group(group);
  add_value(app, "--think", args.think, "SPAN",
            "from the end of a user's request to its next: 1s, 900ms..1100ms, exponential:1s")
      ->default_str("0")
      ->group(group);
  add_value(app, "--pacing", args.pacing, "SPAN",
            "from the start of a user's request to its next, instead of --think")
      ->group(group);
  app.add_flag("--per-user", args.per_user,
               "each user plays the records of its own `user` key, in their order")
      ->group(group);
}

void describe_selection(CLI::App& app, PlayArguments& args) {
  const char* group = "What is played";
  add_value(app, "-d,--duration", args.duration, "SPAN",
            "requests due within it (30s, 10m); beyond the end of the file it starts again")
      ->group(group);
  add_value(app, "-n,--requests", args.requests, "N",
            "so many requests; beyond the end of the file it starts again")
      ->group(group);
  add_value(app, "--warmup", args.warmup, "SPAN",
            "leave the first seconds out of the numbers; they are stored, and marked")
      ->default_str("0")
      ->group(group);
  add_value(app, "--at-end", args.at_end, "HOW",
            "what becomes of requests in flight when --duration is over: wait, close (they count "
            "as unfinished) or ignore")
      ->default_str("wait")
      ->group(group);
  app.add_flag("--loop", args.loop, "start the file again at its end, for ever")->group(group);
  add_value(app, "--skip", args.skip, "N", "leave out the first N requests of the first pass")
      ->default_str("0")
      ->group(group);
  add_value(app, "--only", args.only, "PATH", "only requests whose path begins with this")
      ->group(group);
  add_value(app, "--from", args.from, "SPAN", "only requests recorded at or after it (t)")
      ->group(group);
  add_value(app, "--to", args.to, "SPAN", "only requests recorded before it (t)")->group(group);
  app.add_flag("--sort", args.sort, "recorded times may be in any order: read the file into memory")
      ->group(group);
  app.add_flag("--dry-run", args.dry_run,
               "say what would be played, or name every bad line, and send nothing")
      ->group(group);
  app.add_flag("--no-check", args.no_check, "do not read the whole file before the start")
      ->group(group);
}

void describe_target(CLI::App& app, PlayArguments& args) {
  const char* group = "Target";
  add_value(app, "--target", args.target, "HOST[:PORT]|stub",
            "send everything there instead of to the hosts of the file; stub starts the built-in "
            "one, which answers as Seldon, TensorFlow Serving, KServe and others do")
      ->group(group);
  add_values(app, "--connect-to", args.connect_to, "HOST1:PORT1:HOST2:PORT2",
             "connections for the first go to the second; the Host header stays")
      ->group(group);
  add_value(app, "--unix-socket", args.unix_socket, "PATH",
            "all connections go to this Unix socket; the Host header stays")
      ->group(group);
  add_values(app, "-H,--header", args.headers, "NAME: VALUE", "add or replace a header; Host too")
      ->group(group);
  add_value(app, "-X,--method,--request", args.method, "METHOD",
            "the method of every request instead of its own")
      ->group(group);
  add_value(app, "--data", args.data, "TEXT|@FILE",
            "the body of every request, sent by POST unless -X says otherwise; a form's content "
            "type unless -H has one; a file goes out byte for byte")
      ->group(group);
  add_value(app, "--json", args.json, "TEXT|@FILE", "--data with the content type of JSON")
      ->group(group);
  add_value(app, "--auth", args.auth, "TEXT",
            "the Authorization header, with variables of the environment: 'ApiKey $KEY', 'Bearer "
            "${TOKEN}'; their values are stored nowhere")
      ->group(group);
  add_values(app, "--set-query", args.set_query, "NAME=VALUE", "set a parameter of every URL")
      ->group(group);
  add_value(app, "--seq-header", args.sequence_header, "NAME",
            "a header that carries the request's index, to join with the server's logs")
      ->group(group);
  add_value(app, "--stub-preset", args.stub_preset, "NAME",
            fmt::format("of --target stub: service times as the guides measured them: {}; "
                        "--stub-latency goes before",
                        fmt::join(stub::latency_preset_names(), ", ")))
      ->group(group);
  add_values(app, "--stub-latency", args.stub_latency, "[PATH=]MODEL",
             "of --target stub: 5ms, lognormal:MEDIAN,SIGMA, uniform:A..B, exponential:MEAN, "
             "quantiles:50=10ms,100=140ms")
      ->group(group);
  add_value(app, "--stub-errors", args.stub_errors, "KIND=SHARE,...",
            "of --target stub: 503=1%, seldon=1%, reset=1%, silent=1%, empty=1%")
      ->group(group);
  app.add_flag("--no-probe", args.no_probe, "no request before the run to try the target")
      ->group(group);
}

void describe_session(CLI::App& app, PlayArguments& args) {
  const char* group = "Sessions";
  add_value(app, "--token-url", args.token_url, "URL|PATH",
            "fetch an access token there before the start, renew it before it expires, and send it "
            "with every request; a path is on --target")
      ->group(group);
  add_value(app, "--token-client", args.token_client, "ID:SECRET",
            "who asks for it, with variables of the environment: 'shop:$SECRET'; their values are "
            "stored nowhere")
      ->group(group);
  add_value(
      app, "--token-request", args.token_request, "HOW",
      "post: OAuth client credentials by HTTP Basic; get: consumer_key and consumer_secret in "
      "the query, as Seldon's /token wants them")
      ->default_str("post")
      ->group(group);
  add_value(app, "--token-header", args.token_header, "NAME",
            "the header that carries it, behind Bearer if that is Authorization")
      ->default_str("Authorization")
      ->group(group);
  add_value(app, "--token-query", args.token_query, "NAME",
            "the query parameter that carries it, instead of a header: oauth_token")
      ->group(group);
  app.add_flag("--cookies", args.cookies,
               "send back the cookies that answers set; each user has its own")
      ->group(group);
  add_value(
      app, "--redirects", args.redirects, "N",
      "follow so many in a row, to the same host; the response time ends with the last answer")
      ->default_str("0")
      ->group(group);
}

void describe_connections(CLI::App& app, PlayArguments& args) {
  const char* group = "Connections";
  add_value(app, "-c,--connections", args.connections, "N", "the most at once")
      ->default_str("256")
      ->group(group);
  add_value(app, "-t,--threads", args.threads, "N", "threads that send")
      ->default_str("1")
      ->group(group);
  add_value(app, "--timeout", args.timeout, "SPAN", "from the send to the whole answer")
      ->default_str("30s")
      ->group(group);
  add_value(app, "--connect-timeout", args.connect_timeout, "SPAN", "to open a connection")
      ->default_str("10s")
      ->group(group);
  add_value(app, "--drain", args.drain, "SPAN",
            "after the last request is due, those that still wait for a connection may go out for "
            "so long")
      ->default_str("30s")
      ->group(group);
  app.add_flag("--spin", args.spin,
               "never sleep: sends and stamps to the microsecond, for a whole core per thread")
      ->group(group);
  app.add_flag("--no-keepalive", args.no_keepalive,
               "a new connection for each request, with Connection: close")
      ->group(group);
  add_value(app, "--requests-per-connection", args.requests_per_connection, "N",
            "close a connection after so many answers, without a word; 0: never")
      ->default_str("0")
      ->group(group);
}

void describe_judgement(CLI::App& app, PlayArguments& args) {
  const char* group = "Judgement";
  add_values(app, "--expect", args.expect, "CHECK",
             "what makes an answer right: status, seldon, contains:TEXT or none (default: status "
             "and seldon); a record's own expect replaces it")
      ->group(group);
  add_value(app, "--keep-body", args.keep_body, "SIZE",
            "how much of each answer's body is looked at: 64k, 1m; per connection, 64m at most")
      ->default_str("64k")
      ->group(group);
  add_values(app, "--group", args.group, "REGEX=NAME",
             "folds ids: requests whose 'METHOD /path' matches are the endpoint NAME")
      ->group(group);
  add_values(
      app, "--fail-if", args.fail_if, "CONDITION",
      "exit code 3 if it holds at the end: [ENDPOINT:][service.]p50..p99.99|max|mean > 50ms, "
      "errors > 0.1%, rate < 95%")
      ->group(group);
  add_value(app, "--abort-if", args.abort_if, "RULE",
            "end the run early: 'errors>50% for 10s', of the requests that ended in that span")
      ->group(group);
}

void describe_results(CLI::App& app, PlayArguments& args) {
  const char* group = "Results";
  add_value(app, "--db", args.db, "FILE", "the run database")
      ->default_str("macaw.sqlite")
      ->group(group);
  add_value(app, "--label", args.label, "TEXT", "a name for the run")->group(group);
  add_value(app, "--rows", args.rows, "WHICH",
            "requests that get a row of their own: all, errors or sample:N (one in N, and errors)")
      ->default_str("all")
      ->group(group);
  add_value(app, "--format", args.format, "FORMAT", "of the summary: text or json")
      ->default_str("text")
      ->group(group);
  add_value(app, "-o,--output", args.output, "FILE", "the summary goes there instead of to stdout")
      ->group(group);
  app.add_flag("-q,--quiet", args.quiet, "no start line and no progress")->group(group);
  app.add_flag("--no-color", args.no_color, "no colours (as with NO_COLOR)")->group(group);
  add_value(app, "--ui-host", args.ui_host, "ADDRESS", "where the graphs are served")
      ->default_str("127.0.0.1")
      ->group(group);
  add_value(app, "--ui-port", args.ui_port, "PORT", "of the graphs; 0 is any free one")
      ->default_str("9994")
      ->group(group);
  app.add_flag("--no-ui", args.no_ui, "no graphs while the run plays")->group(group);
}

}  // namespace

void describe_play(CLI::App& app, PlayArguments& arguments) {
  app.add_option("FILE", arguments.file,
                 "replay file (URL list or JSON lines, .gz and .zst too); - is stdin")
      ->type_name("")
      ->required();
  describe_schedule(app, arguments);
  describe_users(app, arguments);
  describe_selection(app, arguments);
  describe_target(app, arguments);
  describe_session(app, arguments);
  describe_connections(app, arguments);
  describe_protocol(app, arguments);
  describe_judgement(app, arguments);
  describe_results(app, arguments);
  app.footer(kFooter);
}

}  // namespace macaw::app
