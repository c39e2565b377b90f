// SPDX-License-Identifier: MIT
//
// See wide_fixed.h: schoolbook arithmetic on 64-bit limbs.

#include "wide_fixed.h"

namespace macaw::replay {

WideFixed WideFixed::operator+(const WideFixed& other) const {
  WideFixed sum;
  uint64_t carry = 0;
  for (size_t k = 0; k < kLimbs; ++k) {
    const uint128 s = uint128{limbs_[k]} + other.limbs_[k] + carry;
    sum.limbs_[k] = static_cast<uint64_t>(s);
    carry = static_cast<uint64_t>(s >> 64);
  }
  return sum;
}

WideFixed WideFixed::operator-(const WideFixed& other) const {
  WideFixed result;
  uint64_t borrow = 0;
  for (size_t k = 0; k < kLimbs; ++k) {
    const uint128 d = uint128{limbs_[k]} - other.limbs_[k] - borrow;
    result.limbs_[k] = static_cast<uint64_t>(d);
    borrow = static_cast<uint64_t>(d >> 64) & 1;
  }
  return result;
}

WideFixed WideFixed::operator*(uint64_t factor) const {
  WideFixed product;
  uint64_t carry = 0;
  for (size_t k = 0; k < kLimbs; ++k) {
    const uint128 p = uint128{limbs_[k]} * factor + carry;
    product.limbs_[k] = static_cast<uint64_t>(p);
    carry = static_cast<uint64_t>(p >> 64);
  }
  return product;
}

WideFixed WideFixed::times_fraction(uint128 fraction) const {
  // (this * low / 2^64 + this * high) / 2^64; each division drops the lowest limb.
  const auto down = [](const WideFixed& value, uint64_t top) {
    WideFixed shifted;
    for (size_t k = 0; k + 1 < kLimbs; ++k) {
      shifted.limbs_[k] = value.limbs_[k + 1];
    }
    shifted.limbs_[kLimbs - 1] = top;
    return shifted;
  };
  const auto times = [this](uint64_t factor, uint64_t& top) {
    WideFixed product;
    top = 0;
    for (size_t k = 0; k < kLimbs; ++k) {
      const uint128 p = uint128{limbs_[k]} * factor + top;
      product.limbs_[k] = static_cast<uint64_t>(p);
      top = static_cast<uint64_t>(p >> 64);
    }
    return product;
  };
  uint64_t low_top = 0;
  uint64_t high_top = 0;
  const WideFixed low = times(static_cast<uint64_t>(fraction), low_top);
  const WideFixed high = times(static_cast<uint64_t>(fraction >> 64), high_top);
  const WideFixed low_down = down(low, low_top);
  const WideFixed sum = high + low_down;
  // The sum is below 2^64 times this, so at most one bit leaves the top limb.
  const uint64_t carry = sum < high ? 1 : 0;
  return down(sum, high_top + carry);
}

WideFixed WideFixed::operator/(uint64_t divisor) const {
  WideFixed quotient;
  uint64_t rest = 0;
  for (size_t k = kLimbs; k-- > 0;) {
    const uint128 d = (uint128{rest} << 64) | limbs_[k];
    quotient.limbs_[k] = static_cast<uint64_t>(d / divisor);
    rest = static_cast<uint64_t>(d % divisor);
  }
  return quotient;
}

std::strong_ordering WideFixed::operator<=>(const WideFixed& other) const {
  for (size_t k = kLimbs; k-- > 0;) {
    if (limbs_[k] != other.limbs_[k]) {
      return limbs_[k] <=> other.limbs_[k];
    }
  }
  return std::strong_ordering::equal;
}

double WideFixed::to_double() const {
  constexpr std::array<double, kLimbs> kWeights = {0x1.0p-256, 0x1.0p-192, 0x1.0p-128,
                                                   0x1.0p-64,  0x1.0p+0,   0x1.0p+64};
  double value = 0.0;
  for (size_t k = 0; k < kLimbs; ++k) {
    value += static_cast<double>(limbs_[k]) * kWeights[k];
  }
  return value;
}

double difference(const WideFixed& a, const WideFixed& b) {
  return a < b ? -(b - a).to_double() : (a - b).to_double();
}

}  // namespace macaw::replay
