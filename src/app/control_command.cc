// SPDX-License-Identifier: MIT
//
// `replay control`: steers the run that plays, from another shell. It asks the page of that run for
// what the page's own buttons ask.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "cli_support.h"
#include "command_parser.h"
#include "commands.h"
#include "control_file.h"
#include "http_ask.h"
#include "macaw/base/units.h"
#include "macaw/http/request_encoder.h"

namespace macaw::app {

namespace {

constexpr const char* kControlSynopsis =
    "Steers the run that plays: changes its total rate, pauses, resumes or stops it, or says how\n"
    "it stands. The run is found through its database (DB; macaw.sqlite unless --ui is given), or\n"
    "by the address of its page and the token that it printed at the start.\n"
    "Exit code 1: refused, with the reason; 2: nobody is there.";
constexpr const char* kControlExamples =
    "Examples:\n"
    "  replay control macaw.sqlite rate 200\n"
    "  replay control pause\n"
    "  replay control --ui 10.0.0.5:9994 --token 0123... stop\n"
    "  replay control --ui 'http://10.0.0.5:9994/#token=0123...' resume\n";
constexpr const char* kDefaultDatabase = "macaw.sqlite";
constexpr std::string_view kDefaultUi = "127.0.0.1:9994";
constexpr std::string_view kActions[] = {"rate", "pause", "resume", "stop", "status"};

struct ControlArguments {
  std::vector<std::string> words;  // [DB] ACTION [RATE]
  std::optional<std::string> ui, token, format;
};

/// The words and options, understood.
struct Order {
  std::optional<std::string> database;
  std::string action;
  std::string body;
  bool json = false;
};

bool is_action(std::string_view word) {
  return std::find(std::begin(kActions), std::end(kActions), word) != std::end(kActions);
}

/// Who is at the keyboard, for the run's events.
std::string asker() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
  const char* user = std::getenv("USER");
  std::string name = "replay control";
  for (const char c : std::string_view(user == nullptr ? "" : user)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (!plain) {
      return "replay control";
    }
  }
  return user == nullptr || *user == '\0' ? name : fmt::format("{} ({})", name, user);
}

Result<Order> understand(const ControlArguments& args) {
  Order order;
  MACAW_TRY(set_option("--format", args.format, parse_is_json, order.json));
  auto word = args.words.begin();
  if (word != args.words.end() && !is_action(*word)) {
    order.database = *word++;
  }
  if (word == args.words.end() || !is_action(*word)) {
    return errorf("found {}, expected rate, pause, resume, stop or status",
                  word == args.words.end() ? "no action" : "'" + *word + "'");
  }
  order.action = *word++;
  if (order.action == "rate") {
    if (word == args.words.end()) {
      return errorf("rate: how many a second? (rate 200, rate 2.5k, rate 90/m)");
    }
    MACAW_TRY_ASSIGN(const Rate rate, parse_rate(*word++));
    order.body = fmt::format(R"({{"rps":{},"by":"{}"}})", rate.per_second(), asker());
  } else {
    order.body = fmt::format(R"({{"by":"{}"}})", asker());
  }
  if (word != args.words.end()) {
    return errorf("'{}' is too much", *word);
  }
  return order;
}

/// Where the run's page is, and its token as far as it is known.
Result<ControlAddress> find_run(const ControlArguments& args, const Order& order) {
  ControlAddress address;
  const std::string database = order.database.value_or(kDefaultDatabase);
  const Result<ControlAddress> file = read_control_file(database);
  if (file.ok() && (order.database || !args.ui)) {
    address = *file;
  } else if (order.database && !args.ui) {
    return errorf("no run that could be controlled is being played into {} ({})", database,
                  file.error().message());
  }
  if (args.ui) {
    std::string_view text = *args.ui;
    constexpr std::string_view kToken = "/#token=";
    if (const size_t at = text.find(kToken); at != std::string_view::npos) {
      address.token = text.substr(at + kToken.size());
      text = text.substr(0, at);
    }
    address.host_port = text;
  } else if (address.host_port.empty()) {
    address.host_port = kDefaultUi;
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
  if (const char* token = std::getenv("MACAW_TOKEN"); token != nullptr && *token != '\0') {
    address.token = token;
  }
  address.token = args.token.value_or(address.token);
  return address;
}

int carry_out(const Order& order, const http::HostPort& server, const std::string& token) {
  const bool reads = order.action == "status";
  Question question;
  question.server = server;
  question.method = reads ? "GET" : "POST";
  question.target = reads ? "/api/control" : "/api/control/" + order.action;
  question.headers = {{"Accept", order.json ? "application/json" : "text/plain"}};
  if (!reads) {
    question.headers.emplace_back("Content-Type", "application/json");
    question.headers.emplace_back("X-Macaw-Token", token);
    question.body = order.body;
  }
  const Result<HttpAnswer> answer = ask(question);
  if (!answer) {
    return fail(fmt::format("control: nobody answers at {}", answer.error().message()),
                kExitNotStarted);
  }
  if (answer->status != 200) {
    return fail(fmt::format("control: {}{}", answer->body,
                            answer->status == 404 ? " (is that the page of a run?)" : ""));
  }
  const Status written = write_result(std::nullopt, answer->body);
  return written ? static_cast<int>(kExitOk) : fail(written.error().message());
}

}  // namespace

int control_command(const std::vector<std::string>& arguments) {
  CLI::App app(kControlSynopsis, "replay control");
  app.footer(kControlExamples);
  ControlArguments args;
  app.add_option("[DB] rate N|pause|resume|stop|status", args.words, "what to do")
      ->type_name("")
      ->required();
  add_value(app, "--ui", args.ui, "ADDRESS", "of the run's page; default: as DB-control says");
  add_value(app, "--token", args.token, "TOKEN", "default: MACAW_TOKEN, or as DB-control says");
  add_value(app, "--format", args.format, "FORMAT", "text or json")->default_str("text");
  if (const auto code = parse_arguments(app, arguments)) {
    return *code;
  }
  const Result<Order> order = understand(args);
  if (!order) {
    return fail("control: " + order.error().message());
  }
  const Result<ControlAddress> address = find_run(args, *order);
  if (!address) {
    return fail("control: " + address.error().message(), kExitNotStarted);
  }
  const Result<http::HostPort> server = http::parse_host_port(address->host_port);
  if (!server) {
    return fail(fmt::format("--ui: {}", server.error().message()));
  }
  if (!http::is_header_value(address->token)) {
    return fail("--token: found what cannot be a token");
  }
  return carry_out(*order, *server, address->token);
}

}  // namespace macaw::app
