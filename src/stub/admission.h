// SPDX-License-Identifier: MIT
//
// Who is let in: Host, API key and access token of a request, and where tokens come from. The order
// is that of the real thing: the ingress routes by Host (404), then looks at the key (401 without
// one, 403 for a wrong one), then the service at the token (401).
// Thread: one TokenDesk belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "grpc_desk.h"
#include "macaw/http/request_parser.h"
#include "macaw/server/http_server.h"
#include "macaw/stub/seldon_stub.h"
#include "routes.h"
#include "tokens.h"

namespace macaw::stub {

/// The refusal; nullopt when the request is let in. Keys and tokens are asked for by the prediction
/// services only: the Seldon API under /js has consumer keys, and who fetches a token has none yet.
std::optional<server::Response> refuse(const http::Request& request, const Route& route,
                                       const Requirements& requirements, const TokenDesk& tokens,
                                       int64_t now_ms);

/// The same of a gRPC call, whose credentials are metadata: "oauth_token" or "authorization". The
/// Host is not looked at.
struct CallRefusal {
  GrpcCode code = GrpcCode::kOk;
  std::string reason = {};
};

std::optional<CallRefusal> refuse_call(const http::Request& call, const Requirements& requirements,
                                       const TokenDesk& tokens, int64_t now_ms);

/// GET or POST /token?consumer_key=&consumer_secret= of the Seldon API: lives 6000 s.
server::Response answer_consumer_token(const http::Request& request,
                                       const Requirements& requirements, TokenDesk& tokens,
                                       int64_t now_ms);
/// POST /oauth/token with grant_type=client_credentials and HTTP Basic: lives 43199 s.
server::Response answer_oauth_token(const http::Request& request, const Requirements& requirements,
                                    TokenDesk& tokens, int64_t now_ms);

}  // namespace macaw::stub
