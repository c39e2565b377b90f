// SPDX-License-Identifier: MIT
//
// The arrival process: nominal time of request 0, 1, 2, ... Uniform arrivals are t_i = L^-1(i), so
// t_0 = 0 for a constant rate; Poisson arrivals are t_i = L^-1(E_0 + ... + E_i) with E_k
// exponential of mean 1, a pure function of the seed and k, summed exactly in fixed point. Pure: no
// clock. Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>

#include "macaw/base/time.h"
#include "macaw/replay/schedule/rate_profile.h"

namespace macaw::replay {

enum class ArrivalProcess : uint8_t { kConstant, kPoisson };

class Arrivals {
 public:
  Arrivals(RateProfile profile, ArrivalProcess process, uint64_t seed);

  /// Nominal time of the next request; never goes backwards.
  Nanos next();

  /// Index of the request whose time next() will return.
  uint64_t index() const { return index_; }

 private:
  RateProfile profile_;
  ArrivalProcess process_;
  uint64_t seed_;
  uint64_t index_ = 0;
  RequestCount sum_;
};

/// The E of request k: exponential with mean 1, as fixed point; the same on every machine.
RequestCount exponential_at(uint64_t seed, uint64_t k);

/// The number of requests with nominal time < `span` (constant arrivals; for Poisson, of this
/// seed's sequence).
uint64_t count_arrivals(const RateProfile& profile, ArrivalProcess process, uint64_t seed,
                        Nanos span);

}  // namespace macaw::replay
