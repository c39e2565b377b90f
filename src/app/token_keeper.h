// SPDX-License-Identifier: MIT
//
// Keeps the access token of a run valid: fetched before the start, fetched again when four fifths
// of its life are over, and once a second while that fails. Requests go on with the token they
// have. Thread: main; a thread of its own fetches.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/replay/engine/access_token.h"
#include "token_source.h"

namespace macaw::app {

class TokenKeeper {
 public:
  /// Blocks until there is a token, or an error of fetch_token().
  static Result<std::unique_ptr<TokenKeeper>> start(TokenSource source,
                                                    std::shared_ptr<replay::AccessToken> token);
  /// Waits for a fetch under way.
  ~TokenKeeper();
  TokenKeeper(const TokenKeeper&) = delete;
  TokenKeeper& operator=(const TokenKeeper&) = delete;

  struct News {
    MonoTime at;
    std::string text;  ///< "renewed, for 12h", "not renewed: ..."
    bool is_trouble = false;
  };

  /// What has happened since the last call. A row of failures is told once.
  std::vector<News> take_news();

 private:
  TokenKeeper(TokenSource source, std::shared_ptr<replay::AccessToken> token)
      : source_(std::move(source)), token_(std::move(token)) {}

  /// When to fetch again.
  MonoTime take(const FetchedToken& fetched);
  void run(MonoTime renew_at);
  void tell(std::string text, bool is_trouble);

  const TokenSource source_;
  const std::shared_ptr<replay::AccessToken> token_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<News> news_;
  std::thread thread_;
};

}  // namespace macaw::app
