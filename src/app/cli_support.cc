// SPDX-License-Identifier: MIT
#include "cli_support.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "macaw/base/units.h"
#include "macaw/io/output_file.h"
#include "macaw/net/address.h"

namespace macaw::app {

std::string one_line(std::string_view text) {
  std::string line(text);
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) {
    line.pop_back();
  }
  std::replace_if(
      line.begin(), line.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return line;
}

int fail(std::string_view message, ExitCode code) {
  fmt::print(stderr, "replay: {}\n", one_line(message));
  return code;
}

void warn(std::string_view message) {
  fmt::print(stderr, "replay: warning: {}\n", one_line(message));
}

Result<std::string> parse_unix_socket(std::string_view text) {
  MACAW_TRY(net::Address::unix_socket(text));
  return std::string(text);
}

Result<uint16_t> parse_port(std::string_view text) {
  const Result<uint64_t> port = parse_u64(text);
  if (!port || *port > 65535) {
    return errorf("found '{}', expected a port, 0 to 65535", text);
  }
  return static_cast<uint16_t>(*port);
}

Result<bool> parse_is_json(std::string_view text) {
  if (text != "text" && text != "json") {
    return errorf("found '{}', expected text or json", text);
  }
  return text == "json";
}

Result<int64_t> parse_run_number(std::string_view text) {
  const Result<uint64_t> number = parse_u64(text);
  if (!number || *number == 0 || *number > INT64_MAX) {
    return errorf("found '{}', expected the number of a run, from 1 (`replay runs` lists them)",
                  text);
  }
  return static_cast<int64_t>(*number);
}

Result<std::vector<report::Threshold>> parse_thresholds(const std::vector<std::string>& texts) {
  std::vector<report::Threshold> thresholds;
  for (const std::string& text : texts) {
    auto threshold = report::parse_threshold(text);
    if (!threshold) {
      return errorf("--fail-if: {}", threshold.error().message());
    }
    thresholds.push_back(std::move(threshold).value());
  }
  return thresholds;
}

int judge_thresholds(const std::vector<report::Threshold>& thresholds,
                     const report::RunSummary& summary) {
  int code = kExitOk;
  for (const report::Threshold& threshold : thresholds) {
    const auto judged = report::evaluate(threshold, summary);
    if (!judged) {
      code = std::max(
          code, fail(fmt::format("--fail-if {}: {}", threshold.text, judged.error().message())));
    } else if (judged->breached) {
      code =
          fail(fmt::format("--fail-if {}: {}", threshold.text, judged->sentence), kExitThreshold);
    }
  }
  return code;
}

Status write_result(const std::optional<std::string>& file, std::string_view text) {
  MACAW_TRY_ASSIGN(io::OutputFile output, io::OutputFile::create(file.value_or("-")));
  MACAW_TRY(output.write(text));
  return output.commit();
}

report::TextStyle style_for(int descriptor, bool no_color) {
  report::TextStyle style;
  const auto environment = [](const char* name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
    const char* value = std::getenv(name);
    return std::string_view(value == nullptr ? "" : value);
  };
  style.colour = !no_color && ::isatty(descriptor) == 1 && environment("NO_COLOR").empty() &&
                 environment("TERM") != "dumb";
  if (const uint32_t columns = terminal_columns(descriptor); columns > 0) {
    style.width = columns;
  }
  return style;
}

uint32_t terminal_columns(int descriptor) {
  winsize size{};
  if (::isatty(descriptor) != 1) {
    return 0;
  }
  const bool known = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

void ignore_signals(std::initializer_list<int> signals) {
  struct sigaction action {};

  action.sa_handler = SIG_IGN;
  for (const int signal : signals) {
    static_cast<void>(::sigaction(signal, &action, nullptr));
  }
}

}  // namespace macaw::app
