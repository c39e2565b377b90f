// SPDX-License-Identifier: MIT
//
// See driver.h.

#include "macaw/replay/schedule/driver.h"

#include "macaw/base/check.h"
#include "macaw/base/random.h"
#include "wide_fixed.h"

namespace macaw::replay {

Due OpenLoopDriver::next(const Head& head, Nanos /*now*/) {
  return {.intended = clock_.intended(head.nominal), .sender = 0};
}

uint32_t OpenLoopDriver::taken(const Head& /*head*/, Nanos /*now*/) {
  return 0;
}

void OpenLoopDriver::completed(uint32_t /*sender*/, Nanos /*now*/) {}

Due SaturatingDriver::next(const Head& /*head*/, Nanos now) {
  if (clock_.pieces() == 1) {
    return {};
  }
  const Nanos running = clock_.running_from(now);
  return {.intended = running > now ? running : Nanos::zero(), .sender = 0};
}

uint32_t SaturatingDriver::taken(const Head& /*head*/, Nanos /*now*/) {
  return 0;
}

void SaturatingDriver::completed(uint32_t /*sender*/, Nanos /*now*/) {}

uint32_t owner_of(uint64_t index, uint64_t user_hash, uint32_t workers) {
  MACAW_DCHECK(workers > 0);
  // The high half of the product: each owner gets 2^64 / n hashes, give or take one, whatever n is.
  const uint64_t hash = mix64(user_hash != 0 ? user_hash : index);
  return static_cast<uint32_t>((uint128{hash} * workers) >> 64);
}

}  // namespace macaw::replay
