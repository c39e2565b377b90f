// SPDX-License-Identifier: MIT
//
// The end of a turn: libuv's check handle, which runs after the poll, and an idle handle beside it,
// because a turn whose poll would wait must not keep the caller waiting too. Both are active only
// while somebody has asked.
// Thread: the loop's.

#include <uv.h>

#include <functional>
#include <utility>

#include "loop_impl.h"
#include "macaw/base/check.h"
#include "macaw/net/loop.h"
#include "uv_cast.h"

namespace macaw::net {

struct TurnEnd::Impl {
  /// Keeps the next poll from waiting.
  struct NoWait {
    uv_idle_t raw{};
    bool owned = true;
  };

  uv_check_t raw{};
  bool owned = true;
  bool asked = false;
  std::function<void()> callback;
  NoWait* no_wait = new NoWait;

  static void on_check(uv_check_t* check) { static_cast<Impl*>(check->data)->handle_end(); }

  void handle_end() {
    stop();
    callback();  // may ask again, for the next turn
  }

  void stop() {
    asked = false;
    uv_check_stop(&raw);
    uv_idle_stop(&no_wait->raw);
  }
};

TurnEnd::TurnEnd(Loop& loop, std::function<void()> callback) : impl_(new Impl) {
  impl_->callback = std::move(callback);
  impl_->raw.data = impl_;
  impl_->no_wait->raw.data = impl_->no_wait;
  MACAW_CHECK(uv_check_init(&loop.impl().raw, &impl_->raw) == 0);
  MACAW_CHECK(uv_idle_init(&loop.impl().raw, &impl_->no_wait->raw) == 0);
  uv_unref(as_handle(&impl_->raw));
  uv_unref(as_handle(&impl_->no_wait->raw));
}

TurnEnd::~TurnEnd() {
  give_up(impl_->no_wait);
  give_up(impl_);  // a check handle that is closed calls nobody
}

void TurnEnd::ask() {
  Impl& self = *impl_;
  if (self.asked) {
    return;
  }
  self.asked = true;
  MACAW_CHECK(uv_check_start(&self.raw, &Impl::on_check) == 0);
  MACAW_CHECK(uv_idle_start(&self.no_wait->raw, [](uv_idle_t* /*idle*/) {}) == 0);
}

}  // namespace macaw::net
