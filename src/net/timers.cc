// SPDX-License-Identifier: MIT
//
// DeadlineTimer (a timerfd in the loop's poll set) and PeriodicTimer (libuv's own, milliseconds).
// Thread: the loop's.

#include <sys/timerfd.h>
#include <unistd.h>
#include <uv.h>

#include <algorithm>
#include <cerrno>

#include "loop_impl.h"
#include "macaw/base/check.h"
#include "macaw/net/loop.h"
#include "uv_cast.h"

namespace macaw::net {

struct DeadlineTimer::Impl {
  uv_poll_t raw{};
  bool owned = true;
  std::function<void()> callback;
  int fd = -1;
  bool armed = false;
  /// What the kernel knows. It may still be set when we are disarmed: disarming costs no system
  /// call, and arming the same deadline again neither.
  bool kernel_armed = false;
  MonoTime kernel_deadline;

  static void on_readable(uv_poll_t* poll, int /*status*/, int /*events*/) {
    static_cast<Impl*>(poll->data)->handle_readable();
  }

  void handle_readable();
};

void DeadlineTimer::Impl::handle_readable() {
  uint64_t expirations = 0;
  // Nothing to read: armed for another deadline after this event had been collected.
  if (read(fd, &expirations, sizeof(expirations)) != sizeof(expirations)) {
    return;
  }
  kernel_armed = false;
  if (!armed || !owned) {
    return;
  }
  armed = false;
  uv_unref(as_handle(&raw));
  callback();
}

DeadlineTimer::DeadlineTimer(Loop& loop, std::function<void()> callback) : impl_(new Impl) {
  impl_->callback = std::move(callback);
  impl_->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  MACAW_CHECK(impl_->fd >= 0, "timerfd_create: errno {}", errno);
  impl_->raw.data = impl_;
  int error = uv_poll_init(&loop.impl().raw, &impl_->raw, impl_->fd);
  MACAW_CHECK(error == 0, "uv_poll_init: {}", uv_err_name(error));
  error = uv_poll_start(&impl_->raw, UV_READABLE, &Impl::on_readable);
  MACAW_CHECK(error == 0, "uv_poll_start: {}", uv_err_name(error));
  uv_unref(as_handle(&impl_->raw));
}

DeadlineTimer::~DeadlineTimer() {
  const int fd = impl_->fd;
  give_up(impl_);  // leaves the poll set, and must come before close()
  close(fd);
}

void DeadlineTimer::arm(MonoTime deadline) {
  Impl& self = *impl_;
  if (!self.armed) {
    self.armed = true;
    uv_ref(as_handle(&self.raw));
  }
  if (self.kernel_armed && self.kernel_deadline == deadline) {
    return;
  }
  self.kernel_armed = true;
  self.kernel_deadline = deadline;
  // Zero would disarm; any other instant in the past fires at once.
  const Nanos since_boot = std::max(deadline.time_since_epoch(), Nanos(1));
  constexpr Nanos::rep kSecond = 1'000'000'000;
  itimerspec spec{};
  spec.it_value.tv_sec = since_boot.count() / kSecond;
  spec.it_value.tv_nsec = since_boot.count() % kSecond;
  MACAW_CHECK(timerfd_settime(self.fd, TFD_TIMER_ABSTIME, &spec, nullptr) == 0, "errno {}", errno);
}

void DeadlineTimer::disarm() {
  if (impl_->armed) {
    impl_->armed = false;
    uv_unref(as_handle(&impl_->raw));
  }
}

struct PeriodicTimer::Impl {
  uv_timer_t raw{};
  bool owned = true;
  std::function<void()> callback;

  static void on_timer(uv_timer_t* timer) {
    auto& self = *static_cast<Impl*>(timer->data);
    if (self.owned) {
      self.callback();
    }
  }
};

PeriodicTimer::PeriodicTimer(Loop& loop, Nanos period, std::function<void()> callback)
    : impl_(new Impl) {
  impl_->callback = std::move(callback);
  impl_->raw.data = impl_;
  MACAW_CHECK(uv_timer_init(&loop.impl().raw, &impl_->raw) == 0);
  const auto period_ms = static_cast<uint64_t>(
      std::max<Nanos::rep>(std::chrono::ceil<std::chrono::milliseconds>(period).count(), 1));
  uv_update_time(&loop.impl().raw);  // uv counts from the start of the turn
  MACAW_CHECK(uv_timer_start(&impl_->raw, &Impl::on_timer, period_ms, period_ms) == 0);
}

PeriodicTimer::~PeriodicTimer() {
  give_up(impl_);
}

}  // namespace macaw::net
