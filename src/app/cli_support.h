// SPDX-License-Identifier: MIT
//
// What the subcommands of `replay` share at the border to a person: exit codes, values of options,
// one-line errors, and where results go. Thread: main.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/report/summary.h"
#include "macaw/report/threshold.h"

namespace macaw::app {

enum ExitCode : int {
  kExitOk = 0,            ///< also a SUSPECT run
  kExitUsage = 1,         ///< wrong arguments or wrong input
  kExitNotStarted = 2,    ///< the run could not start, or nothing ever answered
  kExitThreshold = 3,     ///< a --fail-if was breached
  kExitInvalid = 4,       ///< the run's numbers cannot be trusted; outranks 3
  kExitInterrupted = 130  ///< ended by a signal before there was any answer
};

/// The text on one line, without control characters.
std::string one_line(std::string_view text);

/// "replay: ..." on stderr; returns `code`.
int fail(std::string_view message, ExitCode code = kExitUsage);
void warn(std::string_view message);

/// Parses the value of an option, if it was given, with one of the parsers of base/units.h and the
/// like. The error names the option.
template <typename Value, typename Parse>
Status set_option(std::string_view option, const std::optional<std::string>& text, Parse parse,
                  Value& value) {
  if (!text) {
    return {};
  }
  auto parsed = parse(*text);
  if (!parsed) {
    return errorf("{}: {}", option, parsed.error().message());
  }
  value = static_cast<Value>(std::move(parsed).value());
  return {};
}

Result<uint16_t> parse_port(std::string_view text);
/// The path of a Unix socket, which need not be there.
Result<std::string> parse_unix_socket(std::string_view text);
/// "text" or "json".
Result<bool> parse_is_json(std::string_view text);
/// A run's number, from 1.
Result<int64_t> parse_run_number(std::string_view text);

/// The conditions of --fail-if.
Result<std::vector<report::Threshold>> parse_thresholds(const std::vector<std::string>& texts);
/// Says on stderr which conditions are breached. kExitThreshold when one is, kExitUsage when one
/// cannot be judged, else kExitOk.
int judge_thresholds(const std::vector<report::Threshold>& thresholds,
                     const report::RunSummary& summary);

/// To stdout, or into a file that appears whole or not at all.
Status write_result(const std::optional<std::string>& file, std::string_view text);

/// How text is written to the descriptor: in colour on a terminal, unless NO_COLOR or --no-color.
report::TextStyle style_for(int descriptor, bool no_color);
/// Columns of the terminal; 0 when the descriptor is none.
uint32_t terminal_columns(int descriptor);

/// A broken pipe or connection (SIGPIPE), a file at its size limit (SIGXFSZ, ulimit -f): ignored,
/// each is an error of the write and not the end of the program.
void ignore_signals(std::initializer_list<int> signals);

}  // namespace macaw::app
