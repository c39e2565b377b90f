// SPDX-License-Identifier: MIT
//
// Connects to Unix sockets whose server is behind with accepting. The kernel lets a TCP connect
// wait for room in the server's queue; a Unix socket that does not block is told EAGAIN instead. So
// that both kinds of server are measured alike, such connects wait here, first come first served,
// and are tried again, a few at a time, until there is room or their owner closes them. Thread: the
// loop's.

#include <uv.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "macaw/base/check.h"
#include "stream_impl.h"
#include "uv_cast.h"

namespace macaw::net {

namespace {

constexpr uint64_t kRetryMs = 1;
/// So many tries a millisecond are faster than any server accepts that has fallen behind.
constexpr size_t kTriesAtOnce = 16;

}  // namespace

/// In the loop only while somebody waits.
struct RoomQueue {
  uv_timer_t raw{};
  bool owned = true;
  std::deque<Stream::Impl*> waiting;

  static void on_time(uv_timer_t* timer);
};

void RoomQueue::on_time(uv_timer_t* timer) {
  auto& self = *static_cast<RoomQueue*>(timer->data);
  if (!self.owned) {
    return;
  }
  // Whoever finds no room comes back to the end of the queue in a later turn.
  for (size_t left = std::min(self.waiting.size(), kTriesAtOnce); left > 0; --left) {
    Stream::Impl& stream = *self.waiting.front();
    stream.stop_waiting_for_room();
    MACAW_CHECK(stream.start_connect(Address(stream.remote)) == 0);
    if (!self.owned) {
      return;  // that was the last one
    }
  }
}

void Stream::Impl::wait_for_room() {
  if (loop.room_queue == nullptr) {
    loop.room_queue = new RoomQueue;
    loop.room_queue->raw.data = loop.room_queue;
    MACAW_CHECK(uv_timer_init(&loop.raw, &loop.room_queue->raw) == 0);
    MACAW_CHECK(uv_timer_start(&loop.room_queue->raw, &RoomQueue::on_time, kRetryMs, kRetryMs) ==
                0);
  }
  loop.room_queue->waiting.push_back(this);
  waits_for_room = true;
}

void Stream::Impl::stop_waiting_for_room() {
  if (!waits_for_room) {
    return;
  }
  waits_for_room = false;
  auto& waiting = loop.room_queue->waiting;
  waiting.erase(std::find(waiting.begin(), waiting.end(), this));
  if (waiting.empty()) {
    net::give_up(std::exchange(loop.room_queue, nullptr));
  }
}

}  // namespace macaw::net
