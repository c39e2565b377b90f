// SPDX-License-Identifier: MIT
//
// Names of gRPC's status codes (grpc/doc/statuscodes.md). They are stored: never change one.

#include "macaw/base/grpc_code.h"

#include <array>

namespace macaw {

std::string_view grpc_code_name(uint32_t code) {
  static constexpr std::array<std::string_view, kGrpcCodes> kNames = {
      "OK",
      "CANCELLED",
      "UNKNOWN",
      "INVALID_ARGUMENT",
      "DEADLINE_EXCEEDED",
      "NOT_FOUND",
      "ALREADY_EXISTS",
      "PERMISSION_DENIED",
      "RESOURCE_EXHAUSTED",
      "FAILED_PRECONDITION",
      "ABORTED",
      "OUT_OF_RANGE",
      "UNIMPLEMENTED",
      "INTERNAL",
      "UNAVAILABLE",
      "DATA_LOSS",
      "UNAUTHENTICATED",
  };
  return code < kNames.size() ? kNames.at(code) : std::string_view();
}

}  // namespace macaw
