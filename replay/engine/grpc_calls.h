// SPDX-License-Identifier: MIT
//
// A record's gRPC call -> path and body: the message from JSON, by the schema, or ready as it is.
// Thread: the reader thread's (and main's, for the probe, before the start).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "macaw/base/result.h"
#include "macaw/grpc/schema.h"
#include "macaw/replay/file/record.h"

namespace macaw::replay {

/// Views into GrpcCalls, valid until its next make().
struct GrpcCall {
  std::string_view path;
  std::string_view body;     ///< one message with its head
  bool is_streamed = false;  ///< the answer may have any number of messages
};

class GrpcCalls {
 public:
  /// The schema is read when there is a call.
  GrpcCalls(grpc::SchemaSources sources, std::string file);

  /// `ready` is the message's bytes, for a record without a JSON message. Error: a method that
  /// nobody knows, or that wants more than one message; a message that is not the method's.
  Result<GrpcCall> make(const Record& record, std::string_view ready);

 private:
  Result<const grpc::Method*> method_of(const Record& record);

  const grpc::SchemaSources sources_;
  const std::string file_;
  std::unique_ptr<grpc::Schema> schema_;
  std::string path_;
  std::string body_;
};

}  // namespace macaw::replay
