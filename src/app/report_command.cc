// SPDX-License-Identifier: MIT
//
// `replay report`: a stored run in any format, and --fail-if held against it afterwards. Rows go
// straight from the database to the file, however many there are.
#include <unistd.h>

#include <vector>

#include "cli_support.h"
#include "command_parser.h"
#include "commands.h"
#include "macaw/io/output_file.h"
#include "macaw/report/formats.h"
#include "macaw/store/run_reader.h"
#include "macaw/ui/export.h"

namespace macaw::app {

namespace {

/// The page's own business, and so not one of report::formats().
constexpr std::string_view kHtml = "html";

struct ReportArguments {
  std::string db;
  std::optional<std::string> run, format, table, clock, rounding, output;
  std::vector<std::string> fail_if;
  bool no_color = false;
};

struct ReportSettings {
  int64_t run = 0;  ///< 0: the newest
  const report::Format* format = nullptr;
  report::FormatOptions options;
};

std::string format_help() {
  std::string help = "FORMAT is one of\n";
  for (const report::Format& format : report::formats()) {
    help += fmt::format("  {:<20} {}\n", format.name, format.what);
  }
  help += fmt::format("  {:<20} {}\n", kHtml, "the dashboard with the run inside, one file");
  return help + "What they mean, field by field: src/report/FORMATS.md";
}

void describe_report(CLI::App& app, ReportArguments& args) {
  app.add_option("DB", args.db, "run database")->type_name("")->required();
  add_value(app, "--run", args.run, "N", "which run; default: the newest");
  add_value(app, "--format", args.format, "FORMAT", "see below")->default_str("text");
  add_value(app, "-o,--output", args.output, "FILE",
            "write there instead of to stdout; a prefix for formats of several files");
  add_value(app, "--table", args.table, "TABLE", "of csv: requests, seconds or endpoints")
      ->default_str("requests");
  add_value(app, "--clock", args.clock, "CLOCK",
            "where the format has room for one: response or service time")
      ->default_str("response");
  add_value(app, "--rounding", args.rounding, "HOW",
            "of Locust's percentiles: none, or locust (two significant digits)")
      ->default_str("none");
  add_values(app, "--fail-if", args.fail_if, "CONDITION",
             "exit with 3 when it holds, such as \"p99>50ms\"; may be repeated");
  app.add_flag("--no-color", args.no_color, "no colours (as with NO_COLOR)");
  app.footer(format_help());
}

/// An option that would change nothing is a misunderstanding.
Status check_options(const ReportArguments& args, const report::Format& format) {
  if (args.table && format.name != "csv") {
    return errorf("--table goes with --format csv, not {}", format.name);
  }
  if (args.clock && !format.one_clock) {
    return errorf("--clock: {} {}", format.name,
                  format.name.starts_with("locust") ? "holds no times" : "shows both clocks");
  }
  if (args.rounding && !(format.name.starts_with("locust") && format.one_clock)) {
    return errorf("--rounding goes with Locust's percentiles, not {}", format.name);
  }
  if (!format.single() && args.output.value_or("-") == "-") {
    return errorf(
        "{} is several files: give their prefix with -o, or ask for one of them "
        "(locust-stats, ...)",
        format.name);
  }
  return {};
}

Result<ReportSettings> report_settings(const ReportArguments& args) {
  ReportSettings settings;
  report::FormatOptions& options = settings.options;
  MACAW_TRY(set_option("--run", args.run, parse_run_number, settings.run));
  MACAW_TRY(
      set_option("--format", args.format.value_or("text"), report::find_format, settings.format));
  MACAW_TRY(check_options(args, *settings.format));
  MACAW_TRY(set_option("--table", args.table, report::parse_csv_table, options.table));
  MACAW_TRY(set_option("--clock", args.clock, report::parse_clock, options.clock));
  MACAW_TRY(
      set_option("--rounding", args.rounding, report::parse_rounding, options.locust_rounding));
  MACAW_TRY_ASSIGN(options.fail_if, parse_thresholds(args.fail_if));
  if (!args.output) {
    options.style = style_for(STDOUT_FILENO, args.no_color);
  }
  return settings;
}

/// All files appear, or none: each is complete before the first is put in its place.
Status write_format(const report::Format& format, const report::FormatInput& input,
                    const std::optional<std::string>& output) {
  std::vector<io::OutputFile> files;
  for (const report::FormatFile& file : format.files) {
    MACAW_TRY_ASSIGN(io::OutputFile target,
                     io::OutputFile::create(output.value_or("-") + std::string(file.suffix)));
    files.push_back(std::move(target));
  }
  for (size_t k = 0; k < files.size(); ++k) {
    io::OutputFile& target = files.at(k);
    MACAW_TRY(format.files[k].write(
        input, [&target](std::string_view bytes) { return target.write(bytes); }));
  }
  for (io::OutputFile& target : files) {
    MACAW_TRY(target.commit());
  }
  return {};
}

/// As after a run: 4 outranks 3, because what an INVALID run shows cannot be held against anything.
int judge_report(const std::vector<report::Threshold>& fail_if, const report::RunSummary& summary) {
  if (fail_if.empty()) {
    return kExitOk;
  }
  if (summary.run.state == store::RunState::kRunning) {
    return fail(fmt::format("--fail-if: run {} is still being played; nothing can be judged",
                            summary.run.run));
  }
  const int code = judge_thresholds(fail_if, summary);
  if (summary.run.verdict.kind == stats::VerdictKind::kInvalid) {
    return fail(fmt::format("run {} is INVALID: {}", summary.run.run, summary.run.verdict.reason),
                kExitInvalid);
  }
  return code;
}

Result<int> write_html(const ReportArguments& args) {
  if (args.table || args.clock || args.rounding) {
    return errorf("--table, --clock and --rounding do not go with --format {}", kHtml);
  }
  int64_t run = 0;
  MACAW_TRY(set_option("--run", args.run, parse_run_number, run));
  MACAW_TRY_ASSIGN(const std::vector<report::Threshold> fail_if, parse_thresholds(args.fail_if));
  MACAW_TRY_ASSIGN(const auto reader, store::RunReader::open(args.db));
  MACAW_TRY_ASSIGN(const report::RunSummary summary, report::read_summary(*reader, run));
  MACAW_TRY_ASSIGN(const std::string html, ui::export_html(*reader, summary.run.run));
  MACAW_TRY(write_result(args.output, html));
  return judge_report(fail_if, summary);
}

Result<int> write_report(const ReportArguments& args) {
  if (args.format == kHtml) {
    return write_html(args);
  }
  MACAW_TRY_ASSIGN(const ReportSettings settings, report_settings(args));
  MACAW_TRY_ASSIGN(const auto reader, store::RunReader::open(args.db));
  MACAW_TRY_ASSIGN(const report::RunSummary summary, report::read_summary(*reader, settings.run));
  MACAW_TRY(report::check_format(*settings.format, summary));
  MACAW_TRY(
      write_format(*settings.format, {reader.get(), &summary, &settings.options}, args.output));
  return judge_report(settings.options.fail_if, summary);
}

}  // namespace

int report_command(const std::vector<std::string>& arguments) {
  CLI::App app("Writes a stored run in one of many formats.", "replay report");
  ReportArguments args;
  describe_report(app, args);
  if (const auto code = parse_arguments(app, arguments)) {
    return *code;
  }
  const Result<int> code = write_report(args);
  return code ? *code : fail(code.error().message());
}

}  // namespace macaw::app
