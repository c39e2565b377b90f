// SPDX-License-Identifier: MIT
//
// The status codes that gRPC defines, by their names: what a call ended with is stored as a number
// and shown as a word, and both sides of that must mean the same. Knows nothing of the protocol.
// Thread: any.
#pragma once

#include <cstdint>
#include <string_view>

namespace macaw {

inline constexpr uint32_t kGrpcCodes = 17;  ///< they are 0 to 16

/// "OK", "CANCELLED", ..., "UNAUTHENTICATED"; empty for a code that gRPC does not define.
std::string_view grpc_code_name(uint32_t code);

}  // namespace macaw
