// SPDX-License-Identifier: MIT
//
// Which methods and messages there are, and messages from JSON to bytes and back (protobuf inside,
// invisible outside). Besides what is loaded, the services of the guides are always known:
// TensorFlow Serving's PredictionService, Seldon's old and new ones, KServe's
// GRPCInferenceService, JetStream's Orchestrator. JSON is protobuf's own mapping
// (protobuf.dev/programming-guides/json). Thread: one object belongs to one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/result.h"

namespace macaw::grpc {

struct SchemaSources {
  std::vector<std::string> proto_files = {};
  /// Where imports are looked for, besides each file's own folder.
  std::vector<std::string> import_paths = {};
  /// A file that protoc --descriptor_set_out wrote, with its imports; empty: none.
  std::string descriptor_set = {};
  bool operator==(const SchemaSources&) const = default;
};

struct Method {
  std::string path;  ///< "/package.Service/Method"
  bool client_streams = false;
  bool server_streams = false;
  const void* descriptor = nullptr;  ///< the schema's
};

class Schema {
 public:
  /// Error: "file:line:column: ..." of a .proto file, or a file that cannot be read.
  static Result<std::unique_ptr<Schema>> load(const SchemaSources& sources);
  ~Schema();
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  /// "package.Service/Method" or "package.Service.Method"; null: there is none. Valid as long as
  /// the schema.
  const Method* find_method(std::string_view name);

  /// The bytes of a request. Error: one line that says which field is wrong and why.
  Result<std::string> request_from_json(const Method& method, std::string_view json);
  Result<std::string> request_to_json(const Method& method, std::string_view bytes);
  Result<std::string> reply_from_json(const Method& method, std::string_view json);
  Result<std::string> reply_to_json(const Method& method, std::string_view bytes);

 private:
  struct Impl;
  explicit Schema(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::grpc
