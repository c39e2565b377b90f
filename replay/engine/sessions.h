// SPDX-License-Identifier: MIT
//
// What a worker adds to its requests when they go out: the access token in force, and the cookies
// that their user has got so far. A jar for each user and target: a user is one of a closed loop,
// or with records of one's own and in the open loop the record's `user`; records without one share
// theirs. Thread: one worker's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "exchange.h"
#include "macaw/base/random.h"
#include "macaw/http/cookie_jar.h"
#include "macaw/replay/engine/options.h"

namespace macaw::replay {

class Sessions {
 public:
  /// `transmission` outlives it.
  explicit Sessions(const Transmission& transmission) : transmission_(transmission) {}

  /// Whether requests are completed at all; if not, what is rendered is what goes out.
  static bool needed(const Transmission& transmission) {
    return transmission.token.has_value() || transmission.cookies;
  }

  /// exchange.rendered -> exchange.wire and the place of its target.
  void complete(Exchange& exchange);

  /// `set_cookies`: one value a line, of the answer to this exchange.
  void keep(const Exchange& exchange, std::string_view set_cookies);

 private:
  struct Owner {
    uint64_t user = 0;
    uint16_t target = 0;

    bool operator==(const Owner&) const = default;
  };

  struct OwnerHash {
    size_t operator()(const Owner& owner) const {
      return static_cast<size_t>(mix64(owner.user ^ (uint64_t{owner.target} << 48)));
    }
  };

  const Transmission& transmission_;
  std::unordered_map<Owner, http::CookieJar, OwnerHash> jars_;
  uint64_t token_version_ = 0;
  std::string token_;
  std::string cookies_;
};

}  // namespace macaw::replay
