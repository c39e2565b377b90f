// SPDX-License-Identifier: MIT
//
// How much is read or written with one system call. Thread: any.
#pragma once

#include <cstddef>

namespace macaw::io {

inline constexpr size_t kBufferBytes = size_t{256} << 10;

}  // namespace macaw::io
