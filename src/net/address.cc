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
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "macaw/base/check.h"

namespace macaw::net {
namespace {

static_assert(sizeof(sockaddr_un) == Address::kSizeMax);
static_assert(sizeof(sockaddr_in6) <= Address::kSizeMax);
static_assert(sizeof(sockaddr_un::sun_path) == Address::kPathMax + 1);

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

Result<Address> Address::unix_socket(std::string_view path) {
  if (path.empty()) {
    return Error("found no path, expected that of a Unix socket");
  }
  if (path.size() > kPathMax) {
    return errorf("found a path of {} bytes, expected at most {}: '{}'", path.size(), kPathMax,
                  path);
  }
  if (path.find('\0') != std::string_view::npos) {
    return Error("found a path with a NUL in it, expected that of a Unix socket");
  }
  sockaddr_un value{};
  value.sun_family = AF_UNIX;
  path.copy(value.sun_path, path.size());
  return Address(&value, sizeof(value));
}

std::string Address::unix_path() const {
  if (family_of(*this) != AF_UNIX) {
    return {};
  }
  const auto value = as<sockaddr_un>(*this);
  return {value.sun_path, strnlen(value.sun_path, sizeof(value.sun_path))};
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
    case AF_UNIX:
      return "unix:" + unix_path();
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

std::string unix_socket_trouble(const std::string& path) {
  struct stat status {};

  if (stat(path.c_str(), &status) != 0) {
    return error_text(errno);
  }
  return S_ISSOCK(status.st_mode) ? "" : "not a socket";
}

std::string error_text(int error) {
  const char* const text = strerrordesc_np(error);
  return text != nullptr ? text : fmt::format("error {}", error);
}

}  // namespace macaw::net
