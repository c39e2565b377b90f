// SPDX-License-Identifier: MIT
//
// Every function is the same three steps: reduce the argument exactly (or with a constant split in
// two, so that the loss is below half a unit in the last place), sum a series by Horner's rule in
// one fixed order, and put the reduced part back. The series are the plain Taylor ones; how many
// terms they need follows from the size of the reduced argument and stands beside each. The build
// switches contraction off
// (-ffp-contract=off), because a fused multiply-add rounds differently.
#include "macaw/base/portable_math.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "macaw/base/check.h"

namespace macaw {

namespace {

static_assert(std::numeric_limits<double>::is_iec559);

// ln 2 in two parts; the first has 20 zero bits at its end, so that its product with an exponent is
// exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kInverseLn2 = 0x1.71547652b82fep+0;
constexpr double kTwoPi = 0x1.921fb54442d18p+2;

constexpr uint64_t kMantissaMask = (uint64_t{1} << 52) - 1;
constexpr uint64_t kExponentOne = uint64_t{1023} << 52;

/// c[0] + c[1] x + c[2] x^2 + ..., from the highest power down.
template <size_t kCount>
double horner(const std::array<double, kCount>& c, double x) {
  double sum = c[kCount - 1];
  for (size_t k = kCount - 1; k-- > 0;) {
    sum = sum * x + c[k];
  }
  return sum;
}

/// 1, 1/3, 1/5, ...
template <size_t kCount>
constexpr std::array<double, kCount> odd_reciprocals() {
  std::array<double, kCount> c{};
  for (size_t k = 0; k < kCount; ++k) {
    c[k] = 1.0 / static_cast<double>(2 * k + 1);
  }
  return c;
}

/// 1/first!, 1/(first + step)!, ..., with the sign of `alternate` to the power k. Factorials up to
/// 18! are exact.
template <size_t kCount>
constexpr std::array<double, kCount> factorial_series(unsigned first, unsigned step,
                                                      bool alternate) {
  std::array<double, kCount> c{};
  double factorial = 1.0;
  unsigned n = 0;
  for (size_t k = 0; k < kCount; ++k) {
    while (n < first + step * k) {
      factorial *= static_cast<double>(++n);
    }
    c[k] = (alternate && k % 2 == 1 ? -1.0 : 1.0) / factorial;
  }
  return c;
}

/// sin(2 pi f) for |f| <= 1/8: the angle is at most pi/4, so the term after the last is below
/// 1e-19.
double sin_octant(double f) {
  constexpr auto kSeries = factorial_series<9>(1, 2, /*alternate=*/true);
  const double angle = kTwoPi * f;
  return angle * horner(kSeries, angle * angle);
}

/// cos(2 pi f) for |f| <= 1/8: the term after the last is below 3e-18.
double cos_octant(double f) {
  constexpr auto kSeries = factorial_series<9>(0, 2, /*alternate=*/true);
  const double angle = kTwoPi * f;
  return horner(kSeries, angle * angle);
}

/// sin(2 pi (x + quarters / 4)). The subtraction is exact, so zeros stay zeros.
double sin_with_phase(double x, unsigned quarters) {
  MACAW_CHECK(std::isfinite(x), "x={}", x);
  if (x >= 0x1.0p+52 || x <= -0x1.0p+52) {
    x = 0.0;  // only integers are that large
  }
  const double nearest = std::floor(x * 4.0 + 0.5);  // floor is exact by IEEE 754
  const double f = x - nearest * 0.25;
  const auto quarter = static_cast<unsigned>(static_cast<int64_t>(nearest) & 3);
  switch ((quarter + quarters) & 3) {
    case 0:
      return sin_octant(f);
    case 1:
      return cos_octant(f);
    case 2:
      return -sin_octant(f);
    default:
      return -cos_octant(f);
  }
}

// Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics
// 37 (1988), PPND16: numerator and denominator for the middle, the near tail and the far tail.
constexpr std::array<double, 8> kMiddleTop = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                              1.9715909503065514427e3, 1.3731693765509461125e4,
                                              4.5921953931549871457e4, 6.7265770927008700853e4,
                                              3.3430575583588128105e4, 2.5090809287301226727e3};
constexpr std::array<double, 8> kMiddleBottom = {1.0,
                                                 4.2313330701600911252e1,
                                                 6.8718700749205790830e2,
                                                 5.3941960214247511077e3,
                                                 2.1213794301586595867e4,
                                                 3.9307895800092710610e4,
                                                 2.8729085735721942674e4,
                                                 5.2264952788528545610e3};
constexpr std::array<double, 8> kNearTop = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                            5.76949722146069140550e0,  3.64784832476320460504e0,
                                            1.27045825245236838258e0,  2.41780725177450611770e-1,
                                            2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr std::array<double, 8> kNearBottom = {1.0,
                                               2.05319162663775882187e0,
                                               1.67638483018380384940e0,
                                               6.89767334985100004550e-1,
                                               1.48103976427480074590e-1,
                                               1.51986665636164571966e-2,
                                               5.47593808499534494600e-4,
                                               1.05075007164441684324e-9};
constexpr std::array<double, 8> kFarTop = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                           1.78482653991729133580e0,  2.96560571828504891230e-1,
                                           2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                           2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr std::array<double, 8> kFarBottom = {1.0,
                                              5.99832206555887937690e-1,
                                              1.36929880922735805310e-1,
                                              1.48753612908506148525e-2,
                                              7.86869131145613259100e-4,
                                              1.84631831751005468180e-5,
                                              1.42151175831644588870e-7,
                                              2.04426310338993978564e-15};

}  // namespace

double portable_ln(double x) {
  MACAW_CHECK(std::isnormal(x) && x > 0, "x={}", x);
  const auto bits = std::bit_cast<uint64_t>(x);
  auto exponent = static_cast<int>(bits >> 52) - 1023;
  auto m = std::bit_cast<double>((bits & kMantissaMask) | kExponentOne);
  if (m > 0x1.6a09e667f3bcdp+0) {  // sqrt 2: keeps m near 1 and the sum below free of cancellation
    m *= 0.5;
    exponent += 1;
  }
  // ln m = 2 atanh(s) = 2 (s + s^3/3 + ...). |s| <= 0.1716, so the first term left out is below
  // 1e-20.
  constexpr auto kSeries = odd_reciprocals<13>();
  const double s = (m - 1.0) / (m + 1.0);
  const double ln_m = 2.0 * s * horner(kSeries, s * s);
  const auto e = static_cast<double>(exponent);
  return e * kLn2High + (e * kLn2Low + ln_m);
}

double portable_exp(double x) {
  MACAW_CHECK(x <= 700.0, "x={}", x);
  if (x < -700.0) {
    return 0.0;
  }
  // |r| <= ln(2)/2, so r^14/14! is below 1e-17. The range of x keeps 2^n a normal number.
  constexpr auto kSeries = factorial_series<14>(0, 1, /*alternate=*/false);
  const double n = std::floor(x * kInverseLn2 + 0.5);
  const double r = (x - n * kLn2High) - n * kLn2Low;
  const auto power = static_cast<uint64_t>(static_cast<int64_t>(n) + 1023) << 52;
  return horner(kSeries, r) * std::bit_cast<double>(power);
}

double portable_normal_quantile(double p) {
  MACAW_CHECK(p > 0.0 && p < 1.0, "p={}", p);
  const double q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * horner(kMiddleTop, r) / horner(kMiddleBottom, r);
  }
  const double tail = q < 0.0 ? p : 1.0 - p;
  // A subnormal p has lost its digits anyway; the smallest normal number stands for all of them.
  const double normal_tail =
      tail < std::numeric_limits<double>::min() ? std::numeric_limits<double>::min() : tail;
  const double r = std::sqrt(-portable_ln(normal_tail));
  const double z = r <= 5.0 ? horner(kNearTop, r - 1.6) / horner(kNearBottom, r - 1.6)
                            : horner(kFarTop, r - 5.0) / horner(kFarBottom, r - 5.0);
  return q < 0.0 ? -z : z;
}

double portable_sin_turns(double x) {
  return sin_with_phase(x, 0);
}

double portable_cos_turns(double x) {
  return sin_with_phase(x, 1);
}

}  // namespace macaw
