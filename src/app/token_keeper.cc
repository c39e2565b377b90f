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
  std::unique_ptr<TokenKeeper> keeper(new TokenKeeper(std::move(source), std::move(token)));
  keeper->question_ = token_question(keeper->source_);
  MACAW_TRY_ASSIGN(keeper->addresses_, addresses_of(keeper->question_));
  MACAW_TRY(keeper->take(ask(keeper->question_)));
  return keeper;
}

Result<FetchedToken> TokenKeeper::take(Result<HttpAnswer> answer) {
  MACAW_TRY_ASSIGN(const HttpAnswer whole, std::move(answer));
  MACAW_TRY_ASSIGN(FetchedToken fetched, read_token(source_, whole));
  token_->set(fetched.text);
  // A second at least: a life of nothing is no reason to storm the server.
  renew_at_ = fetched.life ? MonoClock::now() + std::max(*fetched.life / 5 * 4, kTryAgain)
                           : MonoTime::max();
  return fetched;
}

void TokenKeeper::attach(net::Loop& loop, Tell tell) {
  loop_ = &loop;
  tell_ = std::move(tell);
  timer_.emplace(loop, [this] { renew(); });
  if (renew_at_ != MonoTime::max()) {
    timer_->arm(renew_at_);
  }
}

void TokenKeeper::detach() {
  asking_.reset();
  timer_.reset();
}

void TokenKeeper::renew() {
  asking_.emplace(*loop_, question_, addresses_,
                  [this](Result<HttpAnswer> answer) { handle_answer(std::move(answer)); });
}

void TokenKeeper::handle_answer(Result<HttpAnswer> answer) {
  asking_.reset();
  const auto fetched = take(std::move(answer));
  if (fetched) {
    failed_ = false;
    tell_(fetched->life ? fmt::format("renewed, for {}", format_duration(*fetched->life))
                        : "renewed, for ever",
          /*is_trouble=*/false);
  } else {
    renew_at_ = MonoClock::now() + kTryAgain;
    if (!std::exchange(failed_, true)) {
      tell_("not renewed: " + fetched.error().message(), /*is_trouble=*/true);
    }
  }
  if (renew_at_ != MonoTime::max()) {
    timer_->arm(renew_at_);
  }
}

}  // namespace macaw::app
