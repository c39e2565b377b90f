// SPDX-License-Identifier: MIT
//
// What gRPC services answer, as JSON from JSON (the mapping of Protocol Buffers, with the names
// of the .proto files): the same predictions as over HTTP, in the shapes of the .proto files.
// Predictions follow from the request, so the same request gets the same bytes. Knows nothing of
// bytes, frames or codes. Thread: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json_body.h"
#include "macaw/base/result.h"

namespace macaw::stub {

/// The reply to a request of one of the unary methods; `draw` follows from the request's bytes. The
/// error says what is wrong with the request.
using GrpcAnswer = Result<std::string> (*)(const JsonValue& request, uint64_t draw);

/// By the path of the method, "/pkg.Service/Method"; null for one that is not answered here.
GrpcAnswer find_grpc_answer(std::string_view path);

/// Of /jetstream_proto.Orchestrator/Decode, which answers a message for each token: how many.
Result<uint64_t> decoded_tokens(const JsonValue& request);
/// The message of token `k`.
std::string decoded_token(uint64_t draw, uint64_t k);

}  // namespace macaw::stub
