// SPDX-License-Identifier: MIT
//
// Puts requests with wall times into the order of time, and their times on an axis that begins at
// 0. Private to generators. Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/replay/file/record.h"

namespace macaw::generators {

struct TimeLineSettings {
  bool spread = false;
  std::optional<Nanos> gap_max;
  std::optional<Nanos> window;
};

class TimeLine {
 public:
  using Emit = std::function<Status(replay::Record&)>;

  TimeLine(TimeLineSettings settings, Emit emit) : settings_(settings), emit_(std::move(emit)) {}

  /// False when `time` is before what has been emitted already: only with a window.
  Result<bool> add(WallTime time, replay::Record record);
  /// Emits what is left.
  Status finish();

  /// Requests that came after one of a later time, and by how much at most.
  uint64_t backward() const { return backward_; }

  Nanos furthest_back() const { return furthest_back_; }

 private:
  struct Waiting {
    WallTime time;
    uint64_t order = 0;  // equal times stay as they came
    replay::Record record;
  };

  struct Later {
    bool operator()(const Waiting& a, const Waiting& b) const {
      return a.time != b.time ? a.time > b.time : a.order > b.order;
    }
  };

  Status release_first();
  Status release_group(Nanos room);

  TimeLineSettings settings_;
  Emit emit_;
  std::vector<Waiting> heap_;  // the earliest in front
  uint64_t added_ = 0;
  WallTime newest_{};
  uint64_t backward_ = 0;
  Nanos furthest_back_{0};
  std::optional<WallTime> released_;   // the time of the group, or of what was released last
  std::vector<replay::Record> group_;  // of one time
  Nanos axis_{0};                      // where released_ lies
};

}  // namespace macaw::generators
