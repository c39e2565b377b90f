// SPDX-License-Identifier: MIT
//
// The table of formats. A new one is a line here and a file beside it.
#include "macaw/report/formats.h"

#include <array>

#include "format_files.h"

namespace macaw::report {

namespace {

Status write_text(const FormatInput& input, const ByteSink& sink) {
  return sink(format_text(*input.summary, input.options->style));
}

Status write_json(const FormatInput& input, const ByteSink& sink) {
  return sink(format_json(*input.summary));
}

template <Status (*kWrite)(const FormatInput&, const ByteSink&)>
constexpr std::array<FormatFile, 1> kOneFile = {{{"", kWrite}}};

constexpr std::array<FormatFile, 5> kLocustFiles = {{
    {"_stats.csv", write_locust_stats},
    {"_stats_history.csv", write_locust_history},
    {"_failures.csv", write_locust_failures},
    {"_exceptions.csv", write_locust_exceptions},
    {"_distribution.csv", write_locust_distribution},
}};

constexpr bool kSums = false;
constexpr bool kRows = true;
constexpr bool kBothClocks = false;
constexpr bool kOneClock = true;

constexpr std::array kFormats = {
    Format{"text", "the summary", kSums, kBothClocks, kOneFile<write_text>},
    Format{"json", "the same for programs", kSums, kBothClocks, kOneFile<write_json>},
    Format{"csv", "requests, seconds or endpoints (--table)", kSums, kBothClocks,
           kOneFile<write_csv>},
    Format{"junit", "XML for CI, each --fail-if a test case", kSums, kBothClocks,
           kOneFile<write_junit>},
    Format{"hgrm", "percentiles for HdrHistogram's plotter", kSums, kOneClock,
           kOneFile<write_hgrm>},
    Format{"vegeta", "as `vegeta report`", kRows, kOneClock, kOneFile<write_vegeta_text>},
    Format{"vegeta-json", "as `vegeta report -type=json`", kRows, kOneClock,
           kOneFile<write_vegeta_json>},
    Format{"vegeta-results", "every request, for `vegeta report` and `vegeta plot`", kRows,
           kOneClock, kOneFile<write_vegeta_results>},
    Format{"vegeta-csv", "the same as CSV", kRows, kOneClock, kOneFile<write_vegeta_csv>},
    Format{"ghz", "as `ghz -O json`", kRows, kOneClock, kOneFile<write_ghz>},
    Format{"locust", "the five files below, with -o PREFIX", kRows, kOneClock, kLocustFiles},
    Format{"locust-stats", "PREFIX_stats.csv", kRows, kOneClock, kOneFile<write_locust_stats>},
    Format{"locust-history", "PREFIX_stats_history.csv", kRows, kOneClock,
           kOneFile<write_locust_history>},
    Format{"locust-failures", "PREFIX_failures.csv", kSums, kBothClocks,
           kOneFile<write_locust_failures>},
    Format{"locust-exceptions", "PREFIX_exceptions.csv", kSums, kBothClocks,
           kOneFile<write_locust_exceptions>},
    Format{"locust-distribution", "PREFIX_distribution.csv, as Locust 0.7", kRows, kOneClock,
           kOneFile<write_locust_distribution>},
};

}  // namespace

std::span<const Format> formats() {
  return kFormats;
}

Result<const Format*> find_format(std::string_view name) {
  std::string names;
  for (const Format& format : kFormats) {
    if (format.name == name) {
      return &format;
    }
    names += names.empty() ? "" : ", ";
    names += format.name;
  }
  return errorf("found '{}', expected one of {}", name, names);
}

Result<CsvTable> parse_csv_table(std::string_view text) {
  if (text == "requests") {
    return CsvTable::kRequests;
  }
  if (text == "seconds") {
    return CsvTable::kSeconds;
  }
  if (text == "endpoints") {
    return CsvTable::kEndpoints;
  }
  return errorf("found '{}', expected requests, seconds or endpoints", text);
}

Result<Clock> parse_clock(std::string_view text) {
  if (text != "response" && text != "service") {
    return errorf("found '{}', expected response or service", text);
  }
  return text == "service" ? Clock::kService : Clock::kResponse;
}

Result<bool> parse_rounding(std::string_view text) {
  if (text != "none" && text != "locust") {
    return errorf("found '{}', expected none or locust", text);
  }
  return text == "locust";
}

Status check_format(const Format& format, const RunSummary& summary) {
  const store::RowPolicy& rows = summary.run.start.rows;
  if (format.needs_rows && rows.kind != store::RowPolicy::Kind::kAll) {
    return errorf(
        "{} takes the row of every request, and run {} was played with --rows {}; text, json, csv, "
        "junit and hgrm can show it",
        format.name, summary.run.run, rows.describe());
  }
  return {};
}

}  // namespace macaw::report
