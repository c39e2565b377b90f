// SPDX-License-Identifier: MIT
//
// The records that are to be played, in order: the replay file from --skip on, filtered by --only,
// --from and --to, sorted by time if that is wanted, started again at its end as often as wanted.
// Also gives each its recorded time on one continuous axis (0 = first record played). Thread: one
// thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/replay/engine/options.h"
#include "macaw/replay/file/reader.h"

namespace macaw::replay {

/// Whether a record is played; kEnd: nor is anything after it.
enum class Match : uint8_t { kNo, kYes, kEnd };
Match match(const Selection& selection, const Record& record);

class RecordSource {
 public:
  /// Opens the file and reads the first record to be played; with Selection::sort, all of them.
  /// Error: nothing to play.
  static Result<RecordSource> open(const Selection& selection);

  /// The first record, without taking it.
  const Record& first() const { return first_; }

  /// Takes the next record. False at the end (never, when looping).
  Result<bool> next(Record& record);

  /// Recorded time of the record that next() gave last. REQUIRES: it has one.
  Nanos recorded_time() const { return recorded_time_; }

  void set_loop(bool loop) { loop_ = loop; }

  bool loops() const { return loop_; }

  const std::string& path() const { return selection_.file; }

 private:
  explicit RecordSource(const Selection& selection) : selection_(selection) {}

  Status start_pass();
  Status read_all();
  Result<bool> read(Record& record);
  Result<bool> read_matching(Record& record);
  Error nothing_to_play() const;
  void stamp(const Record& record);

  Selection selection_;
  bool loop_ = false;
  std::optional<Reader> reader_;  // not with Selection::sort
  std::vector<Record> sorted_;    // with it
  size_t next_sorted_ = 0;
  Record first_;
  bool first_is_pending_ = true;

  // The recorded axis. A pass begins where the one before it ended, one mean gap later.
  Nanos pass_offset_{};
  std::optional<Nanos> pass_first_time_;
  Nanos pass_last_time_{};
  uint64_t pass_records_ = 0;
  Nanos recorded_time_{};
};

}  // namespace macaw::replay
