// SPDX-License-Identifier: MIT
//
// All services but the Seldon API (answers.h): which function answers what.
// Thread: the TokenDesk's.
#pragma once

#include <cstdint>

#include "macaw/http/request_parser.h"
#include "macaw/server/http_server.h"
#include "macaw/stub/seldon_stub.h"
#include "routes.h"
#include "tokens.h"

namespace macaw::stub {

/// REQUIRES: the request was let in (admission.h), and route.kind != kNone
server::Response answer_service(const http::Request& request, const Route& route,
                                const Requirements& requirements, TokenDesk& tokens,
                                int64_t now_ms);

}  // namespace macaw::stub
