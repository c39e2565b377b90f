// SPDX-License-Identifier: MIT
//
// See sessions.h.

#include "sessions.h"

#include <algorithm>
#include <chrono>

namespace macaw::replay {
namespace {

/// Cookies expire by the clock on the wall.
int64_t seconds_since_1970() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string_view path_of(std::string_view request_target) {
  return request_target.substr(0, request_target.find('?'));
}

}  // namespace

void Sessions::complete(Exchange& exchange) {
  const Splices& splices = exchange.splices;
  if (transmission_.token && transmission_.token->token->version() != token_version_) {
    token_version_ = transmission_.token->token->version();
    token_ = transmission_.token->token->text();
  }
  const std::string_view rendered = exchange.rendered;
  cookies_.clear();
  if (splices.cookies != Splices::kNone) {
    const auto jar = jars_.find({exchange.user, exchange.target});
    if (jar != jars_.end()) {
      jar->second.append_to(cookies_,
                            path_of(rendered.substr(exchange.target_offset, exchange.target_size)),
                            seconds_since_1970());
    }
  }
  splice(rendered, splices, token_, cookies_, exchange.wire);
  if (splices.token <= exchange.target_offset + exchange.target_size) {
    exchange.target_size += static_cast<uint32_t>(token_.size());
  }
}

void Sessions::keep(const Exchange& exchange, std::string_view set_cookies) {
  if (!transmission_.cookies || set_cookies.empty()) {
    return;
  }
  http::CookieJar& jar =
      jars_.try_emplace({exchange.user, exchange.target}, exchange.is_tls).first->second;
  const int64_t now = seconds_since_1970();
  while (!set_cookies.empty()) {
    const size_t end = std::min(set_cookies.find('\n'), set_cookies.size() - 1);
    jar.store(set_cookies.substr(0, end), path_of(exchange.request_target()), now);
    set_cookies.remove_prefix(end + 1);
  }
}

}  // namespace macaw::replay
