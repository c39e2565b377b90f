// SPDX-License-Identifier: MIT
//
// Reads replay files of both formats (URL list, JSON lines), compressed or not, or stdin. The
// format is told by the first byte that is not white space: '{' is JSON lines. Constant memory.
// Every bad line is an Error with path:line:column, what was found and what was expected.
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/replay/file/record.h"

namespace macaw::replay {

struct ReaderOptions {
  bool hash = false;
  bool any_order = false;  ///< recorded times may go backwards
  bool go_on = false;      ///< after a bad line next() goes on with the one after it
};

class Reader {
 public:
  static Result<Reader> open(std::string path, ReaderOptions options = {});
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  /// Fills `record` (all fields, capacity reused). False at the end of the file. An absolute URL
  /// must be http:// or https:// with a host; an origin-form target begins with '/'. Blank lines
  /// and '#' lines are skipped in URL lists. Recorded times must not go backwards. After an error
  /// the reader stays there.
  Result<bool> next(Record& record);

  const std::string& path() const;
  Format format() const;
  /// Known after the first next().
  const std::optional<Provenance>& provenance() const;
  /// Uncompressed bytes taken in so far; at the end of the file, all of them.
  uint64_t bytes() const;
  uint64_t bytes_on_disk_read() const;
  uint64_t bytes_on_disk() const;
  /// REQUIRES: options.hash and next() has returned false.
  std::string sha256() const;

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// What a first pass over a regular file finds out.
struct FileSurvey {
  Format format = Format::kUrlList;
  uint64_t records = 0;
  uint64_t bytes = 0;  ///< uncompressed
  std::string sha256;
  std::optional<Provenance> provenance;
  /// Least and greatest recorded time; empty when no record has one. Either all records have a time
  /// or none: a mixture is an error.
  std::optional<Nanos> first_time;
  std::optional<Nanos> last_time;

  /// Distinct authorities ("host:port") in order of appearance, at most 1,000, each with its first
  /// line. Origin-form targets have none.
  struct Authority {
    std::string host_port;  ///< http::HostPort::key()
    uint64_t line = 0;
    bool is_grpc = false;  ///< of gRPC calls; the same host may be there without, too
  };

  std::vector<Authority> authorities;
  /// No request of the file needs more room than this, in bytes: an upper bound of what a record
  /// and its body file become on the wire, templates as they stand. A body file that is not there
  /// counts as nothing.
  uint64_t largest_request = 0;
  /// The first line that names no host, 0 if all do.
  uint64_t first_line_without_host = 0;

  /// What `${csv:FILE:COLUMN}` of templates name, each with its first line, at most 1,000.
  struct CsvColumn {
    std::string file;
    std::string column;
    uint64_t line = 0;
  };

  std::vector<CsvColumn> csv_columns;
};

/// Checks every line. `progress(read, total)` in bytes on disk is called now and then; it may be
/// null.
Result<FileSurvey> survey_file(const std::string& path,
                               const std::function<void(uint64_t, uint64_t)>& progress,
                               bool any_order = false);

/// All lines that survey_file() would refuse, the first `most` of them as errors.
struct BadLines {
  std::vector<Error> errors;
  uint64_t count = 0;
};

BadLines find_bad_lines(const std::string& path, size_t most, bool any_order = false);

}  // namespace macaw::replay
