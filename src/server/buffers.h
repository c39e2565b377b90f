// SPDX-License-Identifier: MIT
//
// Buffers that are used again and again.
// Thread: any.
#pragma once

#include <cstddef>
#include <string>

namespace macaw::server {

/// A buffer that a rare large answer has grown is not kept.
inline void empty(std::string& buffer) {
  constexpr size_t kBufferKeptMax = 256 * 1024;
  if (buffer.capacity() > kBufferKeptMax) {
    std::string().swap(buffer);
  } else {
    buffer.clear();
  }
}

}  // namespace macaw::server
