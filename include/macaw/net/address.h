// SPDX-License-Identifier: MIT
//
// Socket addresses and name resolution.
// Thread: any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"

namespace macaw::net {

/// An IPv4 or IPv6 address with a port, or the path of a Unix socket. A value; the bytes are a
/// sockaddr.
class Address {
 public:
  static constexpr size_t kSizeMax = 110;  // sizeof(sockaddr_un)
  /// Longer paths of Unix sockets are refused by the kernel (its field has 108 bytes, one of them
  /// for the end).
  static constexpr size_t kPathMax = 107;

  Address() = default;
  /// REQUIRES: size <= kSizeMax
  Address(const void* sockaddr_bytes, size_t size);
  /// The socket at a path, relative or absolute; nobody looks whether it is there. Error: no path,
  /// or one that is too long or has a NUL in it.
  static Result<Address> unix_socket(std::string_view path);

  const void* data() const { return bytes_.data(); }

  size_t size() const { return size_; }

  /// 0 for a Unix socket.
  uint16_t port() const;
  /// Of a Unix socket, else empty.
  std::string unix_path() const;
  /// "127.0.0.1:80", "[::1]:80", "unix:/run/server.sock"
  std::string to_string() const;
  bool operator==(const Address& other) const;

 private:
  alignas(8) std::array<std::byte, kSizeMax> bytes_{};
  size_t size_ = 0;
};

/// All stream addresses of a name, in the resolver's order, without duplicates. Blocks
/// (getaddrinfo). The error names the host and the resolver's reason.
Result<std::vector<Address>> resolve(const std::string& host, uint16_t port);

/// Why there can be no server at the path of a Unix socket; empty when it is the path of a socket.
std::string unix_socket_trouble(const std::string& path);

/// What an errno value means, for people: "Connection refused".
std::string error_text(int error);

}  // namespace macaw::net
