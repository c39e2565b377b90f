// SPDX-License-Identifier: MIT
//
// What the net objects see of a loop: libuv's loop and the one buffer that all reads land in.
// Thread: the loop's.
#pragma once

#include <uv.h>

#include <array>
#include <cstdint>
#include <memory>

#include "macaw/net/loop.h"

namespace macaw::net {

struct DeliveryQueue;
struct RoomQueue;

struct Loop::Impl {
  static constexpr size_t kScratchBytes = 64 * 1024;

  uv_loop_t raw{};
  /// Reads do not nest, so one buffer serves all streams and stays warm in the cache.
  std::unique_ptr<std::array<char, kScratchBytes>> scratch;
  /// What came over streams: a turn in which this did not change had (nearly) nothing to do.
  uint64_t stream_events = 0;
  /// Streams that wait for room at a Unix socket; null when there are none.
  RoomQueue* room_queue = nullptr;
  /// Streams that have plaintext for a handler that reads again; null when there are none.
  DeliveryQueue* delivery_queue = nullptr;
  /// What TLS has deciphered; made when there is TLS.
  std::unique_ptr<std::array<char, kScratchBytes>> plaintext;
  /// Ends the wait of run_once(): uv's own timeouts are whole milliseconds.
  std::unique_ptr<DeadlineTimer> turn_end;
};

}  // namespace macaw::net
