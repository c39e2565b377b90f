// SPDX-License-Identifier: MIT
//
// Bounded single-producer single-consumer queues. Neither side ever blocks or allocates: a full
// ring refuses, and the caller counts that. Indices of the other side are cached, so that a push or
// pop usually touches one shared cache line. Thread: one producer thread and one consumer thread,
// each calling only its own half.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

#include "macaw/base/check.h"

namespace macaw {

inline constexpr size_t kCacheLine = 64;

/// Fixed-size cells, copied in and out.
template <typename T>
class SpscRing {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// REQUIRES: capacity is a power of two.
  explicit SpscRing(size_t capacity)
      : mask_(capacity - 1), cells_(std::make_unique<T[]>(capacity)) {
    MACAW_CHECK(std::has_single_bit(capacity), "capacity={}", capacity);
  }

  SpscRing(const SpscRing&) = delete;
  SpscRing& operator=(const SpscRing&) = delete;

  size_t capacity() const { return mask_ + 1; }

  /// Producer. False when the ring is full; nothing was written then.
  bool try_push(const T& cell) {
    const uint64_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_cache_ > mask_) {
      tail_cache_ = tail_.load(std::memory_order_acquire);  // pairs with the release in pop
      if (head - tail_cache_ > mask_) {
        return false;
      }
    }
    cells_[head & mask_] = cell;
    head_.store(head + 1, std::memory_order_release);  // pairs with the acquire in pop
    return true;
  }

  /// Consumer. Moves up to out.size() cells, oldest first; returns how many.
  size_t pop(std::span<T> out) {
    const uint64_t tail = tail_.load(std::memory_order_relaxed);
    const uint64_t head = head_.load(std::memory_order_acquire);
    const auto count = static_cast<size_t>(
        head - tail < out.size() ? head - tail : static_cast<uint64_t>(out.size()));
    for (size_t k = 0; k < count; ++k) {
      out[k] = cells_[(tail + k) & mask_];
    }
    tail_.store(tail + count, std::memory_order_release);
    return count;
  }

  /// Any thread; exact only on a quiet ring.
  size_t size() const {
    const uint64_t tail = tail_.load(std::memory_order_acquire);
    const uint64_t head = head_.load(std::memory_order_acquire);
    return static_cast<size_t>(head - tail);
  }

 private:
  const uint64_t mask_;
  std::unique_ptr<T[]> cells_;
  alignas(kCacheLine) std::atomic<uint64_t> head_{0};
  uint64_t tail_cache_ = 0;  // producer's
  alignas(kCacheLine) std::atomic<uint64_t> tail_{0};
};

/// Variable-size byte blocks, each contiguous in memory and 8-byte aligned, so that the consumer
/// can use a block in place and give it back when done. Blocks are given back in order.
class SpscByteRing {
 public:
  /// REQUIRES: capacity is a power of two and at least 64.
  explicit SpscByteRing(size_t capacity);

  SpscByteRing(const SpscByteRing&) = delete;
  SpscByteRing& operator=(const SpscByteRing&) = delete;

  /// The largest block that is certain to fit into an empty ring.
  size_t block_max() const { return capacity_ / 2 - 16; }

  /// Producer. Room for a block of `size` bytes, or nullptr while there is none. Nothing is visible
  /// to the consumer before commit(). Calling it again drops a reservation that was not committed.
  /// REQUIRES: 1 <= size <= block_max()
  std::byte* reserve(size_t size);
  /// REQUIRES: the last reserve() gave room.
  void commit();

  /// Consumer. The oldest block, or an empty span; it stays valid until pop().
  std::span<const std::byte> front();
  /// REQUIRES: front() was not empty.
  void pop();

 private:
  const size_t capacity_;
  std::unique_ptr<std::byte[]> bytes_;
  alignas(kCacheLine) std::atomic<uint64_t> head_{0};
  uint64_t tail_cache_ = 0;
  uint64_t reserved_head_ = 0;  // head after commit of the block being written
  alignas(kCacheLine) std::atomic<uint64_t> tail_{0};
  uint64_t head_cache_ = 0;
  uint64_t front_size_ = 0;
};

}  // namespace macaw
