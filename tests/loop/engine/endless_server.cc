// SPDX-License-Identifier: MIT
//
// See endless_server.h.

#include "endless_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace macaw::test {

EndlessServer::EndlessServer(std::string first, std::string more)
    : first_(std::move(first)),
      more_(std::move(more)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  if (bind(listener_.get(), any, size) != 0 || listen(listener_.get(), /*backlog=*/64) != 0 ||
      getsockname(listener_.get(), any, &size) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

EndlessServer::~EndlessServer() {
  shutdown(listener_.get(), SHUT_RDWR);  // accept() returns
  thread_.join();
}

void EndlessServer::serve() const {
  const auto send_all = [](int client, const std::string& bytes) {
    return send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  };
  for (;;) {
    const UniqueFd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client.get() < 0) {
      return;
    }
    std::array<char, 4096> request{};
    if (recv(client.get(), request.data(), request.size(), 0) > 0 &&
        send_all(client.get(), first_)) {
      while (send_all(client.get(), more_)) {
      }
    }
  }
}

size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  size_t total = 0;
  size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace macaw::test
