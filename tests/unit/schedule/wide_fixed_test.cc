// SPDX-License-Identifier: MIT
//
// Wide fixed point against rationals.

#include "wide_fixed.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "macaw/base/random.h"
#include "reference.h"

namespace macaw::replay::test {
namespace {

Integer wide_integer(uint128 value) {
  return (Integer(static_cast<uint64_t>(value >> 64)) << 64) | static_cast<uint64_t>(value);
}

/// The value without the lower half of its fraction, in units of 2^-128.
Integer upper(const WideFixed& value) {
  return (wide_integer(value.whole()) << 128) | wide_integer(value.fraction_high());
}

uint128 random_bits(Random& random, unsigned bits_max) {
  const uint128 value = (uint128{random.next()} << 64) | random.next();
  return bits_max == 0 ? 0 : value >> (128 - random.below(bits_max) - 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wide_fixed_test)

BOOST_AUTO_TEST_CASE(sums_and_differences) {
  Random random(/*seed=*/31);
  for (int k = 0; k < 2'000; ++k) {
    const auto a = WideFixed::from_parts(random_bits(random, 120), random_bits(random, 128));
    const auto b = WideFixed::from_parts(random_bits(random, 120), random_bits(random, 128));
    BOOST_REQUIRE((upper(a + b) == upper(a) + upper(b)));
    BOOST_REQUIRE((a + b - b == a));
    BOOST_REQUIRE((a < b) == (upper(a) < upper(b)));
  }
}

BOOST_AUTO_TEST_CASE(products_and_quotients) {
  Random random(/*seed=*/32);
  for (int k = 0; k < 2'000; ++k) {
    const auto a = WideFixed::from_parts(random_bits(random, 64), random_bits(random, 128));
    const uint64_t n = (random.next() >> random.below(64)) | 1;
    BOOST_REQUIRE((upper(a * n) == upper(a) * n));
    BOOST_REQUIRE((upper(a / n) == upper(a) / n));
    // The quotient goes on below 2^-128: multiplied again, next to nothing is missing.
    const WideFixed missing = a - (a / n) * n;
    BOOST_REQUIRE((missing < WideFixed::power_of_two(-192)));
  }
}

BOOST_AUTO_TEST_CASE(products_with_fractions) {
  Random random(/*seed=*/33);
  for (int k = 0; k < 2'000; ++k) {
    const auto a = WideFixed::from_parts(random_bits(random, 128), random_bits(random, 128));
    const uint128 fraction = random_bits(random, 128);
    const Integer exact_product = (upper(a) * wide_integer(fraction)) >> 128;
    const Integer got = upper(a.times_fraction(fraction));
    BOOST_REQUIRE((got == exact_product));
  }
}

BOOST_AUTO_TEST_CASE(doubles) {
  const auto a = WideFixed::from_parts(3, uint128{1} << 127);
  BOOST_TEST(a.to_double() == 3.5);
  BOOST_TEST(difference(a, WideFixed::from_parts(4)) == -0.5);
  const WideFixed tiny = WideFixed::power_of_two(-200);
  BOOST_TEST(difference(a + tiny, a) == std::ldexp(1.0, -200));
  BOOST_TEST(WideFixed::power_of_two(100).to_double() == std::ldexp(1.0, 100));
  BOOST_TEST(WideFixed().is_zero());
  BOOST_TEST(!tiny.is_zero());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay::test
