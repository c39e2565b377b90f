// SPDX-License-Identifier: MIT
//
// See grpc_calls.h.

#include "grpc_calls.h"

#include <fmt/format.h>

#include <utility>

#include "macaw/grpc/frame.h"

namespace macaw::replay {

GrpcCalls::GrpcCalls(grpc::SchemaSources sources, std::string file)
    : sources_(std::move(sources)), file_(std::move(file)) {}

/// Null: nobody knows the method, but its message is ready.
Result<const grpc::Method*> GrpcCalls::method_of(const Record& record) {
  if (schema_ == nullptr) {
    MACAW_TRY_ASSIGN(schema_, grpc::Schema::load(sources_));
  }
  const grpc::Method* const method = schema_->find_method(record.grpc_call);
  const auto wrong = [&](std::string_view what) {
    return Error::at(file_, record.line, 0,
                     fmt::format("found call '{}', {}", record.grpc_call, what));
  };
  if (method == nullptr) {
    if (!record.grpc_message.empty()) {
      return wrong("expected one of --proto, --protoset or the built-in services");
    }
    if (record.grpc_call.find('/') == std::string::npos) {
      return wrong("expected package.Service/Method");
    }
    return nullptr;
  }
  if (method->client_streams) {
    return wrong("expected a method that takes one message: streams to the server are not played");
  }
  return method;
}

Result<GrpcCall> GrpcCalls::make(const Record& record, std::string_view ready) {
  MACAW_TRY_ASSIGN(const grpc::Method* const method, method_of(record));
  path_ = method != nullptr ? method->path : "/" + record.grpc_call;
  body_.clear();
  if (method != nullptr && (!record.grpc_message.empty() || ready.empty())) {
    auto bytes = schema_->request_from_json(
        *method, record.grpc_message.empty() ? std::string_view("{}") : record.grpc_message);
    if (!bytes.ok()) {
      return Error::at(file_, record.line, 0, "message: " + bytes.error().message());
    }
    grpc::append_frame(*bytes, body_);
  } else {
    grpc::append_frame(ready, body_);
  }
  return GrpcCall{
      .path = path_, .body = body_, .is_streamed = method == nullptr || method->server_streams};
}

}  // namespace macaw::replay
