// SPDX-License-Identifier: MIT
//
// What the drain makes of the cells of connections and streams: rows as far as the row policy wants
// them, and sums of all. A stream's cell waits for the sample that follows it in its ring, because
// only that says whether the request counts. Rows and sums are handed out again and again until
// their transaction has been committed.
// Thread: the drain's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "macaw/stats/sample.h"
#include "macaw/stats/transport.h"
#include "macaw/store/run_record.h"
#include "macaw/store/run_writer.h"

namespace macaw::store {

class TransportCollector {
 public:
  TransportCollector(size_t rings, const RowPolicy& policy) : policy_(policy), waiting_(rings) {}

  void add(const stats::ConnectionCell& cell);

  void add(size_t ring, const stats::StreamCell& cell) { waiting_[ring] = cell; }

  /// Every sample of the ring.
  void add(size_t ring, const stats::Sample& sample) {
    if (waiting_[ring]) [[unlikely]] {
      take_waiting(ring, sample);
    }
  }

  /// Rows that no commit has kept yet.
  size_t row_count() const { return connections_.size() + streams_.size(); }

  /// Forgets those rows; how many they were.
  uint64_t drop_rows();

  /// Everything that has changed since the last commit. `between` as in RunWriter::add_samples().
  Status write(RunWriter& writer, const std::function<void()>& between) const;
  void committed();

 private:
  void take_waiting(size_t ring, const stats::Sample& sample);

  const RowPolicy policy_;
  std::vector<std::optional<stats::StreamCell>> waiting_;  // by ring
  uint64_t opened_ = 0;
  std::vector<ConnectionRow> connections_;
  std::vector<stats::StreamCell> streams_;
  stats::ConnectionBook connection_book_;
  stats::StreamBook stream_book_;
  std::set<stats::ConnectionKind> changed_kinds_;
  std::set<uint16_t> changed_endpoints_;
};

}  // namespace macaw::store
