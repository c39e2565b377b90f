// SPDX-License-Identifier: MIT
//
// How long a user of a closed loop waits between two requests: think time, from the end of one to
// the start of the next, or pacing, from start to start. Pure. Thread: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "macaw/base/result.h"
#include "macaw/base/time.h"

namespace macaw::replay {

struct ThinkTime {
  enum class Law : uint8_t {
    kUniform,      ///< of `min`..`max`, both included; constant when they are equal
    kExponential,  ///< of mean `min`
  };
  Law law = Law::kUniform;
  Nanos min{};
  Nanos max{};

  /// That of a user before its request `k` (from 1): a pure function of the seed, user and k.
  Nanos draw(uint64_t seed, uint32_t user, uint64_t k) const;
  Nanos mean() const;
  /// "no think time", "think time 1 s", "think time 900 ms to 1.1 s", "exponential think time of
  /// mean 1 s"
  std::string describe() const;
  bool operator==(const ThinkTime&) const = default;
};

/// "0", "1s", "900ms..1100ms", "exponential:1s"
Result<ThinkTime> parse_think_time(std::string_view text);

}  // namespace macaw::replay
