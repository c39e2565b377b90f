// SPDX-License-Identifier: MIT
//
// `--target stub`: the built-in stub in a process of its own, so that its work is not done on the
// loop of the replayer. It dies with this process, however that ends. Thread: main, which must be
// the thread that created it.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "macaw/base/result.h"
#include "macaw/http/url.h"
#include "play_settings.h"

namespace macaw::app {

class StubProcess {
 public:
  /// Waits until the stub listens.
  static Result<StubProcess> start(const StubSettings& settings);
  ~StubProcess();
  StubProcess(StubProcess&& other) noexcept;
  StubProcess& operator=(StubProcess&& other) noexcept;

  http::HostPort address() const;

 private:
  StubProcess(pid_t process, uint16_t port) : process_(process), port_(port) {}

  void stop();

  pid_t process_ = -1;
  uint16_t port_ = 0;
};

}  // namespace macaw::app
