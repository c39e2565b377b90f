// SPDX-License-Identifier: MIT
//
// Where an access token comes from: OAuth 2.0 client credentials (RFC 6749 section 4.4: a POSTed
// form, the client in HTTP Basic) or the Seldon Server's `GET /token` (consumer_key and
// consumer_secret in the query). No message holds a secret or a token.
#pragma once

#include <optional>
#include <string>

#include "credentials.h"
#include "http_ask.h"
#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/http/url.h"
#include "macaw/net/tls.h"
#include "macaw/replay/engine/options.h"
#include "play_arguments.h"

namespace macaw::app {

struct TokenSource {
  std::optional<http::HostPort> server;  ///< nothing: that of the requests
  net::TlsClientOptions tls;             ///< for https
  std::string unix_socket;               ///< where it listens, if it does
  std::string path;                      ///< and query
  enum class Request : uint8_t { kPost, kGet } request = Request::kPost;
  std::string client_id;
  std::string client_secret;
};

struct FetchedToken {
  std::string text;
  std::optional<Nanos> life;  ///< from the answer on; nothing: it said none
};

/// From --token-url, --token-client and --token-request; nothing without the first. Error: one
/// without the others, a variable that is not set.
Result<std::optional<TokenSource>> parse_token_source(const PlayArguments& arguments,
                                                      Environment environment);

/// Where the token stands in requests, without the token: --token-header, --token-query.
Result<replay::TokenUse> parse_token_use(const PlayArguments& arguments);

/// With the server of the requests, where it has none of its own.
TokenSource aimed_at(TokenSource source, const replay::Transmission& transmission);

/// What to ask its server. REQUIRES: the server is known.
Question token_question(const TokenSource& source);

/// What its server answered. Error: a status other than 200, no token in it.
Result<FetchedToken> read_token(const TokenSource& source, const HttpAnswer& answer);

}  // namespace macaw::app
