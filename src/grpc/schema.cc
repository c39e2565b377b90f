// SPDX-License-Identifier: MIT
//
// See schema.h. Two pools: what was loaded, looked in first, and what is built in. They are apart
// because a user's own copy of a known service may differ from ours, and in one pool two
// definitions of a name are an error.

#include "macaw/grpc/schema.h"

#include <fmt/format.h>
#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "embed/jetstream_proto.h"
#include "embed/kserve_v2_proto.h"
#include "embed/seldon_core_proto.h"
#include "embed/seldon_legacy_proto.h"
#include "embed/tensorflow_proto.h"
#include "embed/tensorflow_serving_proto.h"
#include "macaw/base/check.h"

namespace macaw::grpc {
namespace {

namespace pb = google::protobuf;

/// protobuf's own words would go to stderr; what matters comes back as errors.
void keep_quiet() {
  static const bool done = [] {
    pb::SetLogHandler(nullptr);
    return true;
  }();
  static_cast<void>(done);
}

/// The first error of a .proto file is what a person has to mend first.
class FirstError final : public pb::compiler::MultiFileErrorCollector {
 public:
  void AddError(const std::string& file, int line, int column, const std::string& text) override {
    if (error.empty()) {
      error = line < 0 ? fmt::format("{}: {}", file, text)
                       : fmt::format("{}:{}:{}: {}", file, line + 1, column + 1, text);
    }
  }

  std::string error;
};

/// The files that come with the program, and protobuf's own well-known ones (which are linked in).
class BuiltInTree final : public pb::compiler::SourceTree {
 public:
  pb::io::ZeroCopyInputStream* Open(const std::string& name) override {
    const std::array<std::pair<std::string_view, std::string_view>, 6> files{{
        {"macaw/jetstream.proto", jetstream_proto},
        {"macaw/kserve_v2.proto", kserve_v2_proto},
        {"macaw/seldon_core.proto", seldon_core_proto},
        {"macaw/seldon_legacy.proto", seldon_legacy_proto},
        {"macaw/tensorflow.proto", tensorflow_proto},
        {"macaw/tensorflow_serving.proto", tensorflow_serving_proto},
    }};
    for (const auto& [known, text] : files) {
      if (known == name) {
        return new pb::io::ArrayInputStream(text.data(), static_cast<int>(text.size()));
      }
    }
    if (const auto* const file = pb::DescriptorPool::generated_pool()->FindFileByName(name)) {
      well_known_.push_back(std::make_unique<std::string>(file->DebugString()));
      return new pb::io::ArrayInputStream(well_known_.back()->data(),
                                          static_cast<int>(well_known_.back()->size()));
    }
    return nullptr;
  }

 private:
  std::vector<std::unique_ptr<std::string>> well_known_;  // must stay while they are read
};

constexpr std::array<const char*, 5> kBuiltInFiles{
    "macaw/jetstream.proto", "macaw/kserve_v2.proto", "macaw/seldon_core.proto",
    "macaw/seldon_legacy.proto", "macaw/tensorflow_serving.proto"};

/// The user's folders, and behind them the well-known files.
class UserTree final : public pb::compiler::SourceTree {
 public:
  explicit UserTree(pb::compiler::DiskSourceTree& disk) : disk_(disk) {}

  pb::io::ZeroCopyInputStream* Open(const std::string& name) override {
    pb::io::ZeroCopyInputStream* const found = disk_.Open(name);
    return found != nullptr ? found : known_.Open(name);
  }

 private:
  pb::compiler::DiskSourceTree& disk_;
  BuiltInTree known_;
};

/// protoc leaves the well-known files out without --include_imports. They are linked in, but types
/// of another pool cannot be converted: the pool gets copies.
void add_well_known(const std::string& name, pb::DescriptorPool& pool) {
  const auto* const file = pb::DescriptorPool::generated_pool()->FindFileByName(name);
  if (file == nullptr || pool.FindFileByName(name) != nullptr) {
    return;
  }
  for (int k = 0; k < file->dependency_count(); ++k) {
    add_well_known(file->dependency(k)->name(), pool);
  }
  pb::FileDescriptorProto proto;
  file->CopyTo(&proto);
  pool.BuildFile(proto);
}

std::string deterministic_bytes(const pb::Message& message) {
  std::string bytes;
  pb::io::StringOutputStream stream(&bytes);
  pb::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

/// protobuf's reader of JSON recurses, and nests without a limit.
bool is_nested_too_deep(std::string_view json) {
  constexpr int kDepthMax = 100;
  int depth = 0;
  bool in_string = false;
  for (size_t k = 0; k < json.size(); ++k) {
    const char c = json[k];
    if (in_string) {
      k += c == '\\' ? 1 : 0;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDepthMax) {
        return true;
      }
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

Error one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return Error(std::move(text));
}

std::string folder_of(const std::string& file) {
  const auto folder = std::filesystem::path(file).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

struct Schema::Impl {
  /// Where descriptors come from, and what messages are made with.
  struct Source {
    std::unique_ptr<pb::DescriptorPool> owned_pool;
    std::unique_ptr<pb::compiler::Importer> importer;
    const pb::DescriptorPool* pool = nullptr;
    std::unique_ptr<pb::DynamicMessageFactory> factory;
    std::unique_ptr<pb::util::TypeResolver> resolver;

    void use(const pb::DescriptorPool* of) {
      pool = of;
      factory = std::make_unique<pb::DynamicMessageFactory>(of);
      resolver.reset(pb::util::NewTypeResolverForDescriptorPool(kTypeUrl, of));
    }
  };

  static constexpr const char* kTypeUrl = "type.googleapis.com";

  Status load_built_in();
  Status load_protos(const SchemaSources& from);
  Status load_descriptor_set(const std::string& file);
  Source& source_of(const pb::Descriptor* type);
  Result<std::string> to_bytes(const pb::Descriptor* type, std::string_view json);
  Result<std::string> to_json(const pb::Descriptor* type, std::string_view bytes);
  bool rewrite_any(Source& source, pb::Message& message, int depth);
  bool rewrite_inside(Source& source, pb::Message& message, int depth = 0);

  FirstError errors;
  BuiltInTree built_in_tree;
  pb::compiler::DiskSourceTree disk_tree;
  std::unique_ptr<UserTree> user_tree;
  std::vector<Source> sources;  // looked through in this order
  std::map<std::string, Method, std::less<>> methods;
};

Status Schema::Impl::load_built_in() {
  Source source;
  source.importer = std::make_unique<pb::compiler::Importer>(&built_in_tree, &errors);
  for (const char* const file : kBuiltInFiles) {
    if (source.importer->Import(file) == nullptr) {
      return Error(errors.error);
    }
  }
  source.use(source.importer->pool());
  sources.push_back(std::move(source));
  return {};
}

Status Schema::Impl::load_protos(const SchemaSources& from) {
  for (const std::string& path : from.import_paths) {
    if (!std::filesystem::is_directory(path)) {
      return errorf("{}: there is no such folder", path);
    }
    disk_tree.MapPath("", path);
  }
  for (const std::string& file : from.proto_files) {
    if (!std::filesystem::exists(file)) {
      return errorf("{}: No such file or directory", file);
    }
    disk_tree.MapPath("", folder_of(file));
  }
  user_tree = std::make_unique<UserTree>(disk_tree);
  Source source;
  source.importer = std::make_unique<pb::compiler::Importer>(user_tree.get(), &errors);
  for (const std::string& file : from.proto_files) {
    std::string virtual_name;
    std::string shadowing;
    if (disk_tree.DiskFileToVirtualFile(file, &virtual_name, &shadowing) !=
        pb::compiler::DiskSourceTree::SUCCESS) {
      return errorf("{}: hidden by {}, which comes first in the import paths", file, shadowing);
    }
    if (source.importer->Import(virtual_name) == nullptr) {
      return Error(errors.error.empty() ? file + ": cannot be read" : errors.error);
    }
  }
  source.use(source.importer->pool());
  sources.push_back(std::move(source));
  return {};
}

Status Schema::Impl::load_descriptor_set(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return errorf("{}: No such file or directory", file);
  }
  pb::FileDescriptorSet set;
  if (!set.ParseFromIstream(&in) || set.file_size() == 0) {
    return errorf("{}: found no descriptor set (protoc --descriptor_set_out --include_imports)",
                  file);
  }
  Source source;
  source.owned_pool = std::make_unique<pb::DescriptorPool>();
  for (const pb::FileDescriptorProto& proto : set.file()) {
    for (const std::string& import : proto.dependency()) {
      add_well_known(import, *source.owned_pool);
    }
    const bool is_known = source.owned_pool->FindFileByName(proto.name()) != nullptr;
    if (!is_known && source.owned_pool->BuildFile(proto) == nullptr) {
      return errorf(
          "{}: '{}' cannot be used: an import is missing (--include_imports), or it is "
          "damaged",
          file, proto.name());
    }
  }
  source.use(source.owned_pool.get());
  sources.push_back(std::move(source));
  return {};
}

Schema::Impl::Source& Schema::Impl::source_of(const pb::Descriptor* type) {
  const auto found = std::find_if(sources.begin(), sources.end(), [type](const Source& source) {
    return source.pool == type->file()->pool();
  });
  MACAW_CHECK(found != sources.end(), "type={}", type->full_name());
  return *found;
}

Result<std::string> Schema::Impl::to_bytes(const pb::Descriptor* type, std::string_view json) {
  if (is_nested_too_deep(json)) {
    return errorf("{}: found JSON nested more than 100 deep", type->full_name());
  }
  Source& source = source_of(type);
  std::string unordered;
  const auto status = pb::util::JsonToBinaryString(
      source.resolver.get(), fmt::format("{}/{}", kTypeUrl, type->full_name()), std::string(json),
      &unordered);
  if (!status.ok()) {
    return one_line(fmt::format("{}: {}", type->full_name(), std::string(status.message())));
  }
  // Once more, so that the same JSON gives the same bytes whatever the order of its map keys.
  const std::unique_ptr<pb::Message> message(source.factory->GetPrototype(type)->New());
  if (!message->ParseFromString(unordered)) {
    return errorf("{}: the message cannot be made of this", type->full_name());
  }
  if (!rewrite_inside(source, *message)) {
    return errorf("{}: found Anys nested too deep", type->full_name());
  }
  return deterministic_bytes(*message);
}

/// What JSON has made of the inside of an Any is not packed, as generated code would have it. False
/// when the inside is no message of its type.
bool Schema::Impl::rewrite_any(Source& source, pb::Message& message, int depth) {
  constexpr int kAnysMax = 8;  // one in the other; each may be nested as deep as a message
  if (depth > kAnysMax) {
    return false;
  }
  const pb::Reflection& access = *message.GetReflection();
  const pb::FieldDescriptor* const url = message.GetDescriptor()->FindFieldByName("type_url");
  const pb::FieldDescriptor* const value = message.GetDescriptor()->FindFieldByName("value");
  const std::string name = access.GetString(message, url);
  const pb::Descriptor* const type =
      source.pool->FindMessageTypeByName(name.substr(name.rfind('/') + 1));
  if (type == nullptr) {
    return true;
  }
  const std::unique_ptr<pb::Message> inside(source.factory->GetPrototype(type)->New());
  if (!inside->ParseFromString(access.GetString(message, value)) ||
      !rewrite_inside(source, *inside, depth)) {
    return false;
  }
  access.SetString(&message, value, deterministic_bytes(*inside));
  return true;
}

bool Schema::Impl::rewrite_inside(Source& source, pb::Message& message, int depth) {
  if (message.GetDescriptor()->full_name() == "google.protobuf.Any") {
    return rewrite_any(source, message, depth + 1);
  }
  const pb::Reflection& access = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  access.ListFields(message, &fields);
  for (const pb::FieldDescriptor* const field : fields) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    }
    const int count = field->is_repeated() ? access.FieldSize(message, field) : 1;
    for (int k = 0; k < count; ++k) {
      pb::Message& inner = field->is_repeated() ? *access.MutableRepeatedMessage(&message, field, k)
                                                : *access.MutableMessage(&message, field);
      if (!rewrite_inside(source, inner, depth)) {
        return false;
      }
    }
  }
  return true;
}

Result<std::string> Schema::Impl::to_json(const pb::Descriptor* type, std::string_view bytes) {
  Source& source = source_of(type);
  // The conversion would take nearly anything for a message, and never ends on a packed field that
  // is longer than the Any around it: it gets only what was parsed, and written anew.
  const std::unique_ptr<pb::Message> message(source.factory->GetPrototype(type)->New());
  if (!message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !rewrite_inside(source, *message)) {
    return errorf("no {}: the bytes are not of that type", type->full_name());
  }
  std::string json;
  pb::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  const auto status = pb::util::BinaryToJsonString(
      source.resolver.get(), fmt::format("{}/{}", kTypeUrl, type->full_name()),
      deterministic_bytes(*message), &json, options);
  if (!status.ok()) {
    return one_line(fmt::format("no {}: {}", type->full_name(), std::string(status.message())));
  }
  return json;
}

Schema::Schema(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Schema::~Schema() = default;

Result<std::unique_ptr<Schema>> Schema::load(const SchemaSources& sources) {
  keep_quiet();
  auto impl = std::make_unique<Impl>();
  if (!sources.proto_files.empty()) {
    MACAW_TRY(impl->load_protos(sources));
  }
  if (!sources.descriptor_set.empty()) {
    MACAW_TRY(impl->load_descriptor_set(sources.descriptor_set));
  }
  MACAW_TRY(impl->load_built_in());
  return std::unique_ptr<Schema>(new Schema(std::move(impl)));
}

const Method* Schema::find_method(std::string_view name) {
  std::string full_name(name);
  std::replace(full_name.begin(), full_name.end(), '/', '.');
  if (const auto known = impl_->methods.find(full_name); known != impl_->methods.end()) {
    return &known->second;
  }
  for (const Impl::Source& source : impl_->sources) {
    if (const pb::MethodDescriptor* const found = source.pool->FindMethodByName(full_name)) {
      const Method method{
          .path = fmt::format("/{}/{}", found->service()->full_name(), found->name()),
          .client_streams = found->client_streaming(),
          .server_streams = found->server_streaming(),
          .descriptor = found};
      return &impl_->methods.emplace(full_name, method).first->second;
    }
  }
  return nullptr;
}

namespace {

const pb::MethodDescriptor& descriptor_of(const Method& method) {
  return *static_cast<const pb::MethodDescriptor*>(method.descriptor);
}

}  // namespace

Result<std::string> Schema::request_from_json(const Method& method, std::string_view json) {
  return impl_->to_bytes(descriptor_of(method).input_type(), json);
}

Result<std::string> Schema::request_to_json(const Method& method, std::string_view bytes) {
  return impl_->to_json(descriptor_of(method).input_type(), bytes);
}

Result<std::string> Schema::reply_from_json(const Method& method, std::string_view json) {
  return impl_->to_bytes(descriptor_of(method).output_type(), json);
}

Result<std::string> Schema::reply_to_json(const Method& method, std::string_view bytes) {
  return impl_->to_json(descriptor_of(method).output_type(), bytes);
}

}  // namespace macaw::grpc
