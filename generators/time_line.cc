// SPDX-License-Identifier: MIT
//
// A heap holds what may still be overtaken. What leaves it is put together in groups of one time,
// because only a whole group can be spread over its second.
#include "time_line.h"

#include <algorithm>
#include <utility>

namespace macaw::generators {

namespace {

constexpr Nanos kWholeSecond = std::chrono::seconds(1);

}  // namespace

Result<bool> TimeLine::add(WallTime time, replay::Record record) {
  if (added_ > 0 && time < newest_) {
    ++backward_;
    furthest_back_ = std::max<Nanos>(furthest_back_, newest_ - time);
  }
  if (released_ && time < *released_) {
    return false;
  }
  newest_ = added_ == 0 ? time : std::max(newest_, time);
  heap_.push_back({time, added_++, std::move(record)});
  std::push_heap(heap_.begin(), heap_.end(), Later());
  while (settings_.window && !heap_.empty() && newest_ - heap_.front().time > *settings_.window) {
    MACAW_TRY(release_first());
  }
  return true;
}

Status TimeLine::release_first() {
  std::pop_heap(heap_.begin(), heap_.end(), Later());
  Waiting first = std::move(heap_.back());
  heap_.pop_back();
  if (released_ && first.time != *released_) {
    const Nanos recorded = first.time - *released_;
    const Nanos gap = settings_.gap_max ? std::min(recorded, *settings_.gap_max) : recorded;
    MACAW_TRY(release_group(gap));
    axis_ += gap;
  }
  released_ = first.time;
  group_.push_back(std::move(first.record));
  return settings_.spread ? Status() : release_group(Nanos(0));
}

/// `room` is what lies between this time and the next one.
Status TimeLine::release_group(Nanos room) {
  const auto count = static_cast<Nanos::rep>(group_.size());
  const bool whole = released_ && released_->time_since_epoch() % kWholeSecond == Nanos(0);
  const Nanos width = settings_.spread && whole ? std::min(room, kWholeSecond) : Nanos(0);
  for (Nanos::rep k = 0; k < count; ++k) {
    replay::Record& record = group_[static_cast<size_t>(k)];
    // Divided first where the product might not fit.
    record.time = axis_ + width / count * k + width % count * k / count;
    MACAW_TRY(emit_(record));
  }
  group_.clear();
  return {};
}

Status TimeLine::finish() {
  while (!heap_.empty()) {
    MACAW_TRY(release_first());
  }
  return release_group(settings_.gap_max.value_or(kWholeSecond));
}

}  // namespace macaw::generators
