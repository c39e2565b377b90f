// SPDX-License-Identifier: MIT
//
// gRPC calls as HTTP/2 requests: what a call's headers and frames say, which method answers it, and
// how its end is told. A call is a POST to /pkg.Service/Method with messages in its body; its
// answer is HTTP 200 whatever happened, and ends with a code.
// Thread: one object belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/grpc/schema.h"
#include "macaw/http/request_parser.h"
#include "macaw/server/http_server.h"

namespace macaw::stub {

/// Those that the stub gives of its own accord.
enum class GrpcCode : uint8_t {
  kOk = 0,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kPermissionDenied = 7,
  kUnimplemented = 12,
  kUnavailable = 14,
  kUnauthenticated = 16,
};

inline constexpr std::string_view kGrpcContentType = "application/grpc";

/// Whether the request is a call, by its content type.
bool is_grpc_call(const http::Request& request);

/// The time that the call may take, from "grpc-timeout": nothing when it may take any. The error
/// says what is there instead of a time.
Result<std::optional<Nanos>> grpc_timeout(const http::Request& request);

/// The trailers of an answer.
http::Trailers grpc_trailers(GrpcCode code, std::string_view message = {});

/// An answer without messages, all of it in its head ("Trailers-Only").
server::Response grpc_error(int code, std::string_view message);

inline server::Response grpc_error(GrpcCode code, std::string_view message) {
  return grpc_error(static_cast<int>(code), message);
}

class GrpcDesk {
 public:
  GrpcDesk();

  /// A unary answer, or the messages of a stream, each in its frame: they go out one by one.
  struct Answer {
    server::Response whole = {};
    std::vector<std::string> stream = {};  ///< empty: `whole` is the answer
  };

  Answer answer(const http::Request& call) const;

 private:
  Answer answer_decode(const grpc::Method& method, std::string_view message) const;

  std::unique_ptr<grpc::Schema> schema_;
};

}  // namespace macaw::stub
