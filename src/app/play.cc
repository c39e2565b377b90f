// SPDX-License-Identifier: MIT
#include "play.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "cli_support.h"
#include "console.h"
#include "control_file.h"
#include "dry_run.h"
#include "live_run.h"
#include "macaw/base/units.h"
#include "macaw/net/loop.h"
#include "macaw/ui/ui_server.h"
#include "redactor.h"
#include "run_description.h"
#include "stub_process.h"
#include "token_keeper.h"

namespace macaw::app {

namespace {

/// Until a run is stored there is nothing to finish: a signal ends the program. The texts differ so
/// that a bar is wiped from a terminal; a handler may not ask which it is.
template <bool kTerminal>
void end_interrupted(int /*signal*/) {
  constexpr std::string_view kText =
      kTerminal ? "\r\x1b[Kreplay: interrupted\n" : "replay: interrupted\n";
  static_cast<void>(!::write(STDERR_FILENO, kText.data(), kText.size()));
  ::_exit(kExitInterrupted);
}

void end_on_signals() {
  struct sigaction action {};

  action.sa_handler = ::isatty(STDERR_FILENO) == 1 ? end_interrupted<true> : end_interrupted<false>;
  static_cast<void>(::sigaction(SIGINT, &action, nullptr));
  static_cast<void>(::sigaction(SIGTERM, &action, nullptr));
}

/// A page asks once a second: one that is open is given the time to see how the run ended.
constexpr Nanos kPageLooks = std::chrono::milliseconds(2500);

void let_page_see_the_end(net::Loop& loop, const ui::UiServer& ui) {
  const MonoTime now = MonoClock::now();
  if (now - ui.last_request() > kPageLooks) {
    return;
  }
  net::DeadlineTimer enough(loop, [&loop] { loop.stop(); });
  enough.arm(now + kPageLooks);
  loop.run();
}

/// A job from the first look at the file to the exit code. Each step returns the exit code when the
/// job ends there, and has said why.
class Play {
 public:
  Play(PlaySettings settings, const Invocation& invocation)
      : settings_(std::move(settings)),
        invocation_(invocation),
        console_(settings_.quiet, settings_.no_color) {}

  int run();

 private:
  using Step = std::optional<int>;

  Step open_existing_database();
  Step open_database();
  Step survey();
  Step open_pipe();
  Step start_stub();
  Step prepare();
  Step reach_target();
  void raise_descriptor_limit();
  std::unique_ptr<ui::UiServer> start_ui(net::Loop& loop);
  std::optional<ControlFile> open_control(ui::UiServer& ui, replay::RunControl& control,
                                          int64_t number);
  void warn_of_small_disk(uint64_t requests);
  int play_stored();
  int conclude(int64_t number, const LiveRun::End& end);
  int exit_code(const report::RunSummary& summary, const LiveRun::End& end) const;

  const replay::FileSurvey* survey_or_null() const { return survey_ ? &*survey_ : nullptr; }

  PlaySettings settings_;
  const Invocation& invocation_;
  Console console_;
  std::optional<replay::FileSurvey> survey_;
  std::optional<StubProcess> stub_;
  std::unique_ptr<StdinRelay> input_;
  std::unique_ptr<store::RunWriter> writer_;
  std::unique_ptr<replay::Replayer> replayer_;
  std::unique_ptr<TokenKeeper> token_keeper_;
};

int Play::run() {
  ignore_signals({SIGPIPE, SIGXFSZ});
  end_on_signals();
  for (const auto step : {&Play::open_existing_database, &Play::survey, &Play::start_stub,
                          &Play::prepare, &Play::reach_target}) {
    if (const Step code = (this->*step)()) {
      return *code;
    }
  }
  return play_stored();
}

Play::Step Play::open_database() {
  auto writer = store::RunWriter::open(settings_.db);
  if (!writer) {
    return fail(writer.error().message());
  }
  writer_ = std::move(writer).value();
  return std::nullopt;
}

/// One that another run is writing is refused before a long file is looked at. A new one is not
/// made before everything else is right.
Play::Step Play::open_existing_database() {
  std::error_code ignored;
  return std::filesystem::exists(settings_.db, ignored) ? open_database() : std::nullopt;
}

Play::Step Play::survey() {
  if (!settings_.survey) {
    return open_pipe();
  }
  auto found = replay::survey_file(
      settings_.run.selection.file,
      [this](uint64_t read, uint64_t total) {
        console_.bar("checking " + invocation_.file, read, total);
      },
      settings_.run.selection.sort);
  console_.end_live(/*keep=*/false);
  if (!found) {
    return fail(found.error().message());
  }
  survey_ = std::move(found).value();
  const std::string& expected = invocation_.expected_sha256;
  if (!expected.empty() && survey_->sha256 != expected) {
    return fail(fmt::format("{} has changed since that run: its sha256 was {} and is {}",
                            invocation_.file, expected, survey_->sha256));
  }
  const bool recorded = settings_.run.timing.source == replay::Timing::Source::kRecorded;
  if (recorded && !survey_->first_time) {
    return fail(
        fmt::format("--rps is missing: {} has no recorded times, so how fast? (--rps 100, "
                    "or --rps max)",
                    invocation_.file));
  }
  return std::nullopt;
}

/// A named pipe, or what a shell makes of <(...), can be opened only once: it is read as stdin is.
Play::Step Play::open_pipe() {
  std::string& file = settings_.run.selection.file;

  struct stat status {};

  if (file == "-" || ::stat(file.c_str(), &status) != 0 || S_ISREG(status.st_mode) ||
      S_ISDIR(status.st_mode)) {
    return std::nullopt;
  }
  const int pipe = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (pipe < 0 || ::dup2(pipe, STDIN_FILENO) < 0) {
    return fail(fmt::format("{}: {}", file, std::generic_category().message(errno)));
  }
  ::close(pipe);
  file = "-";
  return std::nullopt;
}

Play::Step Play::start_stub() {
  if (!settings_.stub) {
    return std::nullopt;
  }
  auto stub = StubProcess::start(*settings_.stub);
  if (!stub) {
    return fail(stub.error().message(), kExitNotStarted);
  }
  stub_ = std::move(stub).value();
  settings_.run.transmission.target = stub_->address();
  return std::nullopt;
}

Play::Step Play::prepare() {
  if (settings_.run.selection.file == "-") {
    auto relay = StdinRelay::start();
    if (!relay) {
      return fail(relay.error().message(), kExitNotStarted);
    }
    input_ = std::move(relay).value();
  }
  auto replayer = replay::Replayer::prepare(settings_.run, survey_or_null());
  if (!replayer) {
    return fail(replayer.error().message());
  }
  replayer_ = std::move(replayer).value();
  return std::nullopt;
}

Play::Step Play::reach_target() {
  if (const auto trouble = replayer_->resolve()) {
    return fail(describe_trouble(*trouble, settings_, invocation_.file, /*resolving=*/true),
                kExitNotStarted);
  }
  if (settings_.token) {
    const replay::Transmission& transmission = settings_.run.transmission;
    auto keeper =
        TokenKeeper::start(aimed_at(*settings_.token, transmission), transmission.token->token);
    if (!keeper) {
      return fail("no access token: " + keeper.error().message(), kExitNotStarted);
    }
    token_keeper_ = std::move(keeper).value();
  }
  if (!settings_.probe) {
    return std::nullopt;
  }
  const replay::Replayer::ProbeResult probe = replayer_->probe();
  if (probe.trouble && probe.trouble->host_port.empty()) {
    return fail(
        probe.trouble->reason);  // the request could not even be made: a body file is missing
  }
  if (probe.trouble) {
    return fail(describe_trouble(*probe.trouble, settings_, invocation_.file, /*resolving=*/false),
                kExitNotStarted);
  }
  const replay::ProbeAnswer& answer = probe.answer;
  if (!stats::is_success(answer.outcome)) {
    const Redactor redact(settings_.run.transmission);
    console_.warning(fmt::format(
        "the first request, sent to try the target, ended as {}{}: {}{}{}",
        stats::outcome_name(answer.outcome),
        answer.status > 0 ? fmt::format(" with status {}", answer.status) : std::string(),
        redact(answer.reason),
        answer.body_start.empty() ? "" : "; its answer begins: ", redact(answer.body_start)));
  }
  return std::nullopt;
}

void Play::raise_descriptor_limit() {
  // Sockets, and what the database, the page's visitors and the loops need.
  const rlim_t needed = settings_.run.transmission.connections + rlim_t{256};
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) {
    return;
  }
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  if (::setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < needed) {
    console_.warning(
        fmt::format("only {} descriptors are allowed (ulimit -n): {} connections may not fit",
                    limit.rlim_cur, settings_.run.transmission.connections));
  }
}

/// Null without graphs.
std::unique_ptr<ui::UiServer> Play::start_ui(net::Loop& loop) {
  if (!settings_.ui) {
    return nullptr;
  }
  ui::UiOptions options;
  options.host = settings_.ui_host;
  options.port = settings_.ui_port;
  options.database = settings_.db;
  auto ui = std::make_unique<ui::UiServer>(loop, std::move(options));
  if (const Status started = ui->start(); !started) {
    console_.warning(started.error().message() + "; the run goes on without its graphs");
    return nullptr;
  }
  if (settings_.ui_port != 0 && ui->port() != settings_.ui_port) {
    console_.warning(fmt::format("port {} is busy: the graphs are on port {} instead",
                                 settings_.ui_port, ui->port()));
  }
  return ui;
}

/// From here on the page and `replay control` steer the run.
std::optional<ControlFile> Play::open_control(ui::UiServer& ui, replay::RunControl& control,
                                              int64_t number) {
  const Result<std::string> token = make_control_token();
  if (!token) {
    console_.note(fmt::format("run {}, live at {}", number, ui.graph_url()));
    console_.warning(token.error().message() + "; the run cannot be controlled");
    return std::nullopt;
  }
  ui.set_control(&control, *token, number);
  auto file = ControlFile::create(settings_.db, {ui.address(), *token});
  // Who reads this may ask `replay control` at once.
  console_.note(fmt::format("run {}, live at http://{}/#token={}", number, ui.address(), *token));
  if (!file) {
    console_.warning(file.error().message() + "; `replay control` needs --ui and --token");
    return std::nullopt;
  }
  return std::move(file).value();
}

void Play::warn_of_small_disk(uint64_t requests) {
  std::error_code error;
  const auto folder = std::filesystem::absolute(settings_.db, error).parent_path();
  const auto space = std::filesystem::space(folder, error);
  const uint64_t bytes = store::forecast_bytes(requests, settings_.rows);
  if (!error && requests > 0 && bytes > space.available) {
    console_.warning(fmt::format("the database will need about {}, and its disk has {} left",
                                 format_bytes(bytes), format_bytes(space.available)));
  }
}

int Play::play_stored() {
  raise_descriptor_limit();
  net::Loop loop;
  LiveRun live(loop, settings_, *replayer_, console_, input_.get(), token_keeper_.get());
  if (!writer_) {
    if (const Step code = open_database()) {
      return *code;
    }
  }
  const std::unique_ptr<ui::UiServer> ui = start_ui(loop);
  const store::RunStart start =
      describe_run(settings_, invocation_, survey_or_null(), replayer_->plan());
  console_.note(start_line(start, settings_, survey_or_null(), replayer_->plan()));
  warn_of_small_disk(start.planned);
  const Result<int64_t> number = live.start(*writer_, start);
  if (!number) {
    return fail(number.error().message(), kExitNotStarted);
  }
  const std::optional<ControlFile> control_file =
      ui ? open_control(*ui, live.control(), *number) : std::nullopt;
  live.wait();
  const auto end = live.finish();
  if (!end) {
    return fail(end.error().message(), kExitInvalid);
  }
  const int code = conclude(*number, *end);
  if (ui) {
    let_page_see_the_end(loop, *ui);
  }
  return code;
}

int Play::conclude(int64_t number, const LiveRun::End& end) {
  auto reader = store::RunReader::open(settings_.db);
  if (!reader) {
    return fail(reader.error().message(), kExitInvalid);
  }
  auto summary = report::read_summary(**reader, number);
  if (!summary) {
    return fail(summary.error().message(), kExitInvalid);
  }
  if (summary->run.state == store::RunState::kRunning) {  // its end could not be stored
    summary->run.state = store::RunState::kInterrupted;
    summary->run.end_reason = "the end could not be stored";
    summary->run.verdict = end.verdict;
  }
  report::TextStyle style;
  if (!settings_.output) {
    style = style_for(STDOUT_FILENO, settings_.no_color);
  }
  const std::string text =
      settings_.json ? report::format_json(*summary) : report::format_text(*summary, style);
  if (const Status written = write_result(settings_.output, text); !written) {
    return fail(written.error().message());
  }
  return exit_code(*summary, end);
}

int Play::exit_code(const report::RunSummary& summary, const LiveRun::End& end) const {
  if (end.result.input_error) {
    return fail(end.result.input_error->message());
  }
  uint64_t answers = 0;
  if (!summary.totals.empty()) {
    const auto& outcomes = summary.totals.front().totals.outcomes;
    for (size_t k = 0; k < outcomes.size(); ++k) {
      answers += stats::is_answer(static_cast<stats::Outcome>(k)) ? outcomes.at(k) : 0;
    }
  }
  if (answers == 0 && summary.run.counts.rows_lost == 0) {
    return end.interrupted ? fail("interrupted before any answer", kExitInterrupted)
                           : fail("nothing ever answered", kExitNotStarted);
  }
  const int thresholds = judge_thresholds(settings_.fail_if, summary);
  if (summary.run.verdict.kind == stats::VerdictKind::kInvalid) {
    return kExitInvalid;
  }
  // A run that --abort-if ended did not keep a condition that its user set.
  return thresholds == kExitOk && end.aborted ? kExitThreshold : thresholds;
}

}  // namespace

int play(PlaySettings settings, const Invocation& invocation) {
  if (settings.dry_run) {
    return dry_run(std::move(settings), invocation);
  }
  return Play(std::move(settings), invocation).run();
}

}  // namespace macaw::app
