// SPDX-License-Identifier: MIT
//
// The part of Random that is a loop.
#include "macaw/base/random.h"

#include "macaw/base/check.h"

namespace macaw {

namespace {

__extension__ using uint128 = unsigned __int128;

}  // namespace

uint64_t Random::below(uint64_t n) {
  MACAW_CHECK(n > 0);
  // The high word of a 128-bit product is the answer; low words under 2^64 mod n would make some
  // answers more likely than others, so they are drawn again.
  uint128 product = uint128{next()} * n;
  auto low = static_cast<uint64_t>(product);
  if (low < n) {
    const uint64_t threshold = (0 - n) % n;
    while (low < threshold) {
      product = uint128{next()} * n;
      low = static_cast<uint64_t>(product);
    }
  }
  return static_cast<uint64_t>(product >> 64);
}

}  // namespace macaw
