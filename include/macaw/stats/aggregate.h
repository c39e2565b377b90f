// SPDX-License-Identifier: MIT
//
// Sums up samples: totals per endpoint and in total, and one-second intervals with their coarser
// levels. The store's drain feeds it live, `replay verify` feeds it the stored rows again; both
// must agree to the last bit, so all sums are integers. Pure: no clock, no database. A sample
// belongs to the interval of its intended time; an answer's completion is also counted in the
// interval of its done time. Thread: one object belongs to one thread.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "macaw/stats/distribution.h"
#include "macaw/stats/sample.h"

namespace macaw::stats {

/// What an answer said, and what we made of it. Ordered by status.
struct StatusKey {
  uint16_t status = 0;  ///< 0: no answer
  Outcome outcome = Outcome::kOk;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the compiler's own 0 for ours
  auto operator<=>(const StatusKey&) const = default;
};

struct Aggregate {
  std::array<uint64_t, kOutcomes> outcomes{};
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t resent = 0;
  /// Intervals only: answers (right or wrong, is_answer()) whose done time lies in it, whenever
  /// they were intended. An interval may have completions and no requests.
  uint64_t completed = 0;
  Distribution response;
  Distribution service;
  // What is below is filled in totals only: intervals and their rows go without.
  Distribution response_without_lag;  ///< done - ready: without our own lateness
  Histogram lag;                      ///< ready - intended, all requests
  Histogram connection_wait;          ///< sent - ready, all requests
  std::map<StatusKey, uint64_t> statuses;

  /// As a total: everything but `completed`.
  void add(const Sample& sample);
  /// As an interval: outcomes, bytes, response and service.
  void add_to_interval(const Sample& sample);
  void merge(const Aggregate& other);
  uint64_t requests() const;
  uint64_t errors() const;  ///< everything but ok

  bool operator==(const Aggregate&) const = default;
};

/// Requests that are in no total: of the warm-up, and those that were ignored at the end.
struct LeftOut {
  uint64_t requests = 0;
  uint64_t sent = 0;  ///< at least one byte written

  bool operator==(const LeftOut&) const = default;
};

/// Interval lengths in seconds; each divides the next.
inline constexpr std::array<uint32_t, 4> kResolutions = {1, 10, 60, 600};

struct IntervalKey {
  uint32_t resolution = 1;
  uint64_t start_s = 0;   ///< since the start of the run, a multiple of resolution
  uint16_t endpoint = 0;  ///< 0 = all
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the compiler's own 0 for ours
  auto operator<=>(const IntervalKey&) const = default;
};

class RunAggregator {
 public:
  /// Late samples may come for an interval that was handed out and forgotten long ago (an
  /// overdriven run): `reload` gives it back, or nothing where it has never been.
  using Reload = std::function<std::unique_ptr<Aggregate>(const IntervalKey&)>;
  using Visit = std::function<void(const IntervalKey&, const Aggregate&)>;

  RunAggregator();
  RunAggregator(const RunAggregator&) = delete;
  RunAggregator& operator=(const RunAggregator&) = delete;

  /// What does not count (Sample::counts) enters no total; the warm-up is in the intervals.
  void add(const Sample& sample);

  const LeftOut& left_out() const { return left_out_; }

  /// Endpoint 0 is the total, there from the start. Endpoints in ascending order.
  const std::map<uint16_t, Aggregate>& totals() const { return totals_; }

  /// Hands out every interval that changed since the last call, in order of key, and forgets those
  /// that ended more than `keep_s` seconds before `now_s` and did not change.
  void take_changed(uint64_t now_s, uint64_t keep_s, const Visit& visit);
  /// Calls every interval in memory changed: what take_changed() handed out last was not kept.
  void change_all();
  /// Hands out and forgets, in order of key, every interval that ended at or before `before_s`.
  void take_ended(uint64_t before_s, const Visit& visit);

  /// Intervals in memory.
  size_t open_count() const { return open_.size(); }

  void set_reload(Reload reload) { reload_ = std::move(reload); }

 private:
  struct Open {
    Aggregate aggregate;
    bool changed = false;
  };

  using OpenMap = std::map<IntervalKey, Open>;

  // The interval of an endpoint and level that was used last: most samples follow their neighbour.
  struct Recent {
    uint64_t start_s = 0;
    OpenMap::value_type* open = nullptr;
  };

  struct Endpoint {
    Aggregate* total = nullptr;
    std::array<Recent, kResolutions.size()> recent;
  };

  Endpoint& endpoint(uint16_t number);
  Aggregate& open(uint16_t number, Endpoint& of, size_t level, uint64_t second);
  void mark_changed(OpenMap::value_type& entry);
  void add_to(uint16_t number, const Sample& sample);
  void forget_recent();

  std::map<uint16_t, Aggregate> totals_;
  LeftOut left_out_;
  OpenMap open_;
  std::vector<OpenMap::value_type*> changed_;
  std::vector<Endpoint> endpoints_;  // by number
  uint64_t forgotten_before_s_ = 0;  // intervals that ended by then may have been forgotten
  Reload reload_;
};

}  // namespace macaw::stats
