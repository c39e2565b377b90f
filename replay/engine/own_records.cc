// SPDX-License-Identifier: MIT
//
// See own_records.h.

#include "own_records.h"

#include "macaw/base/check.h"

namespace macaw::replay {

OwnRecords::OwnRecords(uint32_t users, size_t bytes_max) : bytes_max_(bytes_max), queues_(users) {}

void OwnRecords::push(uint32_t user, std::span<const std::byte> block) {
  if (free_.empty()) {
    nodes_.push_back(std::make_unique<Node>());
    free_.push_back(nodes_.back().get());
  }
  Node* node = free_.back();
  free_.pop_back();
  node->block.assign(block.begin(), block.end());
  node->next = nullptr;
  Queue& queue = queues_[user];
  (queue.last != nullptr ? queue.last->next : queue.first) = node;
  queue.last = node;
  bytes_ += block.size();
}

std::span<const std::byte> OwnRecords::front(uint32_t user) const {
  const Node* first = queues_[user].first;
  MACAW_CHECK(first != nullptr, "user {} has no records", user);
  return first->block;
}

void OwnRecords::pop(uint32_t user) {
  Queue& queue = queues_[user];
  Node* first = queue.first;
  MACAW_CHECK(first != nullptr, "user {} has no records", user);
  bytes_ -= first->block.size();
  queue.first = first->next;
  if (queue.first == nullptr) {
    queue.last = nullptr;
  }
  free_.push_back(first);
}

void OwnRecords::clear() {
  for (uint32_t user = 0; user < queues_.size(); ++user) {
    while (queues_[user].first != nullptr) {
      pop(user);
    }
  }
}

}  // namespace macaw::replay
