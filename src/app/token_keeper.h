// SPDX-License-Identifier: MIT
//
// Keeps the access token of a run valid: fetched before the start, fetched again when four fifths
// of its life are over, and once a second while that fails. Requests go on with the token they
// have. Thread: main; renewals are events of its loop, which is not the workers'.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http_ask.h"
#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/net/loop.h"
#include "macaw/replay/engine/access_token.h"
#include "token_source.h"

namespace macaw::app {

class TokenKeeper {
 public:
  /// Blocks until there is a token. Error: of addresses_of(), ask() or read_token().
  static Result<std::unique_ptr<TokenKeeper>> start(TokenSource source,
                                                    std::shared_ptr<replay::AccessToken> token);

  /// "renewed, for 12h", or "not renewed: ...", once for a row of failures.
  using Tell = std::function<void(const std::string& text, bool is_trouble)>;

  /// Renews from here on; `loop` goes on running for it.
  void attach(net::Loop& loop, Tell tell);
  /// A renewal under way is given up. REQUIRES: the loop of attach() is still there
  void detach();

 private:
  TokenKeeper(TokenSource source, std::shared_ptr<replay::AccessToken> token)
      : source_(std::move(source)), token_(std::move(token)) {}

  Result<FetchedToken> take(Result<HttpAnswer> answer);
  void renew();
  void handle_answer(Result<HttpAnswer> answer);

  const TokenSource source_;
  const std::shared_ptr<replay::AccessToken> token_;
  Question question_;
  std::vector<net::Address> addresses_;
  MonoTime renew_at_ = MonoTime::max();
  bool failed_ = false;
  net::Loop* loop_ = nullptr;
  Tell tell_;
  std::optional<net::DeadlineTimer> timer_;
  std::optional<Asking> asking_;
};

}  // namespace macaw::app
