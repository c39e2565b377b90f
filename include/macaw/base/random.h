// SPDX-License-Identifier: MIT
//
// Randomness that is a pure function of (seed, stream, counter): the same on every machine, in any
// order and from any thread. The mixing function is the finaliser of SplitMix64 (Steele, Lea,
// Flood, OOPSLA 2014, "Fast Splittable Pseudorandom Number Generators"). Nothing here touches libm:
// functions of real numbers are in portable_math.h. Thread: Random is a value without shared state;
// one object belongs to one thread.
#pragma once

#include <cstdint>

namespace macaw {

/// A bijection of 64-bit integers whose output bits all depend on all input bits.
constexpr uint64_t mix64(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  x ^= x >> 31;
  return x;
}

class Random {
 public:
  /// Streams of one seed are independent of each other; so are equal streams of different seeds.
  constexpr explicit Random(uint64_t seed, uint64_t stream = 0)
      : key_(mix64(mix64(seed + kGamma) ^ (stream * kGamma + 1))) {}

  /// The value at a position; does not move the counter.
  constexpr uint64_t at(uint64_t counter) const { return mix64(key_ + (counter + 1) * kGamma); }

  constexpr uint64_t next() { return at(counter_++); }

  /// Uniform over 0..n-1 without bias (Lemire 2019, "Fast Random Integer Generation in an
  /// Interval"). REQUIRES: n > 0
  uint64_t below(uint64_t n);

  /// A multiple of 2^-53 in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  static constexpr uint64_t kGamma = 0x9e3779b97f4a7c15ULL;

  uint64_t key_;
  uint64_t counter_ = 0;
};

}  // namespace macaw
