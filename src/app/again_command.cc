// SPDX-License-Identifier: MIT
//
// `replay again DB N`: an earlier run once more. Its stored command line is read as if it stood
// here, in its stored folder, with the options behind N after it; the file must be the same.
#include <filesystem>
#include <limits>

#include "cli_support.h"
#include "command_parser.h"
#include "commands.h"
#include "credentials.h"
#include "macaw/store/run_reader.h"
#include "play.h"

namespace macaw::app {

namespace {

constexpr const char* kSynopsis =
    "Plays an earlier run once more: the same file (its sha256 is checked) with the same options.\n"
    "Usage: replay again DB N [options of `replay FILE`, which replace the stored ones]\n\n"
    "The new run goes into DB too, unless --db says otherwise. Paths of the stored options are\n"
    "relative to the folder that the run was started in.\n\n"
    "Example:\n  replay again macaw.sqlite 3 --label 'after the fix'\n";

Result<store::RunRow> read_run(const std::string& db, const std::string& number) {
  MACAW_TRY_ASSIGN(const int64_t run, parse_run_number(number));
  MACAW_TRY_ASSIGN(const std::unique_ptr<store::RunReader> reader, store::RunReader::open(db));
  return reader->run(run);
}

/// The options of a command line, read once more.
std::optional<int> parse_play(const std::vector<std::string>& arguments, PlayArguments& parsed) {
  CLI::App app("", "replay again");
  describe_play(app, parsed);
  return parse_arguments(app, arguments);
}

std::vector<std::string> stored_arguments(const store::RunRow& run) {
  const std::vector<std::string>& argv = run.start.argv;
  return argv.size() < 2 ? std::vector<std::string>{}
                         : std::vector<std::string>(argv.begin() + 1, argv.end());
}

}  // namespace

int again_command(const std::vector<std::string>& arguments) {
  if (!arguments.empty() && (arguments.front() == "-h" || arguments.front() == "--help")) {
    const Status written = write_result(std::nullopt, kSynopsis);
    return written ? static_cast<int>(kExitOk) : fail(written.error().message());
  }
  if (arguments.size() < 2) {
    return fail("again: expected DB and the number of a run (see replay again --help)");
  }
  const std::string& db = arguments[0];
  const auto run = read_run(db, arguments[1]);
  if (!run) {
    return fail(run.error().message());
  }
  const store::RunStart& stored = run->start;
  if (stored.file == "-") {
    return fail(fmt::format("run {} played stdin, which is gone", run->run));
  }
  const std::vector<std::string> extra(arguments.begin() + 2, arguments.end());
  std::vector<std::string> all = stored_arguments(*run);
  all.insert(all.end(), extra.begin(), extra.end());
  std::vector<std::string> alone = extra;
  alone.insert(alone.begin(), stored.file);
  PlayArguments args;
  PlayArguments given;  // what stands on this command line
  for (const auto& [words, parsed] : {std::pair{&alone, &given}, std::pair{&all, &args}}) {
    if (const auto code = parse_play(*words, *parsed)) {
      return *code;
    }
  }
  const std::vector<std::string> argv = redact_arguments(all, args);
  if (const Status restored = restore_secrets(args, given); !restored) {
    return fail(fmt::format("run {}: {}", run->run, restored.error().message()));
  }
  const std::filesystem::path folder(stored.working_folder);
  args.file = (folder / stored.file).string();  // an absolute path stays as it is
  args.db = given.db.value_or(db);
  for (const auto body : {&PlayArguments::data, &PlayArguments::json}) {
    if (!(given.*body) && (args.*body) && (args.*body)->starts_with('@')) {
      args.*body = "@" + (folder / (args.*body)->substr(1)).string();
    }
  }
  if (!given.unix_socket && args.unix_socket) {
    args.unix_socket = (folder / *args.unix_socket).string();
  }
  args.output = given.output;  // the earlier summary is not written over
  auto settings = make_play_settings(args);
  if (!settings) {
    return fail(settings.error().message());
  }
  if (stored.file_sha256.empty()) {
    warn(fmt::format("run {} did not check its file, so nothing tells whether {} is the same",
                     run->run, args.file));
  }
  Invocation invocation;
  invocation.argv = argv;
  invocation.argv.insert(invocation.argv.begin(), "replay");
  invocation.working_folder = stored.working_folder;
  invocation.file = stored.file;
  invocation.expected_sha256 = stored.file_sha256;
  return play(std::move(settings).value(), invocation);
}

}  // namespace macaw::app
