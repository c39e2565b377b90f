// SPDX-License-Identifier: MIT
//
// Where a worker's samples go. The engine does not know the store; this is the seam between them.
// Thread: one sink belongs to one worker.
#pragma once

#include "macaw/base/ring.h"
#include "macaw/stats/sample.h"

namespace macaw::replay {

class SampleSink {
 public:
  virtual ~SampleSink() = default;
  /// Never blocks. False when there is no room: the cell is lost, and the worker counts it.
  virtual bool push(const stats::Cell& cell) = 0;
};

/// Into a ring that another thread empties. The ring outlives the sink.
class RingSink final : public SampleSink {
 public:
  explicit RingSink(SpscRing<stats::Cell>& ring) : ring_(ring) {}

  bool push(const stats::Cell& cell) override { return ring_.try_push(cell); }

 private:
  SpscRing<stats::Cell>& ring_;
};

}  // namespace macaw::replay
