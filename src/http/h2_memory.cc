// SPDX-License-Identifier: MIT
//
// See h2_memory.h.

#include "h2_memory.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "macaw/base/check.h"

namespace macaw::http {

H2Memory::H2Memory() {
  callbacks_.mem_user_data = this;
  callbacks_.malloc = [](size_t size, void* user) {
    return static_cast<H2Memory*>(user)->allocate(size);
  };
  callbacks_.free = [](void* block, void* user) { static_cast<H2Memory*>(user)->release(block); };
  callbacks_.calloc = [](size_t count, size_t size, void* user) {
    // nghttp2 asks for few things of a known size: the product cannot overflow.
    void* const block = static_cast<H2Memory*>(user)->allocate(count * size);
    if (block != nullptr) {
      std::memset(block, 0, count * size);
    }
    return block;
  };
  callbacks_.realloc = [](void* block, size_t size, void* user) {
    return static_cast<H2Memory*>(user)->reallocate(block, size);
  };
}

H2Memory::~H2Memory() {
  MACAW_CHECK(in_use_ == 0, "{} blocks are still in use", in_use_);
  for (Head* first : kept_) {
    while (first != nullptr) {
      std::free(std::exchange(first, first->next));
    }
  }
}

/// kClasses: too large to be kept.
size_t H2Memory::class_of(size_t size) {
  const size_t rounded = std::bit_ceil(std::max(size, kSmallest));
  return std::min(static_cast<size_t>(std::countr_zero(rounded / kSmallest)), kClasses);
}

void* H2Memory::allocate(size_t size) {
  const size_t size_class = class_of(size);
  Head* head = nullptr;
  if (size_class < kClasses && kept_[size_class] != nullptr) {
    head = kept_[size_class];
    kept_[size_class] = head->next;
  } else {
    const size_t room = size_class < kClasses ? size_of(size_class) : size;
    void* const memory = std::malloc(sizeof(Head) + room);
    if (memory == nullptr) {
      return nullptr;  // nghttp2 says NGHTTP2_ERR_NOMEM
    }
    head = new (memory) Head;
    head->size_class = size_class;
  }
  ++in_use_;
  return head + 1;
}

void H2Memory::release(void* block) {
  if (block == nullptr) {
    return;
  }
  --in_use_;
  Head* const head = static_cast<Head*>(block) - 1;
  if (head->size_class >= kClasses) {
    std::free(head);
    return;
  }
  head->next = kept_[head->size_class];
  kept_[head->size_class] = head;
}

void* H2Memory::reallocate(void* block, size_t size) {
  if (block == nullptr) {
    return allocate(size);
  }
  Head* const head = static_cast<Head*>(block) - 1;
  if (head->size_class >= kClasses) {
    // Its size is known to the system only.
    auto* const moved = static_cast<Head*>(std::realloc(head, sizeof(Head) + size));
    return moved == nullptr ? nullptr : moved + 1;
  }
  const size_t room = size_of(head->size_class);
  if (size <= room) {
    return block;
  }
  void* const larger = allocate(size);
  if (larger != nullptr) {
    std::memcpy(larger, block, room);
    release(block);
  }
  return larger;
}

}  // namespace macaw::http
