// SPDX-License-Identifier: MIT
//
// `replay runs` and `verify`: what is in a run database.
#include <unistd.h>

#include "cli_support.h"
#include "command_parser.h"
#include "commands.h"
#include "macaw/base/units.h"
#include "macaw/report/summary.h"
#include "macaw/store/run_reader.h"
#include "macaw/store/run_writer.h"

namespace macaw::app {

namespace {

/// What the two have in common.
struct DatabaseArguments {
  std::string db;
  std::optional<std::string> run, format, output, label;
  bool no_color = false;
};

struct Opened {
  std::unique_ptr<store::RunReader> reader;
  int64_t run = 0;  ///< 0: the newest
  bool json = false;
};

void describe_database(CLI::App& app, DatabaseArguments& args) {
  app.add_option("DB", args.db, "run database")->type_name("")->required();
}

void describe_run_choice(CLI::App& app, DatabaseArguments& args) {
  add_value(app, "--run", args.run, "N", "which run; default: the newest");
}

void describe_output(CLI::App& app, DatabaseArguments& args) {
  add_value(app, "--format", args.format, "FORMAT", "text or json")->default_str("text");
  add_value(app, "-o,--output", args.output, "FILE", "write there instead of to stdout");
  app.add_flag("--no-color", args.no_color, "no colours (as with NO_COLOR)");
}

Result<Opened> open_database(const DatabaseArguments& args) {
  Opened opened;
  MACAW_TRY(set_option("--run", args.run, parse_run_number, opened.run));
  MACAW_TRY(set_option("--format", args.format, parse_is_json, opened.json));
  MACAW_TRY_ASSIGN(opened.reader, store::RunReader::open(args.db));
  return opened;
}

report::TextStyle output_style(const DatabaseArguments& args) {
  return args.output ? report::TextStyle{} : style_for(STDOUT_FILENO, args.no_color);
}

/// Another name for a stored run.
Status set_label(const DatabaseArguments& args) {
  MACAW_TRY_ASSIGN(const Opened opened, open_database(args));  // makes no file where there is none
  MACAW_TRY_ASSIGN(const store::RunRow run, opened.reader->run(opened.run));
  MACAW_TRY_ASSIGN(const auto writer, store::RunWriter::open(args.db));
  return writer->set_label(run.run, *args.label);
}

Status write_run_list(const DatabaseArguments& args) {
  if (args.label) {
    MACAW_TRY(set_label(args));
  }
  MACAW_TRY_ASSIGN(const Opened opened, open_database(args));
  MACAW_TRY_ASSIGN(const std::vector<store::RunRow> runs, opened.reader->runs());
  return write_result(args.output, opened.json ? report::format_run_list_json(runs)
                                               : report::format_run_list(runs, output_style(args)));
}

Result<int> verify(const DatabaseArguments& args) {
  MACAW_TRY_ASSIGN(const Opened opened, open_database(args));
  MACAW_TRY_ASSIGN(const store::RunRow run, opened.reader->run(opened.run));
  MACAW_TRY_ASSIGN(const store::Verification found, store::verify_run(*opened.reader, run.run));
  std::string text =
      fmt::format("run {}: {} rows, {} values compared: {}\n", run.run, format_count(found.rows),
                  format_count(found.values_compared), found.ok() ? "all agree" : "NOT ALL AGREE");
  for (const std::string& difference : found.differences) {
    text += fmt::format("  {}\n", one_line(difference));
  }
  if (!found.note.empty()) {
    text += fmt::format("  {}\n", one_line(found.note));
  }
  MACAW_TRY(write_result(std::nullopt, text));
  return static_cast<int>(found.ok() ? kExitOk : kExitInvalid);
}

int code_of(const Status& status) {
  return status ? static_cast<int>(kExitOk) : fail(status.error().message());
}

}  // namespace

int runs_command(const std::vector<std::string>& arguments) {
  CLI::App app("Lists the runs in a database, newest last; names one of them with --label.",
               "replay runs");
  DatabaseArguments args;
  describe_database(app, args);
  CLI::Option* label =
      add_value(app, "--label", args.label, "TEXT", "first give run --run this name");
  add_value(app, "--run", args.run, "N", "the run to be named; default: the newest")->needs(label);
  describe_output(app, args);
  if (const auto code = parse_arguments(app, arguments)) {
    return *code;
  }
  return code_of(write_run_list(args));
}

int verify_command(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Recomputes the numbers of a stored run from its rows and compares them with what is stored. "
      "Exit code 4 when they differ.",
      "replay verify");
  DatabaseArguments args;
  describe_database(app, args);
  describe_run_choice(app, args);
  if (const auto code = parse_arguments(app, arguments)) {
    return *code;
  }
  const Result<int> code = verify(args);
  return code ? *code : fail(code.error().message());
}

}  // namespace macaw::app
