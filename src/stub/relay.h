// SPDX-License-Identifier: MIT
//
// The messages of a hop, as bytes: a request on to the next server, and its answer back. Methods,
// targets, other headers (in their order) and bodies stay as they are; what belongs to a connection
// (Connection, Keep-Alive, Transfer-Encoding, ...; RFC 9110, 7.6.1) is each side's own, so chunked
// bodies go on with a Content-Length. Pure.
// Thread: any.
#pragma once

#include <string>
#include <string_view>

#include "macaw/http/request_parser.h"
#include "macaw/server/http_server.h"

namespace macaw::stub {

/// The request's bytes for the next server, its Host included.
std::string forwarded_request(const http::Request& request);

/// The end of the last header block among the bytes of an answer, interim answers (1xx) skipped:
/// where the body begins. npos while it has not come. `begin` is where that block begins.
size_t final_head_end(std::string_view bytes, size_t& begin);

/// The answer with the next server's status, headers (`head` from its status line to the blank
/// line) and body.
server::Response relayed_answer(int status, std::string_view head, std::string_view body);

/// 502, with the reason in a line of text.
server::Response bad_gateway(std::string_view reason);

}  // namespace macaw::stub
