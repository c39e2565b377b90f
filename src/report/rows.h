// SPDX-License-Identifier: MIT
//
// What the formats that are made of rows share: a row's time on the chosen clock, what the peers
// would call its error, and text that goes out in large pieces.
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "macaw/report/formats.h"
#include "macaw/stats/sample.h"

namespace macaw::report {

/// Response time, or service time (0 for what was never sent).
inline uint64_t latency_ns(const stats::Sample& sample, Clock clock) {
  return clock == Clock::kResponse ? sample.response_ns() : sample.service_ns();
}

/// Where the clock starts, since the start of the run: intended, or sent. With latency_ns() it ends
/// at the same time on both.
inline int64_t began_ns(const stats::Sample& sample, Clock clock) {
  return sample.intended_ns +
         (clock == Clock::kResponse ? 0 : static_cast<int64_t>(sample.sent_ns));
}

inline WallTime wall_at(const RunSummary& summary, int64_t ns) {
  return summary.run.start.started_at + Nanos(ns);
}

/// What HTTP's peers see: the answer to a gRPC call is a 200 whatever its own status says.
inline uint16_t http_status(const stats::Sample& sample) {
  const auto status = static_cast<uint16_t>(sample.status);
  return stats::is_grpc_status(status) ? 200 : status;
}

/// The rows that count: without the warm-up and what was ignored at the end.
Status for_each_counted(store::RunReader& reader, int64_t run,
                        const std::function<void(const stats::Sample&)>& visit);

/// Names for the numbers in rows.
class RowNames {
 public:
  static Result<RowNames> read(const FormatInput& input);

  const store::EndpointRow& endpoint(uint16_t number) const;
  /// Empty for a success. "503 Service Unavailable" or "UNAVAILABLE (14)" for a status; else the
  /// text that was stored for this outcome and endpoint, when there is only one, or the outcome's
  /// name.
  const std::string& error(const stats::Sample& sample);

 private:
  std::string make_error(const stats::Sample& sample) const;

  std::map<uint16_t, store::EndpointRow> endpoints_;
  /// The only text of an outcome and endpoint; nothing where there are several.
  std::map<std::pair<stats::Outcome, uint16_t>, std::optional<std::string>> texts_;
  std::map<std::tuple<stats::Outcome, uint16_t, uint16_t>, std::string> errors_;
};

/// Collects lines and hands them on in pieces of about 64 KB.
class PieceWriter {
 public:
  explicit PieceWriter(const ByteSink& sink) : sink_(sink) {}

  /// Add to this, then call next().
  std::string text;

  Status next() { return text.size() >= kPiece ? flush() : Status(); }

  Status flush();

 private:
  static constexpr size_t kPiece = 64 * 1024;

  const ByteSink& sink_;
};

}  // namespace macaw::report
