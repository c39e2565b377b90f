// SPDX-License-Identifier: MIT
//
// Sums up samples: totals per endpoint and in total, and one-second intervals with their coarser levels. The store's drain feeds it live, `replay verify` feeds it the
// stored rows again; both must agree to the last bit. Pure: no clock, no database.
// A sample belongs to the interval of its intended time; its completion is also counted in the interval of its done time.
// Thread: one object belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "macaw/stats/distribution.h"
#include "macaw/stats/sample.h"

namespace macaw::stats {

struct Aggregate {
  std::array<uint64_t, kOutcomes> outcomes{};
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t resent = 0;
  uint64_t completed = 0;  ///< intervals only: answers whose done time lies in it
  Distribution response;
  Distribution service;
  Distribution response_without_lag;  ///< done - ready: what it would have been without our own lateness
  Histogram lag;                      ///< ready - intended, all requests
  Histogram connection_wait;          ///< sent - ready, all requests

  void add(const Sample& sample);
  void merge(const Aggregate& other);
  uint64_t requests() const;
  uint64_t errors() const;  ///< everything but ok
};

/// Interval lengths in seconds.
inline constexpr std::array<uint32_t, 4> kResolutions = {1, 10, 60, 600};

struct IntervalKey {
  uint32_t resolution = 1;
  uint64_t start_s = 0;   ///< since the start of the run, a multiple of resolution
  uint16_t endpoint = 0;  ///< 0 = all
  auto operator<=>(const IntervalKey&) const = default;
};

class RunAggregator {
 public:
  /// Late samples may come for an interval that was handed out and forgotten long ago (an overdriven run): `reload` gives it back.
  using Reload = std::function<std::unique_ptr<Aggregate>(const IntervalKey&)>;

  void add(const Sample& sample);

  /// Endpoint 0 is the total. Endpoints in ascending order.
  const std::map<uint16_t, Aggregate>& totals() const { return totals_; }

  /// Hands out every interval that changed since the last call, and forgets those that ended more than `keep_s` seconds before `now_s`.
  void take_changed(uint64_t now_s, uint64_t keep_s,
                    const std::function<void(const IntervalKey&, const Aggregate&)>& visit);
  void set_reload(Reload reload) { reload_ = std::move(reload); }

 private:
  struct Open {
    Aggregate aggregate;
    bool changed = false;
  };
  Open& open(const IntervalKey& key);

  std::map<uint16_t, Aggregate> totals_;
  std::map<IntervalKey, Open> open_;
  Reload reload_;
};

}  // namespace macaw::stats
