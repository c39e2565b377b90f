// SPDX-License-Identifier: MIT
//
// What the reader thread hands to a worker through its byte ring: a fixed head, the wire bytes,
// what the record expects of the answer (JSON text, mostly none). One ring per worker, blocks in
// order of index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "macaw/base/check.h"
#include "macaw/base/time.h"
#include "splices.h"

namespace macaw::replay {

struct RequestBlock {
  enum class Kind : uint8_t { kRequest = 1, kEnd = 2 };

  uint64_t index = 0;
  int64_t nominal_ns = 0;
  uint32_t line = 0;
  uint32_t wire_size = 0;
  uint32_t target_offset = 0;  ///< of path and query within the wire bytes
  uint32_t target_size = 0;
  uint32_t expectation_size = 0;
  uint16_t endpoint = 0;
  uint16_t target = 0;   ///< id in the target table
  uint32_t user = 0;     ///< of this worker's; --per-user only
  uint64_t session = 0;  ///< the record's `user`, as a number; 0: it has none
  Splices splices;
  Kind kind = Kind::kRequest;
  bool head = false;
  bool is_grpc = false;
  bool is_streamed = false;

  Nanos nominal() const { return Nanos(nominal_ns); }

  static RequestBlock read(std::span<const std::byte> block) {
    RequestBlock head;
    MACAW_DCHECK(block.size() >= sizeof head);
    std::memcpy(&head, block.data(), sizeof head);
    return head;
  }

  std::string_view wire(std::span<const std::byte> block) const {
    const void* bytes = block.data() + sizeof(RequestBlock);
    return {static_cast<const char*>(bytes), wire_size};
  }

  std::string_view expectation(std::span<const std::byte> block) const {
    const void* bytes = block.data() + sizeof(RequestBlock) + wire_size;
    return {static_cast<const char*>(bytes), expectation_size};
  }
};

}  // namespace macaw::replay
