// SPDX-License-Identifier: MIT
//
// A handler that paused in the middle of what TLS had read wants the rest when it reads again: not
// from inside of its own call, and the socket may have nothing more to wake anybody with. So such
// streams wait here for the next turn of the loop. Thread: the loop's.

#include <uv.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "macaw/base/check.h"
#include "stream_impl.h"
#include "uv_cast.h"

namespace macaw::net {

/// In the loop only while somebody waits.
struct DeliveryQueue {
  uv_timer_t raw{};
  bool owned = true;
  std::deque<Stream::Impl*> waiting;

  static void on_time(uv_timer_t* timer);
};

void DeliveryQueue::on_time(uv_timer_t* timer) {
  auto& self = *static_cast<DeliveryQueue*>(timer->data);
  // Whoever pauses and goes on meanwhile waits for the next turn.
  for (size_t left = self.owned ? self.waiting.size() : 0; left > 0 && self.owned; --left) {
    Stream::Impl& stream = *self.waiting.front();
    stream.stop_waiting_to_deliver();
    stream.read_secured({});
  }
}

void Stream::Impl::wait_to_deliver() {
  if (waits_to_deliver) {
    return;
  }
  if (loop.delivery_queue == nullptr) {
    loop.delivery_queue = new DeliveryQueue;
    loop.delivery_queue->raw.data = loop.delivery_queue;
    MACAW_CHECK(uv_timer_init(&loop.raw, &loop.delivery_queue->raw) == 0);
    MACAW_CHECK(uv_timer_start(&loop.delivery_queue->raw, &DeliveryQueue::on_time, /*timeout=*/0,
                               /*repeat=*/1) == 0);
  }
  loop.delivery_queue->waiting.push_back(this);
  waits_to_deliver = true;
}

void Stream::Impl::stop_waiting_to_deliver() {
  if (!waits_to_deliver) {
    return;
  }
  waits_to_deliver = false;
  auto& waiting = loop.delivery_queue->waiting;
  waiting.erase(std::find(waiting.begin(), waiting.end(), this));
  if (waiting.empty()) {
    net::give_up(std::exchange(loop.delivery_queue, nullptr));
  }
}

}  // namespace macaw::net
