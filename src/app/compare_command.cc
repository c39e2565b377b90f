// SPDX-License-Identifier: MIT
//
// `replay compare`: did it get slower from one run to another?
#include <unistd.h>

#include <map>

#include "cli_support.h"
#include "command_parser.h"
#include "commands.h"
#include "macaw/base/units.h"
#include "macaw/report/comparison.h"
#include "macaw/store/run_reader.h"

namespace macaw::app {

namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  replay compare macaw.sqlite 3 4\n"
    "  replay compare before.sqlite after.sqlite --fail-if 'p99>+5%'\n"
    "  replay compare macaw.sqlite --a 3,5,7 --b 4,6,8\n"
    "  replay compare macaw.sqlite 3 4 --format html -o compare.html\n"
    "How the intervals are made: src/report/COMPARE.md";

struct CompareArguments {
  std::string db;
  std::optional<std::string> first, second;  ///< two runs; or another database, alone
  std::optional<std::string> a, b, primary, clock, seed, format, output;
  std::vector<std::string> fail_if;
  bool accept_invalid = false;
  bool no_color = false;
};

enum class Format : uint8_t { kText, kJson, kHtml };

Result<Format> parse_format(std::string_view text) {
  if (text == "text") {
    return Format::kText;
  }
  if (text == "json") {
    return Format::kJson;
  }
  if (text == "html") {
    return Format::kHtml;
  }
  return errorf("found '{}', expected text, json or html", text);
}

/// "3,5,7"
Result<std::vector<int64_t>> parse_run_numbers(std::string_view text) {
  std::vector<int64_t> numbers;
  while (true) {
    const size_t comma = std::min(text.find(','), text.size());
    MACAW_TRY_ASSIGN(const int64_t number, parse_run_number(text.substr(0, comma)));
    numbers.push_back(number);
    if (comma == text.size()) {
      return numbers;
    }
    text.remove_prefix(comma + 1);
  }
}

struct Settings {
  std::string db_a, db_b;
  std::vector<int64_t> a{0}, b{0};  ///< 0: the newest
  report::CompareOptions options;
  std::vector<report::Threshold> fail_if;
  Format format = Format::kText;
};

Status choose_runs(const CompareArguments& args, Settings& settings) {
  settings.db_a = args.db;
  settings.db_b = args.db;
  const bool named = args.a.has_value() && args.b.has_value();
  MACAW_TRY(set_option("--a", args.a, parse_run_numbers, settings.a));
  MACAW_TRY(set_option("--b", args.b, parse_run_numbers, settings.b));
  if (args.second) {
    if (args.a || args.b) {
      return Error("runs are named twice: as arguments and by --a or --b");
    }
    MACAW_TRY(set_option("A", args.first, parse_run_numbers, settings.a));
    MACAW_TRY(set_option("B", args.second, parse_run_numbers, settings.b));
  } else if (args.first) {
    settings.db_b = *args.first;
  } else if (!named) {
    return Error(
        "expected DB A B (two runs of a database), DB1 DB2 (two databases), or DB --a RUNS --b "
        "RUNS");
  }
  return {};
}

Result<Settings> settings_of(const CompareArguments& args) {
  Settings settings;
  MACAW_TRY(choose_runs(args, settings));
  MACAW_TRY(set_option("--primary", args.primary, report::parse_primary, settings.options.primary));
  MACAW_TRY(set_option("--clock", args.clock, report::parse_clock, settings.options.clock));
  MACAW_TRY(set_option("--seed", args.seed, parse_u64, settings.options.seed));
  MACAW_TRY(set_option("--format", args.format, parse_format, settings.format));
  for (const std::string& text : args.fail_if) {
    auto threshold = report::parse_change_threshold(text);
    if (!threshold) {
      return errorf("--fail-if: {}", threshold.error().message());
    }
    settings.fail_if.push_back(std::move(threshold).value());
  }
  return settings;
}

std::vector<report::ChosenRun> choose(store::RunReader& reader,
                                      const std::vector<int64_t>& numbers) {
  std::vector<report::ChosenRun> chosen;
  chosen.reserve(numbers.size());
  for (const int64_t number : numbers) {
    chosen.push_back({&reader, number});
  }
  return chosen;
}

/// The first INVALID run of those that were chosen.
Result<std::optional<store::RunRow>> find_invalid(const std::vector<report::ChosenRun>& chosen) {
  for (const report::ChosenRun& one : chosen) {
    MACAW_TRY_ASSIGN(store::RunRow run, one.reader->run(one.run));
    if (run.verdict.kind == stats::VerdictKind::kInvalid) {
      return std::optional(std::move(run));
    }
  }
  return std::optional<store::RunRow>();
}

std::string format_of(const CompareArguments& args, const Settings& settings,
                      const report::Comparison& comparison,
                      const std::vector<report::ThresholdResult>& thresholds) {
  switch (settings.format) {
    case Format::kJson:
      return report::format_comparison_json(comparison, thresholds);
    case Format::kHtml:
      return report::format_comparison_html(comparison);
    default:
      return report::format_comparison_text(
          comparison, args.output ? report::TextStyle{} : style_for(STDOUT_FILENO, args.no_color));
  }
}

Result<int> compare(const CompareArguments& args) {
  MACAW_TRY_ASSIGN(const Settings settings, settings_of(args));
  MACAW_TRY_ASSIGN(const auto reader_a, store::RunReader::open(settings.db_a));
  MACAW_TRY_ASSIGN(const auto reader_b, store::RunReader::open(settings.db_b));
  const std::vector<report::ChosenRun> a = choose(*reader_a, settings.a);
  const std::vector<report::ChosenRun> b = choose(*reader_b, settings.b);
  for (const auto* side : {&a, &b}) {
    MACAW_TRY_ASSIGN(const std::optional<store::RunRow> invalid, find_invalid(*side));
    if (invalid && !args.accept_invalid) {
      return fail(fmt::format("run {} is INVALID ({}): its times cannot be compared "
                              "(--accept-invalid does it all the same)",
                              invalid->run, invalid->verdict.reason),
                  kExitInvalid);
    }
  }
  MACAW_TRY_ASSIGN(const report::Comparison comparison, report::compare(a, b, settings.options));
  std::vector<report::ThresholdResult> thresholds;
  for (const report::Threshold& threshold : settings.fail_if) {
    MACAW_TRY_ASSIGN(report::ThresholdResult result, report::evaluate(threshold, comparison));
    thresholds.push_back(std::move(result));
  }
  MACAW_TRY(write_result(args.output, format_of(args, settings, comparison, thresholds)));
  int code = kExitOk;
  for (size_t k = 0; k < thresholds.size(); ++k) {
    if (thresholds[k].breached) {
      code = fail(fmt::format("--fail-if {}: {}", settings.fail_if[k].text, thresholds[k].sentence),
                  kExitThreshold);
    }
  }
  return code;
}

}  // namespace

int compare_command(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Compares two stored runs, or several on each side: what changed from A to B, with 95 % "
      "confidence intervals.",
      "replay compare");
  CompareArguments args;
  app.add_option("DB", args.db, "run database")->type_name("")->required();
  app.add_option("A", args.first, "a run of it; or another database")->type_name("");
  app.add_option("B", args.second, "another run of it")->type_name("");
  add_value(app, "--a,--run-a", args.a, "RUNS", "runs of side A, such as 3 or 3,5,7")
      ->default_str("the newest");
  add_value(app, "--b,--run-b", args.b, "RUNS", "runs of side B, such as 4 or 4,6,8")
      ->default_str("the newest");
  add_value(app, "--primary", args.primary, "STATISTIC",
            "the one that decides, uncorrected: p50, p90, p95, p99, p99.9 or mean, after "
            "\"ENDPOINT:\" of that endpoint")
      ->default_str("p99");
  add_value(app, "--clock", args.clock, "CLOCK", "response or service times")
      ->default_str("response");
  add_values(app, "--fail-if", args.fail_if, "CONDITION",
             "exit code 3 when it holds: p99>+5%, mean>+3ms, /path:p50>+10% (repeatable)");
  app.add_flag("--accept-invalid", args.accept_invalid, "compare INVALID runs as well");
  add_value(app, "--seed", args.seed, "N", "of the resampling")->default_str("1");
  add_value(app, "--format", args.format, "FORMAT", "text, json or html")->default_str("text");
  add_value(app, "-o,--output", args.output, "FILE", "write there instead of to stdout");
  app.add_flag("--no-color", args.no_color, "no colours (as with NO_COLOR)");
  app.footer(kExamples);
  if (const auto code = parse_arguments(app, arguments)) {
    return *code;
  }
  const Result<int> code = compare(args);
  return code ? *code : fail(code.error().message());
}

}  // namespace macaw::app
