// SPDX-License-Identifier: MIT
//
// SpscByteRing. A block is a header of eight bytes (its size) and its bytes, padded to eight.
// Blocks never wrap: where the rest of the buffer is too short, a marker takes the header's place
// and the block begins at the buffer's start. Head and tail count bytes for ever and are masked on
// use. Thread: as in the header; the two halves share only head_ and tail_.
#include "macaw/base/ring.h"

#include <cstring>

namespace macaw {

namespace {

constexpr size_t kHeaderBytes = 8;
constexpr uint64_t kWrapMarker = UINT64_MAX;

constexpr uint64_t bytes_of_block(uint64_t size) {
  return kHeaderBytes + ((size + 7) & ~uint64_t{7});
}

}  // namespace

SpscByteRing::SpscByteRing(size_t capacity)
    : capacity_(capacity), bytes_(std::make_unique_for_overwrite<std::byte[]>(capacity)) {
  MACAW_CHECK(std::has_single_bit(capacity) && capacity >= 64, "capacity={}", capacity);
}

std::byte* SpscByteRing::reserve(size_t size) {
  MACAW_CHECK(size > 0 && size <= block_max(), "size={} block_max={}", size, block_max());
  const uint64_t head = head_.load(std::memory_order_relaxed);
  const auto offset = static_cast<size_t>(head & (capacity_ - 1));
  const uint64_t to_end = capacity_ - offset;
  const uint64_t block = bytes_of_block(size);
  const uint64_t skipped = block <= to_end ? 0 : to_end;
  if (head + skipped + block - tail_cache_ > capacity_) {
    tail_cache_ = tail_.load(std::memory_order_acquire);  // pairs with the releases of the consumer
    if (head + skipped + block - tail_cache_ > capacity_) {
      reserved_head_ = head;
      return nullptr;
    }
  }
  if (skipped != 0) {
    std::memcpy(&bytes_[offset], &kWrapMarker, kHeaderBytes);
  }
  const size_t start = skipped == 0 ? offset : 0;
  const uint64_t size_word = size;
  std::memcpy(&bytes_[start], &size_word, kHeaderBytes);
  reserved_head_ = head + skipped + block;
  return &bytes_[start + kHeaderBytes];
}

void SpscByteRing::commit() {
  MACAW_CHECK(reserved_head_ > head_.load(std::memory_order_relaxed), "nothing is reserved");
  head_.store(reserved_head_, std::memory_order_release);  // pairs with the acquire in front
}

std::span<const std::byte> SpscByteRing::front() {
  uint64_t tail = tail_.load(std::memory_order_relaxed);
  if (tail == head_cache_) {
    head_cache_ = head_.load(std::memory_order_acquire);  // pairs with the release in commit
    if (tail == head_cache_) {
      return {};
    }
  }
  auto offset = static_cast<size_t>(tail & (capacity_ - 1));
  uint64_t size = 0;
  std::memcpy(&size, &bytes_[offset], kHeaderBytes);
  if (size == kWrapMarker) {
    // A marker and the block after it become visible together, so there is a block at the start.
    tail += capacity_ - offset;
    tail_.store(tail, std::memory_order_release);  // pairs with the acquire in reserve
    offset = 0;
    std::memcpy(&size, &bytes_[0], kHeaderBytes);
  }
  front_size_ = bytes_of_block(size);
  return {&bytes_[offset + kHeaderBytes], static_cast<size_t>(size)};
}

void SpscByteRing::pop() {
  MACAW_CHECK(front_size_ != 0, "no front");
  const uint64_t tail = tail_.load(std::memory_order_relaxed);
  tail_.store(tail + front_size_, std::memory_order_release);  // pairs with the acquire in reserve
  front_size_ = 0;
}

}  // namespace macaw
