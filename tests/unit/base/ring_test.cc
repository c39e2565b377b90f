// SPDX-License-Identifier: MIT
//
// Each ring is tested alone (order, fullness, wrapping) and between two threads, where the thread
// sanitizer also has its say.
#include "macaw/base/ring.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "macaw/base/random.h"

namespace macaw {

namespace {

std::byte pattern(uint64_t block, size_t at) {
  return static_cast<std::byte>(mix64(block * 1'000'003 + at) & 0xff);
}

bool try_produce(SpscByteRing& ring, uint64_t block, size_t size) {
  std::byte* bytes = ring.reserve(size);
  if (bytes == nullptr) {
    return false;
  }
  for (size_t at = 0; at < size; ++at) {
    bytes[at] = pattern(block, at);
  }
  ring.commit();
  return true;
}

bool holds_pattern(std::span<const std::byte> bytes, uint64_t block, size_t size) {
  if (bytes.size() != size || reinterpret_cast<uintptr_t>(bytes.data()) % 8 != 0) {
    return false;
  }
  for (size_t at = 0; at < size; ++at) {
    if (bytes[at] != pattern(block, at)) {
      return false;
    }
  }
  return true;
}

size_t size_of_block(uint64_t block, size_t block_max) {
  return 1 + Random(7).at(block) % block_max;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ring_test)

BOOST_AUTO_TEST_CASE(a_full_ring_refuses) {
  SpscRing<int> ring(4);
  for (int k = 0; k < 4; ++k) {
    BOOST_TEST(ring.try_push(k));
  }
  BOOST_TEST(!ring.try_push(4));
  BOOST_TEST(ring.size() == 4U);
  std::array<int, 3> out{};
  BOOST_TEST(ring.pop(out) == 3U);
  BOOST_TEST(out == (std::array<int, 3>{0, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(ring.try_push(5));
  BOOST_TEST(ring.pop(out) == 2U);
  BOOST_TEST(out[0] == 3);
  BOOST_TEST(out[1] == 5);
  BOOST_TEST(ring.pop(out) == 0U);
}

BOOST_AUTO_TEST_CASE(cells_cross_threads_in_order) {
  constexpr uint64_t kCells = 300'000;
  SpscRing<uint64_t> ring(64);
  std::jthread producer([&ring] {
    for (uint64_t k = 0; k < kCells;) {
      if (ring.try_push(mix64(k))) {
        ++k;
      } else {
        std::this_thread::yield();
      }
    }
  });
  uint64_t seen = 0;
  uint64_t wrong = 0;
  std::array<uint64_t, 17> out{};
  while (seen < kCells) {
    const size_t count = ring.pop(out);
    for (size_t k = 0; k < count; ++k) {
      wrong += out[k] != mix64(seen++) ? 1U : 0U;
    }
    if (count == 0) {
      std::this_thread::yield();
    }
  }
  BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_is_visible_before_commit) {
  SpscByteRing ring(64);
  BOOST_TEST(ring.front().empty());
  std::byte* first = ring.reserve(3);
  BOOST_REQUIRE(first != nullptr);
  BOOST_TEST(ring.front().empty());
  // A second reservation takes the place of the first.
  BOOST_TEST(ring.reserve(5) == first);
  std::memcpy(first, "hello", 5);
  ring.commit();
  const auto front = ring.front();
  BOOST_TEST(std::string(reinterpret_cast<const char*>(front.data()), front.size()) == "hello");
  BOOST_TEST(ring.front().data() == front.data());
  ring.pop();
  BOOST_TEST(ring.front().empty());
}

BOOST_AUTO_TEST_CASE(the_largest_block_fits_into_an_empty_ring_at_every_offset) {
  for (const size_t capacity : {size_t{64}, size_t{128}, size_t{1024}}) {
    for (size_t advance = 1; advance <= capacity / 2 - 16; ++advance) {
      SpscByteRing ring(capacity);
      for (uint64_t block = 0; block < 3 * capacity / 8; ++block) {
        BOOST_REQUIRE(try_produce(ring, block, advance));
        BOOST_REQUIRE(holds_pattern(ring.front(), block, advance));
        ring.pop();
        BOOST_REQUIRE(try_produce(ring, block, ring.block_max()));
        BOOST_REQUIRE(holds_pattern(ring.front(), block, ring.block_max()));
        ring.pop();
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(blocks_follow_a_model) {
  SpscByteRing ring(512);
  Random random(5);
  std::deque<uint64_t> model;
  uint64_t produced = 0;
  uint64_t refused = 0;
  for (int step = 0; step < 100'000; ++step) {
    if (random.below(2) == 0) {
      if (try_produce(ring, produced, size_of_block(produced, 120))) {
        model.push_back(produced++);
      } else {
        // Room for one more block of 120 with its header, a wrap and padding: then it had to be
        // taken.
        BOOST_REQUIRE(!model.empty());
        ++refused;
      }
    } else if (model.empty()) {
      BOOST_REQUIRE(ring.front().empty());
    } else {
      BOOST_REQUIRE(holds_pattern(ring.front(), model.front(), size_of_block(model.front(), 120)));
      ring.pop();
      model.pop_front();
    }
  }
  BOOST_TEST(produced > 10'000U);
  BOOST_TEST(refused > 1'000U);
}

BOOST_AUTO_TEST_CASE(blocks_cross_threads_in_order) {
  constexpr uint64_t kBlocks = 100'000;
  SpscByteRing ring(1024);
  const size_t block_max = ring.block_max();
  std::jthread producer([&ring, block_max] {
    for (uint64_t block = 0; block < kBlocks;) {
      if (try_produce(ring, block, size_of_block(block, block_max))) {
        ++block;
      } else {
        std::this_thread::yield();
      }
    }
  });
  uint64_t wrong = 0;
  for (uint64_t block = 0; block < kBlocks;) {
    const auto front = ring.front();
    if (front.empty()) {
      std::this_thread::yield();
      continue;
    }
    wrong += holds_pattern(front, block, size_of_block(block, block_max)) ? 0U : 1U;
    ring.pop();
    ++block;
  }
  BOOST_TEST(wrong == 0U);
  BOOST_TEST(ring.front().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
