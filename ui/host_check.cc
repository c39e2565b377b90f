// SPDX-License-Identifier: MIT
//
// Names that can only mean this machine.
#include "host_check.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <array>

namespace macaw::ui {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
  };
  if (a.size() != b.size()) {
    return false;
  }
  for (size_t k = 0; k < a.size(); ++k) {
    if (lower(a[k]) != lower(b[k])) {
      return false;
    }
  }
  return true;
}

/// The host of "host", "host:port", "[v6]:port"; empty for what is none of these.
std::string_view host_of(std::string_view header) {
  if (header.starts_with('[')) {
    const size_t end = header.find(']');
    return end == std::string_view::npos ? std::string_view() : header.substr(1, end - 1);
  }
  return header.substr(0, header.rfind(':'));
}

bool is_address(std::string_view host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  const std::string text(host);
  return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

bool is_this_machine(std::string_view host) {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) {
    return false;
  }
  const std::string_view full(name.data());
  return same_name(host, full) || same_name(host, full.substr(0, full.find('.')));
}

}  // namespace

bool is_wildcard(std::string_view ui_host) {
  return ui_host.empty() || ui_host == "0.0.0.0" || ui_host == "::" || ui_host == "*";
}

bool host_is_ours(std::string_view header, std::string_view ui_host) {
  const std::string_view host = host_of(header);
  if (host.empty()) {
    return false;
  }
  return is_address(host) || same_name(host, "localhost") || same_name(host, ui_host) ||
         (is_wildcard(ui_host) && is_this_machine(host));
}

}  // namespace macaw::ui
