// SPDX-License-Identifier: MIT
//
// The access token in force, which whoever fetches it changes while requests go out.
// Thread: any; a worker asks for the version before each request and copies the text only when that
// has changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace macaw::replay {

class AccessToken {
 public:
  void set(std::string text) {
    const std::lock_guard lock(mutex_);
    texts_.push_back(std::move(text));
    version_.fetch_add(1, std::memory_order_release);
  }

  /// 0 before the first set().
  uint64_t version() const { return version_.load(std::memory_order_acquire); }

  std::string text() const {
    const std::lock_guard lock(mutex_);
    return texts_.empty() ? std::string() : texts_.back();
  }

  /// The ones before it too, oldest first: they may be valid still, and are to be kept secret.
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return texts_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> texts_;
  std::atomic<uint64_t> version_{0};
};

}  // namespace macaw::replay
