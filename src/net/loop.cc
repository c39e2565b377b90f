// SPDX-License-Identifier: MIT
//
// The loop itself: turns, idle time, and an end that leaves nothing behind.
// Thread: the loop's.

#include "macaw/net/loop.h"

#include <uv.h>

#include <csignal>
#include <string>

#include "loop_impl.h"
#include "macaw/base/check.h"
#include "uv_cast.h"

namespace macaw::net {
namespace {

/// A write to a connection that the peer has reset must be an error (EPIPE), not the end of the
/// process; libuv writes without MSG_NOSIGNAL. A handler that the program has set stays.
void ignore_sigpipe() {
  struct sigaction action {};

  MACAW_CHECK(sigaction(SIGPIPE, nullptr, &action) == 0);
  if ((action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_DFL) {
    action.sa_handler = SIG_IGN;
    MACAW_CHECK(sigaction(SIGPIPE, &action, nullptr) == 0);
  }
}

struct Census {
  size_t alive = 0;
  size_t closing = 0;
  std::string names;  ///< of the live ones
};

/// libuv leaves its own internal handles out of the walk.
Census take_census(uv_loop_t& raw) {
  Census census;
  uv_walk(
      &raw,
      [](uv_handle_t* handle, void* data) {
        auto& found = *static_cast<Census*>(data);
        if (uv_is_closing(handle) != 0) {
          ++found.closing;
          return;
        }
        ++found.alive;
        found.names.append(found.names.empty() ? "" : ", ");
        found.names.append(uv_handle_type_name(handle->type));
      },
      &census);
  return census;
}

}  // namespace

Loop::Loop() : impl_(std::make_unique<Impl>()) {
  ignore_sigpipe();
  const int error = uv_loop_init(&impl_->raw);
  MACAW_CHECK(error == 0, "cannot make an event loop: {}", uv_err_name(error));
  MACAW_CHECK(uv_loop_configure(&impl_->raw, UV_METRICS_IDLE_TIME) == 0);
  impl_->scratch = std::make_unique<std::array<char, Impl::kScratchBytes>>();
  impl_->turn_end = std::make_unique<DeadlineTimer>(*this, [] {});
}

Loop::~Loop() {
  impl_->turn_end.reset();
  // A close callback may destroy what a callback had captured, and with it further objects.
  while (take_census(impl_->raw).closing > 0) {
    uv_run(&impl_->raw, UV_RUN_NOWAIT);
  }
  const Census census = take_census(impl_->raw);
  MACAW_CHECK(census.alive == 0, "the loop ends before {} of its objects: {}", census.alive,
              census.names);
  const int error = uv_loop_close(&impl_->raw);
  MACAW_CHECK(error == 0, "{}", uv_err_name(error));
}

void Loop::run() {
  uv_run(&impl_->raw, UV_RUN_DEFAULT);
}

void Loop::run_once(Nanos timeout) {
  if (timeout == Nanos::zero()) {
    uv_run(&impl_->raw, UV_RUN_NOWAIT);
    return;
  }
  if (timeout < Nanos::zero()) {
    uv_run(&impl_->raw, UV_RUN_ONCE);
    return;
  }
  impl_->turn_end->arm(MonoClock::now() + timeout);
  uv_run(&impl_->raw, UV_RUN_ONCE);
  impl_->turn_end->disarm();
}

void Loop::stop() {
  uv_stop(&impl_->raw);
}

Nanos Loop::idle_time() const {
  return Nanos(static_cast<Nanos::rep>(uv_metrics_idle_time(&impl_->raw)));
}

size_t Loop::live_objects() const {
  return take_census(impl_->raw).alive - 1;  // turn_end is ours
}

}  // namespace macaw::net
