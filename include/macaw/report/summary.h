// SPDX-License-Identifier: MIT
//
// A stored run as text and as JSON: what the console prints at the end, what `replay report` prints
// later. Pure functions of what was stored.
// Thread: any, on its own RunReader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/stats/fidelity.h"
#include "macaw/store/run_reader.h"

namespace macaw::report {

struct TextStyle {
  bool colour = false;
  uint32_t width = 100;
};

/// Everything that a summary shows, read once.
struct RunSummary {
  store::RunRow run;
  std::string database;
  std::vector<store::EndpointTotals> totals;  ///< all first
  std::vector<store::EventRow> errors;        ///< an example of each distinct error
  std::vector<store::EventRow> events;        ///< the other events
  std::vector<store::UnsentRow> unsent;
  stats::ConnectionBook connections;  ///< those that came up, by kind
  stats::StreamBook streams;          ///< streamed answers, by endpoint
  /// Of a run over recorded times that has ended, from its rows; nothing where not all are stored,
  /// or where there are too many to be read for a summary.
  std::optional<stats::Fidelity> fidelity;
  /// Sent requests per second of the time in which they went out; 0 when nothing was sent.
  double achieved_rps() const;
};

Result<RunSummary> read_summary(store::RunReader& reader, int64_t run);

/// Verdict first; target against achieved; a table per endpoint and in total on both clocks;
/// outcomes and errors with examples; the conservation line; database and run number. Ends with a
/// newline. Percentiles that the number of samples does not support are dim, or marked with "~".
std::string format_text(const RunSummary& summary, const TextStyle& style);
/// The same as one JSON object and a newline; fields and units: src/report/JSON.md.
std::string format_json(const RunSummary& summary);
/// `replay runs`: a table, newest last.
std::string format_run_list(const std::vector<store::RunRow>& runs, const TextStyle& style);
std::string format_run_list_json(const std::vector<store::RunRow>& runs);

/// The live line of one second: "12 s of 60 s  100/s of 100/s  3 in flight  0 errors  p50 1.20 ms
/// p99 4.50 ms  lag p99 60.0 us". Empty when nothing is stored yet. No newline at the end.
struct ProgressInput {
  const store::RunRow* run = nullptr;
  uint64_t second = 0;                           ///< the last complete one
  const store::IntervalRow* interval = nullptr;  ///< null: no requests in it
  std::vector<store::HealthRow> health;          ///< of that second, one per worker
  uint64_t errors_so_far = 0;
  double target_rps = 0;  ///< in that second; 0: no target ("max")
  Nanos planned_end{};    ///< of the run as things stand; 0: as it was planned
};

std::string format_progress(const ProgressInput& input, const TextStyle& style);

}  // namespace macaw::report
