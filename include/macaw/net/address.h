// SPDX-License-Identifier: MIT
//
// Socket addresses and name resolution.
// Thread: any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "macaw/base/result.h"

namespace macaw::net {

/// An IPv4 or IPv6 address with a port. A value; the bytes are a sockaddr.
class Address {
 public:
  static constexpr size_t kSizeMax = 28;  // sizeof(sockaddr_in6)

  Address() = default;
  /// REQUIRES: size <= kSizeMax
  Address(const void* sockaddr_bytes, size_t size);

  const void* data() const { return bytes_.data(); }

  size_t size() const { return size_; }

  uint16_t port() const;
  /// "127.0.0.1:80", "[::1]:80"
  std::string to_string() const;
  bool operator==(const Address& other) const;

 private:
  alignas(8) std::array<std::byte, kSizeMax> bytes_{};
  size_t size_ = 0;
};

/// All stream addresses of a name, in the resolver's order, without duplicates. Blocks
/// (getaddrinfo). The error names the host and the resolver's reason.
Result<std::vector<Address>> resolve(const std::string& host, uint16_t port);

/// What an errno value means, for people: "Connection refused".
std::string error_text(int error);

}  // namespace macaw::net
