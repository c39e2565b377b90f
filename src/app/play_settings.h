// SPDX-License-Identifier: MIT
//
// What the arguments of the main job mean: every value parsed, every combination checked, before a
// byte of the replay file is read. Reads only what --data names. Thread: main.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "abort_rule.h"
#include "macaw/base/result.h"
#include "macaw/replay/engine/options.h"
#include "macaw/replay/file/reader.h"
#include "macaw/report/threshold.h"
#include "macaw/store/run_record.h"
#include "play_arguments.h"
#include "token_source.h"

namespace macaw::app {

/// How the built-in stub is started: the texts, checked, as they go to `replay stub`.
struct StubSettings {
  std::optional<std::string> preset;
  std::vector<std::string> latency;
  std::optional<std::string> errors;
  uint64_t seed = 1;
};

struct PlaySettings {
  replay::RunOptions run;
  /// --target stub.
  std::optional<StubSettings> stub;
  /// A first pass over the file; not possible for stdin and pipes.
  bool survey = true;
  std::optional<TokenSource> token;
  bool probe = true;
  /// Tell what would be played, and play nothing.
  bool dry_run = false;

  std::vector<report::Threshold> fail_if;
  std::optional<AbortRule> abort_if;

  std::string db = "macaw.sqlite";
  std::string label;
  store::RowPolicy rows;
  bool json = false;
  std::optional<std::string> output;
  bool quiet = false;
  bool no_color = false;

  bool ui = true;
  std::string ui_host = "127.0.0.1";
  uint16_t ui_port = 9994;
};

Result<PlaySettings> make_play_settings(const PlayArguments& arguments);

/// The schedule's law for the start line and the database: "constant 100/s", "max", "recorded".
std::string describe_schedule(const replay::Timing& timing);

// Parsers of single options, for the above and its tests.

/// "2", "0.5", "2x", "200%": as an exact fraction, above 0.
Result<replay::Speed> parse_speed(std::string_view text);
/// "HOST1:PORT1:HOST2:PORT2", brackets around IPv6.
Result<replay::ConnectTo> parse_connect_to(std::string_view text);
/// A word such as PATCH.
Result<std::string> parse_method(std::string_view text);
/// "Name: value"
Result<replay::Header> parse_header(std::string_view text);
/// "65536", "64k", "1m" (k = 1,024, m = k * k): 1 to 64m bytes
Result<size_t> parse_body_size(std::string_view text);
/// "all", "errors", "sample:100"
Result<store::RowPolicy> parse_rows(std::string_view text);

}  // namespace macaw::app
