// SPDX-License-Identifier: MIT
//
// The lock that tells a running run from a killed one: a file beside the database, locked as long
// as its writer lives. The kernel releases it however the process ends, so that no stale lock
// exists. Thread: any; one object belongs to one thread at a time.
#pragma once

#include <string>

#include "macaw/base/result.h"

namespace macaw::store {

class RunLock {
 public:
  /// Error when another writer, of this or another process, holds it; it says which process.
  static Result<RunLock> acquire(const std::string& database);
  /// Whether a writer is alive, without getting into the way of one that comes. False when in doubt
  /// (no permission to look).
  static bool is_held(const std::string& database);

  RunLock() = default;
  ~RunLock();
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&& other) noexcept;

 private:
  std::string path_;
  int file_ = -1;
};

}  // namespace macaw::store
