// SPDX-License-Identifier: MIT
//
// The run lock, as a lock of the open file description (fcntl(2), F_OFD_SETLK): unlike a lock of
// the process it also holds between two writers of one process, and unlike flock(2) one can ask who
// holds it without taking it.

#include "run_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace macaw::store {

namespace {

// Two names of one database (a link, a relative path) share the lock.
std::string lock_path(const std::string& database) {
  std::error_code error;
  const auto resolved = std::filesystem::weakly_canonical(database, error);
  return (error ? database : resolved.string()) + "-lock";
}

struct flock whole_file() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string owner_of(int file) {
  std::array<char, 32> text{};
  const ssize_t size = pread(file, text.data(), text.size(), 0);
  const std::string_view all(text.data(), size > 0 ? static_cast<size_t>(size) : 0);
  const std::string pid(all.substr(0, all.find('\n')));
  return pid.empty() ? "another process" : "process " + pid;
}

}  // namespace

Result<RunLock> RunLock::acquire(const std::string& database) {
  RunLock lock;
  lock.path_ = lock_path(database);
  while (true) {
    lock.file_ = open(lock.path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock.file_ < 0) {
      return errorf("{}: cannot make its lock {}: {}", database, lock.path_,
                    std::generic_category().message(errno));
    }
    struct flock range = whole_file();
    if (fcntl(lock.file_, F_OFD_SETLK, &range) != 0) {
      const int reason = errno;
      const std::string owner = owner_of(lock.file_);
      close(std::exchange(lock.file_, -1));
      if (reason == EAGAIN || reason == EACCES) {
        return errorf("{}: another run is writing it ({}); wait for its end, or name another file",
                      database, owner);
      }
      return errorf("{}: cannot lock {}: {}", database, lock.path_,
                    std::generic_category().message(reason));
    }
    // The last owner may have removed the file between our open and our lock.
    struct stat held = {};
    struct stat named = {};
    if (fstat(lock.file_, &held) == 0 && stat(lock.path_.c_str(), &named) == 0 &&
        held.st_ino == named.st_ino && held.st_dev == named.st_dev) {
      break;
    }
    close(std::exchange(lock.file_, -1));
  }
  // Only for the message to others: a lock without the number is a lock all the same.
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(lock.file_, 0) == 0) {
    static_cast<void>(pwrite(lock.file_, pid.data(), pid.size(), 0) != 0);
  }
  return lock;
}

bool RunLock::is_held(const std::string& database) {
  const int file = open(lock_path(database).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return false;
  }
  struct flock range = whole_file();
  const bool held = fcntl(file, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
  close(file);
  return held;
}

RunLock::~RunLock() {
  if (file_ >= 0) {
    unlink(path_.c_str());
    close(file_);
  }
}

RunLock::RunLock(RunLock&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(file_, other.file_);
  return *this;
}

}  // namespace macaw::store
