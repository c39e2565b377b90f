// SPDX-License-Identifier: MIT
//
// Blocks that were freed are given out again; their contents and sizes are kept.

#include "h2_memory.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstring>
#include <vector>

#include "macaw/base/random.h"

using macaw::http::H2Memory;

BOOST_AUTO_TEST_SUITE(h2_memory_test)

BOOST_AUTO_TEST_CASE(a_freed_block_is_given_out_again) {
  H2Memory memory;
  const nghttp2_mem& call = *memory.callbacks();
  for (const size_t size : {1U, 32U, 33U, 1000U, 32768U}) {
    void* const first = call.malloc(size, call.mem_user_data);
    call.free(first, call.mem_user_data);
    void* const second = call.malloc(size, call.mem_user_data);
    BOOST_TEST(first == second);
    call.free(second, call.mem_user_data);
  }
  call.free(nullptr, call.mem_user_data);
}

BOOST_AUTO_TEST_CASE(calloc_clears_what_was_used_before) {
  H2Memory memory;
  const nghttp2_mem& call = *memory.callbacks();
  void* const used = call.malloc(64, call.mem_user_data);
  std::memset(used, 0xFF, 64);
  call.free(used, call.mem_user_data);
  auto* const bytes = static_cast<unsigned char*>(call.calloc(8, 8, call.mem_user_data));
  BOOST_TEST(bytes == used);
  for (size_t k = 0; k < 64; ++k) {
    BOOST_TEST(bytes[k] == 0);
  }
  call.free(bytes, call.mem_user_data);
}

/// Blocks of all sizes grow, shrink and go in any order, and none touches another.
BOOST_AUTO_TEST_CASE(blocks_keep_their_contents) {
  struct Block {
    unsigned char* bytes = nullptr;
    size_t size = 0;
    unsigned char fill = 0;

    bool is_whole() const {
      for (size_t k = 0; k < size; ++k) {
        if (bytes[k] != fill) {
          return false;
        }
      }
      return true;
    }
  };

  H2Memory memory;
  const nghttp2_mem& call = *memory.callbacks();
  macaw::Random random(7);
  std::vector<Block> blocks(50);
  for (int step = 0; step < 5000; ++step) {
    Block& block = blocks[random.below(blocks.size())];
    BOOST_REQUIRE(block.is_whole());
    if (block.bytes != nullptr && random.below(3) == 0) {
      call.free(block.bytes, call.mem_user_data);
      block = {};
      continue;
    }
    const size_t size = 1 + random.below(size_t{1} << (1 + random.below(17)));
    const size_t kept = std::min(block.size, size);
    block.bytes = static_cast<unsigned char*>(call.realloc(block.bytes, size, call.mem_user_data));
    block.size = kept;
    BOOST_REQUIRE(block.is_whole());
    block.size = size;
    block.fill = static_cast<unsigned char>(step);
    std::memset(block.bytes, block.fill, size);
  }
  for (const Block& block : blocks) {
    call.free(block.bytes, call.mem_user_data);
  }
}

BOOST_AUTO_TEST_SUITE_END()
