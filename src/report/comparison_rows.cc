// SPDX-License-Identifier: MIT
//
// Reads rows and intervals into blocks.
#include "comparison_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "macaw/base/check.h"
#include "macaw/base/units.h"
#include "rows.h"

namespace macaw::report {

namespace {

uint64_t failure_ns(const OpenedRun& run) {
  return static_cast<uint64_t>(std::max<int64_t>(run.run.start.timeout.count(), 0));
}

Blocks empty_blocks(const OpenedRun& run, size_t slot_count, size_t blocks) {
  Blocks made;
  made.slots.assign(slot_count, stats::BlockedSample(blocks, failure_ns(run)));
  return made;
}

void put(Blocks& to, const OpenedRun& run, const TimedRow& row, size_t block) {
  to.times.add(row.time_ns, row.success);
  to.slots.front().add(block, row.time_ns, row.success);
  const size_t slot = run.slot(row.endpoint);
  if (slot != EndpointSlots::kNone && slot != 0) {
    to.slots[slot].add(block, row.time_ns, row.success);
  }
}

void finish(Blocks& of) {
  for (stats::BlockedSample& slot : of.slots) {
    slot.finish();
  }
}

/// Blocks of equal length over the intended times of rows with an index below `limit`.
class TimeGrid {
 public:
  TimeGrid(const std::vector<TimedRow>& rows, size_t blocks, uint64_t limit) : blocks_(blocks) {
    for (const TimedRow& row : rows) {
      if (row.index < limit) {
        first_ns_ = std::min(first_ns_, row.intended_ns);
        last_ns_ = std::max(last_ns_, row.intended_ns);
      }
    }
  }

  size_t block(const TimedRow& row) const {
    const double share = static_cast<double>(row.intended_ns - first_ns_) / length_ns();
    return std::min(blocks_ - 1, static_cast<size_t>(share * static_cast<double>(blocks_)));
  }

  Nanos block_length() const {
    return Nanos(first_ns_ > last_ns_
                     ? 0
                     : static_cast<int64_t>(length_ns()) / static_cast<int64_t>(blocks_));
  }

 private:
  double length_ns() const { return static_cast<double>(last_ns_ - first_ns_ + 1); }

  size_t blocks_;
  int64_t first_ns_ = std::numeric_limits<int64_t>::max();
  int64_t last_ns_ = std::numeric_limits<int64_t>::min();
};

}  // namespace

uint32_t resolution_for(uint64_t seconds, uint64_t intervals_max) {
  for (const uint32_t resolution : stats::kResolutions) {
    if (seconds <= intervals_max * resolution) {
      return resolution;
    }
  }
  return stats::kResolutions.back();
}

uint64_t OpenedRun::requests() const {
  return totals.empty() ? 0 : totals.front().totals.requests();
}

void EndpointSlots::add(const std::vector<store::EndpointTotals>& totals) {
  for (const store::EndpointTotals& row : totals) {
    if (row.endpoint.endpoint != 0) {
      requests_[{row.endpoint.method, row.endpoint.path}] += row.totals.requests();
    }
  }
}

void EndpointSlots::choose(const std::string& wanted) {
  std::vector<std::pair<Key, uint64_t>> by_requests(requests_.begin(), requests_.end());
  std::stable_sort(by_requests.begin(), by_requests.end(), [&wanted](const auto& x, const auto& y) {
    const bool x_first = !wanted.empty() && x.first.second == wanted;
    const bool y_first = !wanted.empty() && y.first.second == wanted;
    return x_first != y_first ? x_first : x.second > y.second;
  });
  if (by_requests.size() > kSlotsMax) {
    left_out_ = by_requests.size() - kSlotsMax;
    by_requests.resize(kSlotsMax);
  }
  std::stable_sort(by_requests.begin(), by_requests.end(),
                   [](const auto& x, const auto& y) { return x.second > y.second; });
  names_ = {{"", "all"}};
  for (const auto& [key, requests] : by_requests) {
    slots_[key] = names_.size();
    names_.push_back(key);
  }
}

size_t EndpointSlots::slot_of(const store::EndpointRow& endpoint) const {
  const auto found = slots_.find({endpoint.method, endpoint.path});
  return found == slots_.end() ? kNone : found->second;
}

std::optional<size_t> EndpointSlots::named(const std::string& name) const {
  for (size_t slot = 1; slot < names_.size(); ++slot) {
    if (names_[slot].second == name) {
      return slot;
    }
  }
  return std::nullopt;
}

Result<OpenedRun> open_run(const ChosenRun& chosen) {
  OpenedRun opened;
  opened.reader = chosen.reader;
  MACAW_TRY_ASSIGN(opened.run, chosen.reader->run(chosen.run));
  if (opened.run.state == store::RunState::kRunning) {
    return errorf("{}: run {} is still being played", chosen.reader->path(), opened.run.run);
  }
  MACAW_TRY_ASSIGN(opened.totals, chosen.reader->totals(opened.run.run));
  return opened;
}

Result<std::vector<TimedRow>> read_rows(const OpenedRun& run, Clock clock) {
  std::vector<TimedRow> rows;
  rows.reserve(run.requests());
  MACAW_TRY(for_each_counted(*run.reader, run.run.run, [&](const stats::Sample& sample) {
    rows.push_back({sample.index, latency_ns(sample, clock), sample.intended_ns, sample.line,
                    static_cast<uint16_t>(sample.endpoint), stats::is_success(sample.outcome)});
  }));
  return rows;
}

Blocks block_by_time(const OpenedRun& run, const std::vector<TimedRow>& rows, size_t slot_count,
                     size_t blocks, uint64_t limit) {
  Blocks made = empty_blocks(run, slot_count, blocks);
  const TimeGrid grid(rows, blocks, limit);
  made.block_length = grid.block_length();
  for (const TimedRow& row : rows) {
    if (row.index < limit) {
      put(made, run, row, grid.block(row));
    }
  }
  finish(made);
  return made;
}

Blocks block_like(const OpenedRun& run, const std::vector<TimedRow>& rows,
                  const std::vector<TimedRow>& guide, size_t slot_count, size_t blocks,
                  uint64_t limit) {
  const TimeGrid grid(guide, blocks, limit);
  std::vector<uint64_t> first_index(blocks, limit);  // of each block
  for (const TimedRow& row : guide) {
    if (row.index < limit) {
      uint64_t& first = first_index[grid.block(row)];
      first = std::min(first, row.index);
    }
  }
  first_index.front() = 0;
  for (size_t k = blocks - 1; k > 0; --k) {
    first_index[k - 1] = std::min(first_index[k - 1], first_index[k]);
  }
  Blocks made = empty_blocks(run, slot_count, blocks);
  made.block_length = grid.block_length();
  for (const TimedRow& row : rows) {
    if (row.index < limit) {
      const auto next = std::upper_bound(first_index.begin(), first_index.end(), row.index);
      put(made, run, row, static_cast<size_t>(next - first_index.begin()) - 1);
    }
  }
  finish(made);
  return made;
}

Result<uint64_t> seconds_of(const OpenedRun& run) {
  uint64_t seconds = 0;
  const uint32_t coarse = stats::kResolutions.back();
  MACAW_TRY_ASSIGN(const auto long_ones,
                   run.reader->intervals(run.run.run, coarse, 0, 0, UINT64_MAX));
  const uint64_t from = long_ones.empty() ? 0 : long_ones.back().key.start_s;
  MACAW_TRY_ASSIGN(const auto last, run.reader->intervals(run.run.run, 1, 0, from, UINT64_MAX));
  for (const store::IntervalRow& row : last) {
    if (row.aggregate.requests() > 0) {
      seconds = row.key.start_s + 1;
    }
  }
  return seconds;
}

Result<Blocks> block_intervals(const OpenedRun& run, const EndpointSlots& slots, Clock clock,
                               size_t blocks, uint64_t end_s) {
  Blocks made = empty_blocks(run, slots.count(), blocks);
  const uint32_t resolution = resolution_for(end_s, 3600);
  // Whole intervals only: the last block may be a little longer or shorter than the others.
  const uint64_t count = std::max<uint64_t>(1, (end_s + resolution - 1) / resolution);
  made.block_length = from_seconds(static_cast<int64_t>(end_s)) / static_cast<int64_t>(blocks);
  for (const store::EndpointTotals& totals : run.totals) {
    const uint16_t number = totals.endpoint.endpoint;
    const size_t slot = number == 0 ? 0 : run.slot(number);
    if (slot == EndpointSlots::kNone) {
      continue;
    }
    MACAW_TRY_ASSIGN(const auto rows,
                     run.reader->intervals(run.run.run, resolution, number, 0, end_s));
    for (const store::IntervalRow& row : rows) {
      const auto block = static_cast<size_t>(row.key.start_s / resolution * blocks / count);
      const auto& values =
          clock == Clock::kService ? row.aggregate.service : row.aggregate.response;
      made.slots[slot].add(std::min(block, blocks - 1), values);
      if (slot == 0) {
        made.times.merge(values);
      }
    }
  }
  finish(made);
  return made;
}

std::string unpaired_reason(const store::RunStart& a, const store::RunStart& b, bool by_rows) {
  if (a.file_sha256.empty() || b.file_sha256.empty()) {
    return "the hash of a file is not known (stdin, or --no-check)";
  }
  if (a.file_sha256 != b.file_sha256) {
    return "the replay files differ";
  }
  if (!by_rows && (a.profile != b.profile || a.arrivals != b.arrivals || a.seed != b.seed)) {
    return "the plans differ, and without a row for each request records cannot be paired";
  }
  return {};
}

std::string unpaired_rows_reason(const std::vector<TimedRow>& a, const std::vector<TimedRow>& b) {
  auto at_b = b.begin();
  for (const TimedRow& row : a) {
    while (at_b != b.end() && at_b->index < row.index) {
      ++at_b;
    }
    if (at_b != b.end() && at_b->index == row.index && at_b->line != row.line) {
      return fmt::format("the same file, but request {} is line {} in A and line {} in B",
                         format_count(row.index), format_count(row.line), format_count(at_b->line));
    }
  }
  return {};
}

void RecordPairs::add(const OpenedRun& a, const std::vector<TimedRow>& rows_a,
                      const std::vector<TimedRow>& rows_b) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  auto at_b = rows_b.begin();
  for (const TimedRow& row : rows_a) {
    while (at_b != rows_b.end() && at_b->index < row.index) {
      ++at_b;
    }
    if (at_b != rows_b.end() && at_b->index == row.index) {
      const size_t slot = a.slot(row.endpoint);
      pairs_.push_back({row.line, static_cast<uint32_t>(slot == EndpointSlots::kNone ? 0 : slot),
                        row.success ? static_cast<double>(row.time_ns) : kInfinity,
                        at_b->success ? static_cast<double>(at_b->time_ns) : kInfinity});
    }
  }
}

namespace {

double median_of(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  return values[(values.size() - 1) / 2];
}

}  // namespace

void RecordPairs::report(const EndpointSlots& slots, Comparison& to) {
  std::stable_sort(pairs_.begin(), pairs_.end(),
                   [](const Pair& x, const Pair& y) { return x.line < y.line; });
  std::vector<MovedRecord> records;
  std::vector<double> a;
  std::vector<double> b;
  std::vector<double> differences;
  for (auto from = pairs_.begin(); from != pairs_.end();) {
    const auto end = std::find_if(from, pairs_.end(),
                                  [&from](const Pair& pair) { return pair.line != from->line; });
    a.clear();
    b.clear();
    differences.clear();
    for (auto pair = from; pair != end; ++pair) {
      a.push_back(pair->a_ns);
      b.push_back(pair->b_ns);
      const bool both_fail = std::isinf(pair->a_ns) && std::isinf(pair->b_ns);
      differences.push_back(both_fail ? 0 : pair->b_ns - pair->a_ns);
    }
    records.push_back({from->line, from->slot == 0 ? std::string() : slots.name(from->slot),
                       differences.size(), median_of(a), median_of(b), median_of(differences)});
    from = end;
  }
  // One pair says little; three leave a median that one slow moment does not decide.
  constexpr uint64_t kPairsWanted = 3;
  const auto is_solid = [](const MovedRecord& record) { return record.pairs >= kPairsWanted; };
  if (std::any_of(records.begin(), records.end(), is_solid)) {
    std::erase_if(records, [&is_solid](const MovedRecord& record) { return !is_solid(record); });
  }
  differences.clear();
  for (const MovedRecord& record : records) {
    differences.push_back(std::fabs(record.difference_ns));
  }
  to.lines_compared = records.size();
  to.usual_move_ns = differences.empty() ? 0 : median_of(differences);
  std::erase_if(records, [](const MovedRecord& record) { return record.difference_ns == 0; });
  const size_t kept = std::min(records.size(), kMovedMax);
  std::partial_sort(records.begin(), records.begin() + static_cast<ptrdiff_t>(kept), records.end(),
                    [](const MovedRecord& x, const MovedRecord& y) {
                      const double x_size = std::fabs(x.difference_ns);
                      const double y_size = std::fabs(y.difference_ns);
                      return x_size != y_size ? x_size > y_size : x.line < y.line;
                    });
  records.resize(kept);
  to.moved_records = std::move(records);
}

}  // namespace macaw::report
