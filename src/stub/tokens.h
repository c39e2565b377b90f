// SPDX-License-Identifier: MIT
//
// Access tokens: issued, remembered until they expire. Pure but for what it remembers: the n-th
// token follows from the seed, and the time is given.
// Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace macaw::stub {

class TokenDesk {
 public:
  /// A client that asks without end makes the oldest tokens invalid before their time.
  static constexpr size_t kTokensMax = 100'000;

  explicit TokenDesk(uint64_t seed) : seed_(seed) {}

  /// 26 characters of a-z and 2-7.
  std::string issue(int64_t now_ms, int64_t life_ms);

  enum class Judgement : uint8_t { kValid, kUnknown, kExpired };
  Judgement judge(std::string_view token, int64_t now_ms) const;

 private:
  uint64_t seed_;
  uint64_t issued_ = 0;
  std::map<std::string, int64_t, std::less<>> expires_ms_;
  std::map<uint64_t, std::string> by_number_;
};

}  // namespace macaw::stub
