// SPDX-License-Identifier: MIT
//
// Which stream of the seed decides what, so that e.g. other error shares leave the latencies as
// they are.
// Thread: any.
#pragma once

#include <cstdint>

namespace macaw::stub {

inline constexpr uint64_t kLatencyStream = 1;
inline constexpr uint64_t kErrorStream = 2;
inline constexpr uint64_t kSessionStream = 3;
inline constexpr uint64_t kTokenStream = 4;

}  // namespace macaw::stub
