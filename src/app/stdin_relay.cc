// SPDX-License-Identifier: MIT
#include "stdin_relay.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <vector>

namespace macaw::app {

namespace {

constexpr size_t kBufferBytes = 64 * 1024;

}  // namespace

Result<std::unique_ptr<StdinRelay>> StdinRelay::start() {
  struct stat status {};

  if (::fstat(STDIN_FILENO, &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
    return std::unique_ptr<StdinRelay>();
  }
  const int source = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  const int stop = ::eventfd(0, EFD_CLOEXEC);
  std::array<int, 2> ends{-1, -1};
  if (source < 0 || stop < 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0 ||
      ::fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0 || ::dup2(ends[0], STDIN_FILENO) < 0) {
    for (const int descriptor : {source, stop, ends[0], ends[1]}) {
      ::close(descriptor);
    }
    return Error("stdin: no descriptors are left");
  }
  ::close(ends[0]);
  return std::unique_ptr<StdinRelay>(new StdinRelay(source, ends[1], stop));
}

StdinRelay::StdinRelay(int source, int pipe, int stop)
    : source_(source), pipe_(pipe), stop_(stop), thread_([this] { copy(); }) {}

StdinRelay::~StdinRelay() {
  cut();
  thread_.join();
  ::close(stop_);
  ::close(source_);
}

void StdinRelay::cut() {
  const uint64_t one = 1;
  static_cast<void>(!::write(stop_, &one, sizeof one));
}

/// False when the copying is to end.
bool StdinRelay::wait(int descriptor, short events) {
  std::array<pollfd, 2> waiting{pollfd{descriptor, events, 0}, pollfd{stop_, POLLIN, 0}};
  while (::poll(waiting.data(), waiting.size(), -1) < 0) {
    if (errno != EINTR) {
      return false;
    }
  }
  if (waiting[1].revents != 0) {
    was_cut_.store(true, std::memory_order_release);
    return false;
  }
  return true;
}

bool StdinRelay::write_all(const char* bytes, size_t size) {
  while (size > 0) {
    if (!wait(pipe_, POLLOUT)) {
      return false;
    }
    const ssize_t written = ::write(pipe_, bytes, size);
    if (written < 0 && errno != EAGAIN && errno != EINTR) {
      return false;
    }
    if (written > 0) {
      bytes += written;
      size -= static_cast<size_t>(written);
    }
  }
  return true;
}

void StdinRelay::copy() {
  std::vector<char> buffer(kBufferBytes);
  while (wait(source_, POLLIN)) {
    const ssize_t size = ::read(source_, buffer.data(), buffer.size());
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) {
      continue;
    }
    if (size <= 0 || !write_all(buffer.data(), static_cast<size_t>(size))) {
      break;
    }
  }
  ::close(pipe_);  // the reader's end of the file
}

}  // namespace macaw::app
