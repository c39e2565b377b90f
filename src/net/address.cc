// SPDX-License-Identifier: MIT
//
// Addresses over sockaddr, names over getaddrinfo. Knows no loop.
// Thread: any.

#include "macaw/net/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "macaw/base/check.h"

namespace macaw::net {
namespace {

static_assert(sizeof(sockaddr_in6) == Address::kSizeMax);

template <typename Sockaddr>
Sockaddr as(const Address& address) {
  Sockaddr value{};
  std::memcpy(&value, address.data(), std::min(sizeof(value), address.size()));
  return value;
}

int family_of(const Address& address) {
  sa_family_t family = AF_UNSPEC;
  if (address.size() >= sizeof(family)) {
    std::memcpy(&family, address.data(), sizeof(family));
  }
  return family;
}

}  // namespace

Address::Address(const void* sockaddr_bytes, size_t size) : size_(size) {
  MACAW_CHECK(size <= kSizeMax, "size={}", size);
  std::memcpy(bytes_.data(), sockaddr_bytes, size);
}

uint16_t Address::port() const {
  switch (family_of(*this)) {
    case AF_INET:
      return ntohs(as<sockaddr_in>(*this).sin_port);
    case AF_INET6:
      return ntohs(as<sockaddr_in6>(*this).sin6_port);
    default:
      return 0;
  }
}

std::string Address::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  switch (family_of(*this)) {
    case AF_INET: {
      const auto v4 = as<sockaddr_in>(*this);
      inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
      return fmt::format("{}:{}", text.data(), port());
    }
    case AF_INET6: {
      const auto v6 = as<sockaddr_in6>(*this);
      inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
      if (v6.sin6_scope_id != 0) {
        return fmt::format("[{}%{}]:{}", text.data(), v6.sin6_scope_id, port());
      }
      return fmt::format("[{}]:{}", text.data(), port());
    }
    default:
      return "(no address)";
  }
}

bool Address::operator==(const Address& other) const {
  // The bytes beyond size_ are zero in both.
  return size_ == other.size_ && bytes_ == other.bytes_;
}

Result<std::vector<Address>> resolve(const std::string& host, uint16_t port) {
  if (host.empty()) {
    return Error("cannot resolve a host name: found none");
  }
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failure = getaddrinfo(host.c_str(), fmt::to_string(port).c_str(), &hints, &list);
  if (failure != 0) {
    const int error = errno;
    return errorf("cannot resolve the host name '{}': {}", host,
                  failure == EAI_SYSTEM ? error_text(error) : gai_strerror(failure));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> guard(list, &freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* info = list; info != nullptr; info = info->ai_next) {
    if (info->ai_family != AF_INET && info->ai_family != AF_INET6) {
      continue;
    }
    const Address address(info->ai_addr, info->ai_addrlen);
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
      addresses.push_back(address);
    }
  }
  if (addresses.empty()) {
    return errorf("cannot resolve the host name '{}': it has no IPv4 or IPv6 address", host);
  }
  return addresses;
}

std::string error_text(int error) {
  const char* const text = strerrordesc_np(error);
  return text != nullptr ? text : fmt::format("error {}", error);
}

}  // namespace macaw::net
