// SPDX-License-Identifier: MIT
//
// The reference is libm in long double (64-bit mantissa on x86-64): its errors are a thousand times
// smaller than the bound.
#include "macaw/base/portable_math.h"

#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <numbers>

#include "macaw/base/random.h"

namespace macaw {

namespace {

constexpr long double kBound = 1e-14L;
constexpr int kPoints = 200'000;

struct Worst {
  long double error = 0;
  double x = 0;

  void add(double at, double found, long double expected) {
    const long double difference =
        expected == 0 ? std::abs(static_cast<long double>(found))
                      : std::abs((static_cast<long double>(found) - expected) / expected);
    if (!(difference <= error)) {
      error = difference;
      x = at;
    }
  }
};

/// A positive normal number with every exponent alike, or one near `centre`.
double any_positive(Random& random) {
  const uint64_t exponent = 1 + random.below(2045);
  return std::bit_cast<double>((exponent << 52) | (random.next() >> 12));
}

long double sin_turns_reference(double x) {
  // x - n/2 is exact for the x used here.
  const long double n = std::nearbyint(2.0L * x);
  const long double sine = std::sin(2.0L * std::numbers::pi_v<long double> * (x - n / 2.0L));
  return std::fmod(std::abs(n), 2.0L) == 1.0L ? -sine : sine;
}

/// One Newton step in long double from the tested value: its own error is squared away.
long double quantile_reference(double p, double z) {
  const long double zl = z;
  const long double root_half = std::sqrt(0.5L);
  const long double density =
      std::exp(-zl * zl / 2.0L) / std::sqrt(2.0L * std::numbers::pi_v<long double>);
  if (std::abs(p - 0.5) < 0.25) {
    return zl - (0.5L * std::erf(zl * root_half) - (p - 0.5L)) / density;
  }
  const long double tail = p < 0.5 ? static_cast<long double>(p) : 1.0L - p;
  const long double sign = p < 0.5 ? 1.0L : -1.0L;
  const long double found = 0.5L * std::erfc(std::abs(zl) * root_half);
  return zl - sign * (found - tail) / density;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(portable_math_test)

BOOST_AUTO_TEST_CASE(ln_is_accurate_everywhere) {
  Random random(1);
  Worst worst;
  for (int k = 0; k < kPoints; ++k) {
    const double wide = any_positive(random);
    worst.add(wide, portable_ln(wide), std::log(static_cast<long double>(wide)));
    // Around 1, where the result is small and cancellation would show.
    const double near =
        1.0 + (random.unit() - 0.5) * std::ldexp(1.0, -static_cast<int>(random.below(52)));
    if (near != 1.0) {
      worst.add(near, portable_ln(near), std::log(static_cast<long double>(near)));
    }
  }
  BOOST_TEST_INFO("x=" << worst.x);
  BOOST_TEST(worst.error <= kBound);
  BOOST_TEST(portable_ln(1.0) == 0.0);
}

BOOST_AUTO_TEST_CASE(exp_is_accurate_everywhere) {
  Random random(2);
  Worst worst;
  for (int k = 0; k < kPoints; ++k) {
    const double wide = random.unit() * 1400.0 - 700.0;
    worst.add(wide, portable_exp(wide), std::exp(static_cast<long double>(wide)));
    const double small = (random.unit() - 0.5) * 4.0;
    worst.add(small, portable_exp(small), std::exp(static_cast<long double>(small)));
  }
  for (const double edge : {-700.0, 700.0, 1e-300, -1e-300}) {
    worst.add(edge, portable_exp(edge), std::exp(static_cast<long double>(edge)));
  }
  BOOST_TEST_INFO("x=" << worst.x);
  BOOST_TEST(worst.error <= kBound);
  BOOST_TEST(portable_exp(0.0) == 1.0);
  BOOST_TEST(portable_exp(-700.1) == 0.0);
  BOOST_TEST(portable_exp(-INFINITY) == 0.0);
}

BOOST_AUTO_TEST_CASE(normal_quantile_is_accurate_everywhere) {
  Random random(3);
  Worst worst;
  for (int k = 0; k < kPoints / 4; ++k) {
    const double middle = random.unit();
    if (middle > 0.0 && middle != 0.5) {
      const double z = portable_normal_quantile(middle);
      worst.add(middle, z, quantile_reference(middle, z));
    }
    // Both tails, down to 1e-300 on the left and 1 - 1e-16 on the right.
    const double tail = portable_exp(-random.unit() * 690.0);
    if (tail < 0.5) {
      const double z = portable_normal_quantile(tail);
      worst.add(tail, z, quantile_reference(tail, z));
    }
    const double right = 1.0 - tail;
    if (right < 1.0 && right != 0.5) {
      const double z = portable_normal_quantile(right);
      worst.add(right, z, quantile_reference(right, z));
    }
  }
  BOOST_TEST_INFO("p=" << worst.x);
  BOOST_TEST(worst.error <= kBound);
  BOOST_TEST(portable_normal_quantile(0.5) == 0.0);
  BOOST_TEST(std::isfinite(portable_normal_quantile(5e-324)));
  // The published check values of AS 241.
  BOOST_TEST(std::abs(portable_normal_quantile(0.25) - -0.6744897501960817) < 1e-15);
  BOOST_TEST(std::abs(portable_normal_quantile(0.001) - -3.090232306167814) < 4e-15);
  BOOST_TEST(std::abs(portable_normal_quantile(1e-20) - -9.262340089798408) < 1e-14);
}

BOOST_AUTO_TEST_CASE(sine_and_cosine_are_accurate_everywhere) {
  Random random(4);
  Worst sine;
  Worst cosine;
  for (int k = 0; k < kPoints; ++k) {
    const double scale = std::ldexp(1.0, static_cast<int>(random.below(60)) - 40);
    // 40 bits leave room for the exact reference (x + 1/4 has to be a double too).
    const double x = std::round((random.unit() - 0.5) * 0x1p40) * 0x1p-40 * scale;
    sine.add(x, portable_sin_turns(x), sin_turns_reference(x));
    if (std::abs(x) > 1e-6) {
      cosine.add(x, portable_cos_turns(x), sin_turns_reference(std::abs(x) + 0.25));
    }
  }
  BOOST_TEST_INFO("x=" << sine.x);
  BOOST_TEST(sine.error <= kBound);
  BOOST_TEST_INFO("x=" << cosine.x);
  BOOST_TEST(cosine.error <= kBound);
}

BOOST_AUTO_TEST_CASE(zeros_and_ones_of_sine_and_cosine_are_exact) {
  for (const double turn : {0.0, 1.0, -3.0, 1e15, 1e300, -1e300}) {
    BOOST_TEST_CONTEXT(turn) {
      BOOST_TEST(portable_sin_turns(turn) == 0.0);
      BOOST_TEST(portable_cos_turns(turn) == 1.0);
    }
  }
  BOOST_TEST(portable_sin_turns(0.25) == 1.0);
  BOOST_TEST(portable_sin_turns(-0.25) == -1.0);
  BOOST_TEST(portable_sin_turns(0.5) == 0.0);
  BOOST_TEST(portable_cos_turns(0.25) == 0.0);
  BOOST_TEST(portable_cos_turns(1000.5) == -1.0);
  // A tiny argument keeps all its digits.
  BOOST_TEST(portable_sin_turns(-1e-30) == -portable_sin_turns(1e-30));
  BOOST_TEST(portable_sin_turns(1e-30) == 2.0 * std::numbers::pi * 1e-30);
}

BOOST_AUTO_TEST_CASE(bits_are_pinned) {
  // Other machines must get these very bits: files and schedules are made of them. The
  // values come from the same operations carried out by another language.
  BOOST_TEST(std::bit_cast<uint64_t>(portable_ln(10.0)) == 0x40026bb1bbb55516ULL);
  BOOST_TEST(std::bit_cast<uint64_t>(portable_ln(0.1)) == 0xc0026bb1bbb55515ULL);
  BOOST_TEST(std::bit_cast<uint64_t>(portable_exp(1.0)) == 0x4005bf0a8b14576aULL);
  BOOST_TEST(std::bit_cast<uint64_t>(portable_exp(-123.456)) == 0x34cda9fb9e4ee720ULL);
  BOOST_TEST(std::bit_cast<uint64_t>(portable_normal_quantile(0.975)) == 0x3fff5c0331eeff82ULL);
  BOOST_TEST(std::bit_cast<uint64_t>(portable_normal_quantile(1e-9)) == 0xc017fdc11f44b5a7ULL);
  BOOST_TEST(std::bit_cast<uint64_t>(portable_sin_turns(0.1)) == 0x3fe2cf2304755a5eULL);
  BOOST_TEST(std::bit_cast<uint64_t>(portable_cos_turns(0.1)) == 0x3fe9e3779b97f4a8ULL);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
