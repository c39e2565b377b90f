// SPDX-License-Identifier: MIT
//
// See tokens.h.
// Thread: one object belongs to one thread.

#include "tokens.h"

#include "macaw/base/random.h"
#include "streams.h"

namespace macaw::stub {

std::string TokenDesk::issue(int64_t now_ms, int64_t life_ms) {
  constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";
  constexpr size_t kLength = 26;
  constexpr size_t kDigitsPerDraw = 12;  // of five bits
  if (by_number_.size() >= kTokensMax) {
    const auto oldest = by_number_.begin();
    expires_ms_.erase(oldest->second);
    by_number_.erase(oldest);
  }
  const Random random(seed_, kTokenStream);
  constexpr uint64_t kDraws = (kLength + kDigitsPerDraw - 1) / kDigitsPerDraw;
  std::string token;
  for (size_t k = 0; k < kLength; ++k) {
    const uint64_t draw = random.at(issued_ * kDraws + k / kDigitsPerDraw);
    token += kDigits[(draw >> (5 * (k % kDigitsPerDraw))) & 31];
  }
  expires_ms_[token] = now_ms + life_ms;
  by_number_[issued_++] = token;
  return token;
}

TokenDesk::Judgement TokenDesk::judge(std::string_view token, int64_t now_ms) const {
  const auto found = expires_ms_.find(token);
  if (found == expires_ms_.end()) {
    return Judgement::kUnknown;
  }
  return now_ms < found->second ? Judgement::kValid : Judgement::kExpired;
}

}  // namespace macaw::stub
