// SPDX-License-Identifier: MIT
//
// Unsigned fixed point wide enough that sums over 30 days of nanoseconds lose nothing that a
// nanosecond could show: 128 bits before the point, 256 after it. Integers only, so every machine
// computes the same. Must not know schedules.
// Thread: a value.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace macaw::replay {

__extension__ using uint128 = unsigned __int128;

class WideFixed {
 public:
  constexpr WideFixed() = default;

  static constexpr WideFixed from_parts(uint128 whole, uint128 fraction_high = 0) {
    WideFixed made;
    made.limbs_[2] = static_cast<uint64_t>(fraction_high);
    made.limbs_[3] = static_cast<uint64_t>(fraction_high >> 64);
    made.limbs_[4] = static_cast<uint64_t>(whole);
    made.limbs_[5] = static_cast<uint64_t>(whole >> 64);
    return made;
  }

  /// 2^power. REQUIRES: -256 <= power < 128
  static constexpr WideFixed power_of_two(int power) {
    WideFixed made;
    const auto bit = static_cast<unsigned>(power + 256);
    made.limbs_[bit / 64] = uint64_t{1} << (bit % 64);
    return made;
  }

  WideFixed operator+(const WideFixed& other) const;
  /// REQUIRES: other <= *this
  WideFixed operator-(const WideFixed& other) const;
  /// REQUIRES: the product is below 2^128.
  WideFixed operator*(uint64_t factor) const;
  /// Times fraction / 2^128, rounded down.
  WideFixed times_fraction(uint128 fraction) const;
  /// Rounded down. REQUIRES: divisor > 0
  WideFixed operator/(uint64_t divisor) const;

  std::strong_ordering operator<=>(const WideFixed& other) const;
  bool operator==(const WideFixed&) const = default;

  constexpr bool is_zero() const { return *this == WideFixed(); }

  uint128 whole() const { return (uint128{limbs_[5]} << 64) | limbs_[4]; }

  /// The first 128 bits after the point.
  uint128 fraction_high() const { return (uint128{limbs_[3]} << 64) | limbs_[2]; }

  double to_double() const;

 private:
  static constexpr size_t kLimbs = 6;
  std::array<uint64_t, kLimbs> limbs_{};  // the least significant first
};

/// a - b as a double, with the relative precision of a double even when a and b nearly agree.
double difference(const WideFixed& a, const WideFixed& b);

}  // namespace macaw::replay
