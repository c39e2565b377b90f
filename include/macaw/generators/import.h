// SPDX-License-Identifier: MIT
//
// Requests of foreign files (macaw/datasets/web_requests.h) as Records: filtered, with times from
// the first one, in the order of time. What each format keeps and drops: generators/IMPORT.md.
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/datasets/web_requests.h"
#include "macaw/generators/generator.h"
#include "macaw/generators/tally.h"
#include "macaw/replay/file/record.h"

namespace macaw::generators {

/// What becomes a record's `user` (access logs).
enum class UserKey : uint8_t {
  kNone,
  kClient,  ///< the client's address
  kLogin    ///< the name it logged in with, else the address
};

/// Statuses of recorded answers: "200", "2xx", "400-499", separated by commas.
class StatusSet {
 public:
  static Result<StatusSet> parse(std::string_view text);

  /// An empty set holds everything.
  bool contains(std::optional<uint32_t> status) const;

 private:
  std::vector<std::pair<uint32_t, uint32_t>> ranges_;
};

/// Whether the text matches the pattern, in which '*' stands for any characters, or none.
bool matches_pattern(std::string_view text, std::string_view pattern);

struct ImportSettings {
  datasets::WebFormat source = datasets::WebFormat::kAccessLog;
  replay::Format format = replay::Format::kJsonLines;

  /// "host" or "host:port" for requests that name none, or an https one; empty: they become paths.
  std::string host;
  UserKey user = UserKey::kNone;
  bool cookies = false;      ///< keep them (archives)
  bool log_headers = false;  ///< Referer and User-Agent of access logs

  /// Filters; empty ones let everything pass.
  std::vector<std::string> methods;
  StatusSet statuses;
  std::vector<std::string> paths;      ///< patterns, one of which must match the path
  std::vector<std::string> not_paths;  ///< patterns, none of which may
  std::vector<std::string> hosts;      ///< "host" or "host:port"
  bool with_cached = false;            ///< also what the browser answered itself
  uint64_t records_max = UINT64_MAX;   ///< the first ones in the order of time

  bool times = true;
  /// Requests of one whole second are spread evenly over it: access logs know no finer time.
  bool spread = false;
  /// Longer gaps become this.
  std::optional<Nanos> gap_max;
  /// How far back a request may stand after a later one. Nothing: any distance; then all requests
  /// are held in memory until the end.
  std::optional<Nanos> window;
};

struct ImportReport {
  uint64_t found = 0;    ///< items of the source, usable or not
  uint64_t written = 0;  ///< records
  Tally unusable;
  Tally left_out;         ///< by filters
  Tally remarks;          ///< what was changed or lost in requests that are used
  uint64_t backward = 0;  ///< requests that stood after a later one
  Nanos furthest_back{0};
  Nanos span{0};              ///< from the first to the last time as written
  bool whole_seconds = true;  ///< no recorded time had a fraction
};

class Import {
 public:
  explicit Import(ImportSettings settings);
  ~Import();
  Import(const Import&) = delete;
  Import& operator=(const Import&) = delete;

  /// To the end of the source, or to the first error of source or sink. Every record is one that a
  /// replay::Writer of the format takes. REQUIRES: called once.
  Status run(datasets::WebRequestReader& source, const RecordSink& sink, const Reporter& reporter);

  const ImportReport& report() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::generators
