// SPDX-License-Identifier: MIT
//
// A server for tens of thousands of connections whose answers never end: one thread, one connection
// after the other, a few kilobytes of memory. (ScriptedServer keeps a thread for each connection.)
// Thread: the test's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

#include "support/unique_fd.h"

namespace macaw::test {

class EndlessServer {
 public:
  /// Sends `first` to each client and then `more` until the client leaves.
  EndlessServer(std::string first, std::string more);
  ~EndlessServer();
  EndlessServer(const EndlessServer&) = delete;
  EndlessServer& operator=(const EndlessServer&) = delete;

  uint16_t port() const { return port_; }

 private:
  void serve() const;

  const std::string first_;
  const std::string more_;
  UniqueFd listener_;
  uint16_t port_ = 0;
  std::thread thread_;
};

/// Of this process; 0 when the kernel does not say.
size_t resident_bytes();

}  // namespace macaw::test
