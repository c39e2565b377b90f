// SPDX-License-Identifier: MIT
//
// nghttp2 allocates and frees some blocks for each request. Here freed blocks are kept, by size,
// for the next request of the same session: the steady state asks the system for nothing.
// Thread: that of the session.
#pragma once

#include <nghttp2/nghttp2.h>

#include <array>
#include <cstddef>

namespace macaw::http {

class H2Memory {
 public:
  H2Memory();
  /// REQUIRES: all blocks have been freed.
  ~H2Memory();
  H2Memory(const H2Memory&) = delete;
  H2Memory& operator=(const H2Memory&) = delete;

  /// For nghttp2_session_client_new3(); valid as long as this object.
  nghttp2_mem* callbacks() { return &callbacks_; }

 private:
  /// Stands before each block. As large as the strictest alignment wants it.
  struct alignas(std::max_align_t) Head {
    Head* next = nullptr;  // while it is kept
    size_t size_class = 0;
  };

  // Powers of two from 32 bytes to 32 KB; larger blocks are rare and not kept.
  static constexpr size_t kSmallest = 32;
  static constexpr size_t kClasses = 11;

  static size_t class_of(size_t size);

  static size_t size_of(size_t size_class) { return kSmallest << size_class; }

  void* allocate(size_t size);
  void release(void* block);
  void* reallocate(void* block, size_t size);

  std::array<Head*, kClasses> kept_{};
  size_t in_use_ = 0;
  nghttp2_mem callbacks_{};
};

}  // namespace macaw::http
