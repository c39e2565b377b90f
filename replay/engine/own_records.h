// SPDX-License-Identifier: MIT
//
// `--per-user`: the requests that a worker has read ahead, a queue for each of its users. They come
// in the order of the file and leave in the order in which users are ready, so they are held in
// memory, up to a bound. Knows no time and no file. Thread: one worker's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace macaw::replay {

class OwnRecords {
 public:
  /// `bytes_max` of requests are held, and at least one.
  OwnRecords(uint32_t users, size_t bytes_max);

  bool has_room() const { return bytes_ < bytes_max_; }

  bool empty() const { return bytes_ == 0; }

  /// A copy of the block goes to the end of the user's queue. REQUIRES: has_room(), not empty
  void push(uint32_t user, std::span<const std::byte> block);
  /// The user's oldest block; valid until pop(). REQUIRES: it has one.
  std::span<const std::byte> front(uint32_t user) const;
  void pop(uint32_t user);
  void clear();

 private:
  struct Node {
    std::vector<std::byte> block;
    Node* next = nullptr;
  };

  struct Queue {
    Node* first = nullptr;
    Node* last = nullptr;
  };

  const size_t bytes_max_;
  size_t bytes_ = 0;
  std::vector<Queue> queues_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<Node*> free_;  // keep their memory
};

}  // namespace macaw::replay
