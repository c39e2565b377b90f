// SPDX-License-Identifier: MIT
#include "token_keeper.h"

#include <algorithm>
#include <utility>

#include "macaw/base/units.h"

namespace macaw::app {

namespace {

constexpr Nanos kTryAgain = std::chrono::seconds(1);

}  // namespace

Result<std::unique_ptr<TokenKeeper>> TokenKeeper::start(
    TokenSource source, std::shared_ptr<replay::AccessToken> token) {
  MACAW_TRY_ASSIGN(const FetchedToken fetched, fetch_token(source));
  std::unique_ptr<TokenKeeper> keeper(new TokenKeeper(std::move(source), std::move(token)));
  const MonoTime renew_at = keeper->take(fetched);
  if (renew_at != MonoTime::max()) {
    keeper->thread_ = std::thread([&keeper = *keeper, renew_at] { keeper.run(renew_at); });
  }
  return keeper;
}

TokenKeeper::~TokenKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

MonoTime TokenKeeper::take(const FetchedToken& fetched) {
  token_->set(fetched.text);
  // A second at least: a life of nothing is no reason to storm the server.
  return fetched.life ? MonoClock::now() + std::max(*fetched.life / 5 * 4, kTryAgain)
                      : MonoTime::max();
}

void TokenKeeper::run(MonoTime renew_at) {
  bool failed = false;
  std::unique_lock lock(mutex_);
  while (renew_at != MonoTime::max()) {
    // By spans: what the clock of the run counts is no time point of the standard library.
    while (!stopping_ && MonoClock::now() < renew_at) {
      changed_.wait_for(lock, renew_at - MonoClock::now());
    }
    if (stopping_) {
      return;
    }
    lock.unlock();
    const auto fetched = fetch_token(source_);
    if (fetched) {
      renew_at = take(*fetched);
      tell(fetched->life ? fmt::format("renewed, for {}", format_duration(*fetched->life))
                         : "renewed, for ever",
           /*is_trouble=*/false);
    } else {
      renew_at = MonoClock::now() + kTryAgain;
      if (!std::exchange(failed, true)) {
        tell("not renewed: " + fetched.error().message(), /*is_trouble=*/true);
      }
    }
    failed = failed && !fetched;
    lock.lock();
  }
}

void TokenKeeper::tell(std::string text, bool is_trouble) {
  const std::lock_guard lock(mutex_);
  news_.push_back({.at = MonoClock::now(), .text = std::move(text), .is_trouble = is_trouble});
}

std::vector<TokenKeeper::News> TokenKeeper::take_news() {
  const std::lock_guard lock(mutex_);
  return std::exchange(news_, {});
}

}  // namespace macaw::app
