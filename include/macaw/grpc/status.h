// SPDX-License-Identifier: MIT
//
// What gRPC says in header fields: a status with its message, and a deadline. The names of statuses
// are in macaw/base/grpc_code.h. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "macaw/base/time.h"

namespace macaw::grpc {

/// The value of grpc-status: 0 to 99. Nothing: it is no such number.
std::optional<int> parse_status(std::string_view text);

/// Appends the value of grpc-message, percent-decoded; control characters become blanks.
void decode_message(std::string_view text, std::string& out);

/// The value of grpc-timeout: at most eight digits and a unit, the finest that fits; rounded up.
/// REQUIRES: more than zero
std::string format_timeout(Nanos timeout);

}  // namespace macaw::grpc
