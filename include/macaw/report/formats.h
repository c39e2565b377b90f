// SPDX-License-Identifier: MIT
//
// Every format in which a stored run leaves Macaw: ours, and those of the peers, byte for byte as
// they write them, so that their readers take our files. What each of them means, which clock it
// shows and what has no counterpart: src/report/FORMATS.md. A format knows neither files nor
// options of a command line: it gets what was read, and a place to put bytes.
// Thread: any, on its own RunReader.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/report/summary.h"
#include "macaw/report/threshold.h"
#include "macaw/store/run_reader.h"

namespace macaw::report {

/// Which of the two clocks the formats show that have room for only one.
enum class Clock : uint8_t { kResponse, kService };
enum class CsvTable : uint8_t { kRequests, kSeconds, kEndpoints };

struct FormatOptions {
  Clock clock = Clock::kResponse;
  CsvTable table = CsvTable::kRequests;
  /// Percentiles rounded as Locust does: 1 ms below 100 ms, then two significant digits.
  bool locust_rounding = false;
  std::vector<Threshold> fail_if;  ///< the test cases of JUnit
  TextStyle style;
};

/// A run that is about to be written. All three outlive the call.
struct FormatInput {
  store::RunReader* reader = nullptr;
  const RunSummary* summary = nullptr;
  const FormatOptions* options = nullptr;
};

/// Takes the next bytes; an error ends the report.
using ByteSink = std::function<Status(std::string_view)>;

/// One file of a format.
struct FormatFile {
  std::string_view suffix;  ///< behind the prefix, when a format writes several
  Status (*write)(const FormatInput& input, const ByteSink& sink);
};

struct Format {
  std::string_view name;
  std::string_view what;  ///< half a line for people
  /// Made of the rows: needs the row of every request, so not for runs that kept only some
  /// (`--rows`).
  bool needs_rows = false;
  /// Has room for one clock only, and shows the one of the options.
  bool one_clock = false;
  std::span<const FormatFile> files;  ///< one, or several with a prefix

  bool single() const { return files.size() == 1; }
};

/// In the order in which a person should read them.
std::span<const Format> formats();
/// Error: lists the names.
Result<const Format*> find_format(std::string_view name);
/// "requests", "seconds", "endpoints"
Result<CsvTable> parse_csv_table(std::string_view text);
/// "response", "service"
Result<Clock> parse_clock(std::string_view text);
/// "none", "locust": true for the second.
Result<bool> parse_rounding(std::string_view text);

/// Whether the run has what the format needs.
Status check_format(const Format& format, const RunSummary& summary);

}  // namespace macaw::report
