// SPDX-License-Identifier: MIT
//
// Response times of made-up runs whose true quantiles are known: a log-normal service, slow drifts
// (AR(1) in the logarithm) and bursts over it. Everything in virtual time, from a seed. Thread:
// any.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "macaw/base/portable_math.h"
#include "macaw/base/random.h"
#include "macaw/stats/comparison.h"

namespace macaw::stats {

struct Weather {
  const char* name = "independent";
  double drift_deviation = 0;  ///< of the logarithm
  double drift_s = 0;          ///< correlation time
  double bursts_per_s = 0;
  double burst_s = 0;  ///< mean length
  double burst_factor = 1;
};

struct SimulatedRun {
  size_t requests = 0;
  double seconds = 0;
  double factor = 1;  ///< on every time: the true ratio of any two quantiles
  Weather weather;
};

/// A table of the log-normal distribution with sigma 0.5, 4 ms in the middle: p99 is 12.8 ms.
inline const std::vector<double>& service_table() {
  static const std::vector<double> table = [] {
    constexpr size_t kSize = 1 << 16;
    std::vector<double> values;
    for (size_t k = 0; k < kSize; ++k) {
      const double p = (static_cast<double>(k) + 0.5) / kSize;
      values.push_back(4e6 * portable_exp(0.5 * portable_normal_quantile(p)));
    }
    return values;
  }();
  return table;
}

inline double normal(Random& random) {
  return portable_normal_quantile((static_cast<double>(random.next() >> 12) + 0.5) * 0x1.0p-52);
}

/// `shuffle`: requests get a block by chance instead of by time, as if they were independent.
inline BlockedSample simulate(const SimulatedRun& run, Random& random, bool shuffle = false) {
  constexpr double kTickS = 0.1;
  const std::vector<double>& table = service_table();
  const Weather& weather = run.weather;
  const double keep = weather.drift_s > 0 ? portable_exp(-kTickS / weather.drift_s) : 0;
  const double fresh = std::sqrt(1 - keep * keep) * weather.drift_deviation;
  const auto ticks = static_cast<size_t>(run.seconds / kTickS);
  const size_t per_tick = run.requests / ticks;
  BlockedSample sample(kTimeBlocks, 30'000'000'000);
  double drift = weather.drift_deviation > 0 ? weather.drift_deviation * normal(random) : 0;
  double burst_end_s = -1;
  for (size_t tick = 0; tick < ticks; ++tick) {
    const double now_s = static_cast<double>(tick) * kTickS;
    if (weather.drift_deviation > 0) {
      drift = keep * drift + fresh * normal(random);
    }
    if (weather.bursts_per_s > 0 && random.unit() < weather.bursts_per_s * kTickS) {
      burst_end_s = now_s - weather.burst_s * portable_ln(1 - random.unit());
    }
    const double factor =
        run.factor * portable_exp(drift) * (now_s < burst_end_s ? weather.burst_factor : 1);
    for (size_t k = 0; k < per_tick; ++k) {
      const double time_ns = table[random.next() >> 48] * factor;
      const size_t block = shuffle ? random.below(kTimeBlocks) : tick * kTimeBlocks / ticks;
      sample.add(block, static_cast<uint64_t>(time_ns), true);
    }
  }
  sample.finish();
  return sample;
}

}  // namespace macaw::stats
