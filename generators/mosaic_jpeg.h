// SPDX-License-Identifier: MIT
//
// A JPEG image out of nothing, for flowers without data: a mosaic of coloured squares of 8 x 8
// pixels, each a smooth step from its neighbour, encoded as ITU-T T.81 describes baseline JPEG with
// one coefficient a block. Any decoder shows it. Padded by a comment to a given size, so that a
// request is as large as the guide's. Thread: pure function.
#pragma once

#include <cstdint>
#include <string>

namespace macaw::generators {

/// An image of `side` x `side` pixels in exactly `bytes` bytes. REQUIRES: 8 <= side <= 2000, and
/// room enough (5 bytes a block of 8 x 8, and 300); at most 64 kB more than that.
std::string mosaic_jpeg(uint32_t side, size_t bytes, uint64_t seed);

}  // namespace macaw::generators
