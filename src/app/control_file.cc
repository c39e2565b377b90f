// SPDX-License-Identifier: MIT
#include "control_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace macaw::app {

namespace {

constexpr size_t kFileMax = 512;

std::string reason_of(int error) {
  return std::generic_category().message(error);
}

/// Two names of one database share it, as they share the run lock.
std::string control_path(const std::string& database) {
  std::error_code error;
  const auto resolved = std::filesystem::weakly_canonical(database, error);
  return (error ? database : resolved.string()) + "-control";
}

bool write_whole(int file, std::string_view text) {
  return ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

Result<std::string> make_control_token() {
  std::array<unsigned char, 16> bits{};
  size_t size = 0;
  while (size < bits.size()) {
    const ssize_t got = ::getrandom(bits.data() + size, bits.size() - size, 0);
    if (got < 0 && errno != EINTR) {
      return errorf("no random numbers for a token: {}", reason_of(errno));
    }
    size += static_cast<size_t>(std::max<ssize_t>(got, 0));
  }
  std::string token;
  for (const unsigned char byte : bits) {
    token += fmt::format("{:02x}", byte);
  }
  return token;
}

Result<ControlFile> ControlFile::create(const std::string& database,
                                        const ControlAddress& address) {
  std::string path = control_path(database);
  ::unlink(path.c_str());
  // O_EXCL: whatever somebody else puts there in between is neither followed nor filled.
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    return errorf("{}: {}", path, reason_of(errno));
  }
  const bool written = write_whole(file, fmt::format("{}\n{}\n", address.host_port, address.token));
  const int reason = errno;
  ::close(file);
  if (!written) {
    ::unlink(path.c_str());
    return errorf("{}: {}", path, reason_of(reason));
  }
  return ControlFile(std::move(path));
}

ControlFile::ControlFile(ControlFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}

ControlFile::~ControlFile() {
  if (!path_.empty()) {
    ::unlink(path_.c_str());
  }
}

Result<ControlAddress> read_control_file(const std::string& database) {
  const std::string path = control_path(database);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) {
    return errorf("{}: {}", path, reason_of(errno));
  }
  std::array<char, kFileMax> bytes{};
  const ssize_t size = ::read(file, bytes.data(), bytes.size());
  ::close(file);
  const std::string_view text(bytes.data(), size > 0 ? static_cast<size_t>(size) : 0);
  const size_t first = text.find('\n');
  const size_t second = first == std::string_view::npos ? first : text.find('\n', first + 1);
  if (second == std::string_view::npos || first == 0) {
    return errorf("{}: found something else than an address and a token", path);
  }
  return ControlAddress{std::string(text.substr(0, first)),
                        std::string(text.substr(first + 1, second - first - 1))};
}

}  // namespace macaw::app
