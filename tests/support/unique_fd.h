// SPDX-License-Identifier: MIT
//
// Owner of a file descriptor, for the fixtures.
// Thread: any, one at a time.
#pragma once

#include <unistd.h>

#include <utility>

namespace macaw::test {

class UniqueFd {
 public:
  UniqueFd() = default;

  explicit UniqueFd(int fd) : fd_(fd) {}

  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  ~UniqueFd() { reset(); }

  int get() const { return fd_; }

  void reset() {
    if (fd_ >= 0) {
      close(std::exchange(fd_, -1));
    }
  }

 private:
  int fd_ = -1;
};

}  // namespace macaw::test
