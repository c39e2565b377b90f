// SPDX-License-Identifier: MIT
//
// See fuzz_support.h.

#include "fuzz_support.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "macaw/base/check.h"

namespace macaw::fuzz {
namespace {

/// Takes "N: " or "N:" off the front, N from 1.
bool take_number_and_colon(std::string_view& text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || text.front() == '0' || text.substr(digits, 1) != ":") {
    return false;
  }
  text.remove_prefix(digits + 1);
  return true;
}

bool take_path(std::string_view& message, std::string_view path) {
  if (!message.starts_with(path) || message.substr(path.size(), 1) != ":") {
    return false;
  }
  message.remove_prefix(path.size() + 1);
  return true;
}

}  // namespace

MemoryFile::MemoryFile(std::string_view bytes) : fd_(memfd_create("fuzz", MFD_CLOEXEC)) {
  MACAW_CHECK(fd_.get() >= 0);
  while (!bytes.empty()) {
    const ssize_t size = write(fd_.get(), bytes.data(), bytes.size());
    MACAW_CHECK(size > 0);
    bytes.remove_prefix(static_cast<size_t>(size));
  }
  path_ = fmt::format("/proc/self/fd/{}", fd_.get());
}

bool names_line(std::string_view message, std::string_view path) {
  return take_path(message, path) && take_number_and_colon(message);
}

bool names_line_and_column(std::string_view message, std::string_view path) {
  return take_path(message, path) && take_number_and_colon(message) &&
         take_number_and_colon(message) && message.starts_with(' ');
}

bool is_uncompressed(std::string_view bytes) {
  return !bytes.starts_with("\x1f\x8b") && !bytes.starts_with("\x28\xb5\x2f\xfd") &&
         !(bytes.size() >= 4 && bytes.substr(1, 3) == "\x2a\x4d\x18");
}

FuzzInput::FuzzInput(const uint8_t* data, size_t size)
    : bytes_(reinterpret_cast<const char*>(data), size) {}

uint8_t FuzzInput::take_byte() {
  if (bytes_.empty()) {
    return 0;
  }
  const auto byte = static_cast<uint8_t>(bytes_.front());
  bytes_.remove_prefix(1);
  return byte;
}

std::string_view FuzzInput::take_until(std::string_view separator) {
  const size_t at = bytes_.find(separator);
  const std::string_view taken = bytes_.substr(0, at);
  bytes_.remove_prefix(at == std::string_view::npos ? bytes_.size() : at + separator.size());
  return taken;
}

}  // namespace macaw::fuzz
