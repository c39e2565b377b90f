// SPDX-License-Identifier: MIT
#include "macaw/base/hash.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

namespace macaw {

BOOST_AUTO_TEST_SUITE(hash_test)

BOOST_AUTO_TEST_CASE(sha256_of_published_examples) {
  // FIPS 180-2, appendix B, and the empty message.
  BOOST_TEST(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(sha256_hex("abc") ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

BOOST_AUTO_TEST_CASE(sha256_does_not_depend_on_the_pieces) {
  const std::string text(1000, 'x');
  Sha256 hash;
  for (size_t at = 0, step = 0; at < text.size(); at += step) {
    step = at % 7;
    hash.update(std::string_view(text).substr(at, step));
    step += step == 0 ? 1 : 0;
    if (at % 7 == 0) {
      hash.update(std::string_view(text).substr(at, 1));
    }
  }
  Sha256 moved = std::move(hash);
  BOOST_TEST(moved.finish() == sha256_hex(text));
}

BOOST_AUTO_TEST_CASE(hash64_is_pinned) {
  using std::string_view_literals::operator""sv;
  BOOST_TEST(hash64("") == 0xe220a8397b1dcdafULL);
  BOOST_TEST(hash64("a") == 0x5e025f9ade9eaf3eULL);
  BOOST_TEST(hash64("12345678") == 0x83dbec76b33f9ca3ULL);
  BOOST_TEST(hash64("user/10000") == 0x7f7a719725ebd966ULL);
  BOOST_TEST(hash64("\0"sv) == 0x5e41ab087439611eULL);
  BOOST_TEST(hash64("\0\0"sv) == 0x64684c4f0fd784b4ULL);
}

BOOST_AUTO_TEST_CASE(hash64_spreads_similar_keys) {
  std::set<uint64_t> seen;
  constexpr int kKeys = 20'000;
  int buckets[16] = {};
  for (int k = 0; k < kKeys; ++k) {
    const uint64_t hash = hash64("user" + std::to_string(k));
    seen.insert(hash);
    ++buckets[hash % 16];
  }
  BOOST_TEST(seen.size() == static_cast<size_t>(kKeys));
  for (const int count : buckets) {
    BOOST_TEST((count > 1100 && count < 1400));  // 1250 expected, standard deviation 34
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
