// SPDX-License-Identifier: MIT
//
// Values and samples that several suites of this folder use.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "macaw/base/random.h"
#include "macaw/stats/sample.h"

namespace macaw::stats {

inline constexpr uint64_t kMs = 1'000'000;
inline constexpr uint64_t kSecond = 1'000'000'000;

inline std::vector<uint64_t> uniform_values(size_t n, uint64_t seed) {
  Random random(seed);
  std::vector<uint64_t> values(n);
  for (auto& value : values) {
    value = random.below(50 * kMs);
  }
  return values;
}

// Half around 1 ms, half around 1 s.
inline std::vector<uint64_t> bimodal_values(size_t n, uint64_t seed) {
  Random random(seed);
  std::vector<uint64_t> values(n);
  for (auto& value : values) {
    value = random.below(2) == 0 ? kMs + random.below(kMs / 10) : kSecond + random.below(kMs * 100);
  }
  return values;
}

// A tail so heavy that it has no variance: from 1 ms to hours.
inline std::vector<uint64_t> pareto_values(size_t n, uint64_t seed) {
  Random random(seed);
  std::vector<uint64_t> values(n);
  for (auto& value : values) {
    const double tail = std::pow(1 - random.unit(), -1 / 1.1);
    value = static_cast<uint64_t>(std::min(1e6 * tail, 1e14));
  }
  return values;
}

struct Times {
  uint64_t ready_ns = 0;
  uint64_t sent_ns = 0;
  uint64_t done_ns = 0;
};

inline Sample make_sample(uint64_t index, uint64_t intended_ns, const Times& times,
                          Outcome outcome = Outcome::kOk, uint16_t endpoint = 1) {
  Sample sample;
  sample.index = index & 0xffffffffffff;
  sample.line = static_cast<uint32_t>(index + 1);
  sample.intended_ns = static_cast<int64_t>(intended_ns);
  sample.ready_ns = times.ready_ns & 0xffffffffffff;
  sample.sent_ns = times.sent_ns & 0xffffffffffff;
  sample.first_byte_ns = times.done_ns;
  sample.done_ns = times.done_ns;
  sample.outcome = outcome;
  sample.endpoint = endpoint;
  sample.status = outcome == Outcome::kOk ? 200 : 0;
  sample.bytes_in = 300;
  sample.bytes_out = 120;
  return sample;
}

}  // namespace macaw::stats
