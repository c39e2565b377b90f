// SPDX-License-Identifier: MIT
//
// Student's distribution, through the incomplete beta function (Abramowitz and Stegun, 26.5.8 and
// 26.7.1).
#include <cmath>

#include "macaw/base/check.h"
#include "macaw/stats/comparison.h"

namespace macaw::stats {

namespace {

/// The continued fraction of the incomplete beta function, by Lentz's method; converges quickly for
/// x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kTermsMax = 500;
  double c = 1;
  double d = 1 - (a + b) * x / (a + 1);
  d = 1 / (std::fabs(d) < kTiny ? kTiny : d);
  double fraction = d;
  for (int m = 1; m < kTermsMax; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double step = 1;
    for (const double term : {even, odd}) {
      d = 1 + term * d;
      d = 1 / (std::fabs(d) < kTiny ? kTiny : d);
      c = 1 + term / c;
      c = std::fabs(c) < kTiny ? kTiny : c;
      step = d * c;
      fraction *= step;
    }
    if (std::fabs(step - 1) < 1e-14) {
      break;
    }
  }
  return fraction;
}

/// Not std::lgamma, which writes a global. Stirling's series, after shifting x above 10.
double log_gamma(double x) {
  double shift = 0;
  while (x < 10) {
    shift -= std::log(x);
    x += 1;
  }
  const double inverse = 1 / x;
  const double square = inverse * inverse;
  constexpr double kHalfLogTwoPi = 0.91893853320467274178;
  const double series =
      inverse *
      (1.0 / 12 -
       square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188))));
  return shift + (x - 0.5) * std::log(x) - x + kHalfLogTwoPi + series;
}

double incomplete_beta(double a, double b, double x) {
  if (x <= 0 || x >= 1) {
    return x <= 0 ? 0 : 1;
  }
  const double front = std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) +
                                b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) {
    return front * beta_fraction(a, b, x) / a;
  }
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

}  // namespace

double student_upper_tail(double t, double degrees) {
  MACAW_CHECK(degrees > 0, "degrees={}", degrees);
  if (std::isinf(t)) {
    return t > 0 ? 0 : 1;
  }
  const double half = incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2;
  return t >= 0 ? half : 1 - half;
}

double student_quantile(double upper, double degrees) {
  MACAW_CHECK(upper > 0 && upper < 0.5 && degrees >= 1, "upper={} degrees={}", upper, degrees);
  double low = 0;
  double high = 1;
  while (student_upper_tail(high, degrees) > upper) {
    low = high;
    high *= 2;
  }
  for (int k = 0; k < 100; ++k) {
    const double middle = (low + high) / 2;
    (student_upper_tail(middle, degrees) > upper ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace macaw::stats
