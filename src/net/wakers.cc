// SPDX-License-Identifier: MIT
//
// Calls into a loop from outside: other threads (Waker) and signals (SignalWatcher).
// Thread: the loop's, but for Waker::wake().

#include <uv.h>

#include <atomic>

#include "loop_impl.h"
#include "macaw/base/check.h"
#include "macaw/net/loop.h"
#include "uv_cast.h"

namespace macaw::net {

struct Waker::Impl {
  uv_async_t raw{};
  bool owned = true;
  std::function<void()> callback;
  /// Orders what was published before wake() with the callback, without leaning on how libuv
  /// does it.
  std::atomic<uint32_t> wakes{0};

  static void on_wake(uv_async_t* async) {
    auto& self = *static_cast<Impl*>(async->data);
    self.wakes.load(std::memory_order_acquire);  // pairs with the release in wake()
    if (self.owned) {
      self.callback();
    }
  }
};

Waker::Waker(Loop& loop, std::function<void()> callback, bool keeps_loop_alive) : impl_(new Impl) {
  impl_->callback = std::move(callback);
  impl_->raw.data = impl_;
  const int error = uv_async_init(&loop.impl().raw, &impl_->raw, &Impl::on_wake);
  MACAW_CHECK(error == 0, "uv_async_init: {}", uv_err_name(error));
  if (!keeps_loop_alive) {
    uv_unref(as_handle(&impl_->raw));
  }
}

Waker::~Waker() {
  give_up(impl_);
}

void Waker::wake() {
  impl_->wakes.fetch_add(1, std::memory_order_release);  // pairs with the acquire in on_wake()
  uv_async_send(&impl_->raw);
}

struct SignalWatcher::Impl {
  uv_signal_t raw{};
  bool owned = true;
  std::function<void()> callback;

  static void on_signal(uv_signal_t* signal, int /*signal_number*/) {
    auto& self = *static_cast<Impl*>(signal->data);
    if (self.owned) {
      self.callback();
    }
  }
};

SignalWatcher::SignalWatcher(Loop& loop, int signal_number, std::function<void()> callback)
    : impl_(new Impl) {
  impl_->callback = std::move(callback);
  impl_->raw.data = impl_;
  MACAW_CHECK(uv_signal_init(&loop.impl().raw, &impl_->raw) == 0);
  const int error = uv_signal_start(&impl_->raw, &Impl::on_signal, signal_number);
  MACAW_CHECK(error == 0, "signal {}: {}", signal_number, uv_err_name(error));
}

SignalWatcher::~SignalWatcher() {
  give_up(impl_);
}

}  // namespace macaw::net
