// SPDX-License-Identifier: MIT
//
// From stored runs to blocks of durations: which rows are compared, in which block each lies, and
// whether two runs are pairs. Thread: any, on its own RunReaders.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "macaw/report/comparison.h"

namespace macaw::report {

/// One number for each endpoint of all compared runs, found by method and name; 0 is all.
class EndpointSlots {
 public:
  static constexpr size_t kNone = SIZE_MAX;
  static constexpr size_t kSlotsMax = 100;

  /// REQUIRES: choose() has not been called.
  void add(const std::vector<store::EndpointTotals>& totals);
  /// Keeps those with most requests, and the one called `wanted`.
  void choose(const std::string& wanted);

  size_t count() const { return names_.size(); }

  uint64_t left_out() const { return left_out_; }

  const std::string& method(size_t slot) const { return names_[slot].first; }

  const std::string& name(size_t slot) const { return names_[slot].second; }

  /// kNone: left out.
  size_t slot_of(const store::EndpointRow& endpoint) const;
  std::optional<size_t> named(const std::string& name) const;

 private:
  using Key = std::pair<std::string, std::string>;

  std::map<Key, uint64_t> requests_;
  std::map<Key, size_t> slots_;
  std::vector<Key> names_;
  uint64_t left_out_ = 0;
};

/// A request, as far as it is compared.
struct TimedRow {
  uint64_t index = 0;
  uint64_t time_ns = 0;
  int64_t intended_ns = 0;
  uint32_t line = 0;
  uint16_t endpoint = 0;  ///< in its own run
  bool success = true;
};

/// A run with what is read of it once.
struct OpenedRun {
  store::RunReader* reader = nullptr;
  store::RunRow run;
  std::vector<store::EndpointTotals> totals;
  std::vector<size_t> slots;  ///< by number of endpoint in this run

  uint64_t requests() const;

  size_t slot(uint16_t endpoint) const {
    return endpoint < slots.size() ? slots[endpoint] : EndpointSlots::kNone;
  }
};

Result<OpenedRun> open_run(const ChosenRun& chosen);
/// In order of index.
Result<std::vector<TimedRow>> read_rows(const OpenedRun& run, Clock clock);

/// Durations by endpoint slot, and what of the run they cover.
struct Blocks {
  std::vector<stats::BlockedSample> slots;
  stats::Distribution times;  ///< of all
  Nanos block_length{};
};

/// Blocks of equal time, of rows with an index below `limit`.
Blocks block_by_time(const OpenedRun& run, const std::vector<TimedRow>& rows, size_t slot_count,
                     size_t blocks, uint64_t limit);
/// The blocks of `guide`, index by index: the same requests lie in the same block.
Blocks block_like(const OpenedRun& run, const std::vector<TimedRow>& rows,
                  const std::vector<TimedRow>& guide, size_t slot_count, size_t blocks,
                  uint64_t limit);
/// From the stored intervals that begin before `end_s`, without rows.
Result<Blocks> block_intervals(const OpenedRun& run, const EndpointSlots& slots, Clock clock,
                               size_t blocks, uint64_t end_s);
/// The finest stored resolution that leaves at most so many intervals.
uint32_t resolution_for(uint64_t seconds, uint64_t intervals_max);
/// Seconds until the last interval has ended.
Result<uint64_t> seconds_of(const OpenedRun& run);

/// Why two runs cannot be pairs by what is known without rows; empty: they can.
std::string unpaired_reason(const store::RunStart& a, const store::RunStart& b, bool by_rows);
/// The same by their rows.
std::string unpaired_rows_reason(const std::vector<TimedRow>& a, const std::vector<TimedRow>& b);

/// Paired differences by line of the file, from any number of pairs of runs.
class RecordPairs {
 public:
  void add(const OpenedRun& a, const std::vector<TimedRow>& rows_a,
           const std::vector<TimedRow>& rows_b);
  /// Fills what a Comparison says of records.
  void report(const EndpointSlots& slots, Comparison& to);

 private:
  struct Pair {
    uint32_t line = 0;
    uint32_t slot = 0;
    double a_ns = 0;
    double b_ns = 0;
  };

  std::vector<Pair> pairs_;
};

}  // namespace macaw::report
