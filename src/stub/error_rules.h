// SPDX-License-Identifier: MIT
//
// Which request is answered wrongly: a pure function of the seed and the request's number.
// Thread: any.
#pragma once

#include <cstdint>
#include <span>

#include "macaw/stub/seldon_stub.h"

namespace macaw::stub {

/// The rule that strikes the request, or null.
const ErrorRule* pick_error(std::span<const ErrorRule> rules, uint64_t seed, uint64_t request);

/// The status that a rule's kind names ("503"), or 0.
int status_of(const ErrorRule& rule);
/// The code that a rule for gRPC calls names ("grpc14"), or 0.
int grpc_code_of(const ErrorRule& rule);

}  // namespace macaw::stub
