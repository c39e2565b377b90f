// SPDX-License-Identifier: MIT
//
// Messages from JSON against the bytes that the guides' clients send, and .proto files of one's
// own, right and wrong.

#include "macaw/grpc/schema.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "macaw/base/base64.h"
#include "support/temp_dir.h"

using macaw::grpc::Method;
using macaw::grpc::Schema;
using macaw::grpc::SchemaSources;
using macaw::test::TempDir;

namespace {

std::unique_ptr<Schema> load(const SchemaSources& sources = {}) {
  auto loaded = Schema::load(sources);
  BOOST_REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? "" : loaded.error().message()));
  return std::move(loaded).value();
}

std::string load_error(const SchemaSources& sources) {
  const auto loaded = Schema::load(sources);
  BOOST_REQUIRE(!loaded.ok());
  return loaded.error().message();
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
    text += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

std::string hex_of(Schema& schema, std::string_view call, std::string_view json) {
  const Method* const method = schema.find_method(call);
  BOOST_REQUIRE(method != nullptr);
  const auto bytes = schema.request_from_json(*method, json);
  return bytes.ok() ? hex(*bytes) : "error: " + bytes.error().message();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_test)

BOOST_AUTO_TEST_CASE(the_guides_services_are_known) {
  const auto schema = load();
  for (const char* name :
       {"io.seldon.api.rpc.Seldon/Classify", "tensorflow.serving.PredictionService/Predict",
        "seldon.protos.Seldon/Predict", "seldon.protos.Model/Predict",
        "inference.GRPCInferenceService/ModelInfer"}) {
    const Method* const method = schema->find_method(name);
    BOOST_REQUIRE_MESSAGE(method != nullptr, name);
    BOOST_TEST(method->path == "/" + std::string(name));
    BOOST_TEST(!method->client_streams);
    BOOST_TEST(!method->server_streams);
    BOOST_TEST(schema->find_method(name) == method);
  }
  const Method* const decode = schema->find_method("jetstream_proto.Orchestrator.Decode");
  BOOST_REQUIRE(decode != nullptr);
  BOOST_TEST(decode->path == "/jetstream_proto.Orchestrator/Decode");
  BOOST_TEST(decode->server_streams);
  BOOST_TEST(schema->find_method("no.Such/Method") == nullptr);
  BOOST_TEST(schema->find_method("") == nullptr);
}

/// Byte for byte what the guides' clients send.
BOOST_AUTO_TEST_CASE(vectors) {
  const auto schema = load();
  const std::string classify =
      hex_of(*schema, "io.seldon.api.rpc.Seldon/Classify",
             R"({"meta":{"puid":"12345"},"data":{)"
             R"("@type":"type.googleapis.com/io.seldon.api.rpc.DefaultCustomPredictRequest",)"
             R"("values":[0.5,0.25]}})");
  BOOST_TEST(classify ==
             "0a070a053132333435124f0a41" +
                 hex("type.googleapis.com/io.seldon.api.rpc.DefaultCustomPredictRequest") +
                 "120a0a080000003f0000803e");
  BOOST_TEST(hex_of(*schema, "tensorflow.serving.PredictionService/Predict",
                    R"({"model_spec":{"name":"flowers","signature_name":"serving_default"},)"
                    R"("inputs":{"image_bytes":{"dtype":"DT_STRING","tensor_shape":{"dim":[)"
                    R"({"size":1}]},"string_val":["QUI="]},"key":{"dtype":"DT_STRING",)"
                    R"("tensor_shape":{"dim":[{"size":1}]},"string_val":["MQ=="]}}})") ==
             "0a1a0a07666c6f776572731a0f73657276696e675f64656661756c74121b0a0b696d6167655f62797465"
             "73120c0807120412020801420241421212"
             "0a036b6579120b0807120412020801420131");
  BOOST_TEST(hex_of(*schema, "jetstream_proto.Orchestrator/Decode",
                    R"({"text_content":{"text":"hi"},"max_tokens":8})") == "20082a040a026869");
  BOOST_TEST(hex_of(*schema, "seldon.protos.Seldon/Predict",
                    R"({"data":{"tensor":{"shape":[1,2],"values":[1.0,2.0]}}})") ==
             "1a1812160a0201021210000000000000f03f0000000000000040");
}

BOOST_AUTO_TEST_CASE(there_and_back) {
  const auto schema = load();
  const Method* const method = schema->find_method("seldon.protos.Seldon/Predict");
  const std::string json =
      R"({"meta":{"puid":"p"},"data":{"names":["a","b"],"ndarray":[[1,2.5,"x",null,true]]}})";
  const auto bytes = schema->reply_from_json(*method, json);
  BOOST_REQUIRE(bytes.ok());
  BOOST_TEST(schema->reply_to_json(*method, *bytes).value() == json);
  BOOST_TEST(!schema->reply_to_json(*method, "\xff\xff not a message").ok());
}

BOOST_AUTO_TEST_CASE(wrong_json_names_what_is_wrong) {
  const auto schema = load();
  const auto error = [&](std::string_view json) {
    return hex_of(*schema, "jetstream_proto.Orchestrator/Decode", json);
  };
  for (const std::string_view json : {"{\"no_such_field\":1}", "{\"max_tokens\":\"many\"}", "{",
                                      "[]", "{\"text_content\":{\"text\":5}}"}) {
    const std::string message = error(json);
    BOOST_TEST(message.starts_with("error: jetstream_proto.DecodeRequest: "), message);
    BOOST_TEST(message.find('\n') == std::string::npos);
  }
  BOOST_TEST(error(std::string(100'000, '[')) ==
             "error: jetstream_proto.DecodeRequest: found JSON nested more than 100 deep");
  BOOST_TEST(error("{\"no_such_field\":1}").find("no_such_field") != std::string::npos);
}

/// Of a packed field that is longer than the Any around it protobuf's conversion finds no end.
BOOST_AUTO_TEST_CASE(an_any_whose_inside_is_cut_off) {
  const auto schema = load();
  const Method& method = *schema->find_method("io.seldon.api.rpc.Seldon/Classify");
  const std::string url = "type.googleapis.com/io.seldon.api.rpc.DefaultCustomPredictRequest";
  const auto request = [&](std::string_view inside) {
    std::string any = "\x0a" + std::string(1, static_cast<char>(url.size())) + url;
    any += "\x12" + std::string(1, static_cast<char>(inside.size())) + std::string(inside);
    return "\x12" + std::string(1, static_cast<char>(any.size())) + any;
  };
  BOOST_TEST(schema->request_to_json(method, request(std::string_view("\x0a\x04\0\0\0\x3f", 6)))
                 .value()
                 .find("\"values\":[0.5]") != std::string::npos);
  const auto cut_off = schema->request_to_json(method, request("\x0a\x5e____"));
  BOOST_REQUIRE(!cut_off.ok());
  BOOST_TEST(cut_off.error().message().starts_with("no io.seldon.api.rpc.ClassificationRequest:"));
}

BOOST_AUTO_TEST_CASE(anys_within_anys) {
  const auto schema = load();
  const Method& method = *schema->find_method("io.seldon.api.rpc.Seldon/Classify");
  std::string json = R"({"@type":"type.googleapis.com/io.seldon.api.rpc.ClassificationRequest"})";
  for (int depth = 0; depth < 12; ++depth) {
    json = R"({"@type":"type.googleapis.com/io.seldon.api.rpc.ClassificationRequest","data":)" +
           json + "}";
  }
  BOOST_TEST(!schema->request_from_json(method, R"({"data":)" + json + "}").ok());
}

BOOST_AUTO_TEST_CASE(proto_files_of_ones_own) {
  const TempDir folder;
  folder.write("common.proto",
               "syntax = \"proto3\"; package mine; import \"google/protobuf/struct.proto\";\n"
               "message Ask { string q = 1; google.protobuf.Struct more = 2; }\n");
  const std::string service = folder.write(
      "service.proto",
      "syntax = \"proto3\"; package mine; import \"common.proto\";\n"
      "service Own { rpc Call(Ask) returns (Ask); rpc Feed(stream Ask) returns (Ask); }\n");
  const auto schema = load({.proto_files = {service}});
  BOOST_TEST(hex_of(*schema, "mine.Own/Call", R"({"q":"hi"})") == "0a026869");
  BOOST_TEST(schema->find_method("mine.Own/Feed")->client_streams);
  // And what is built in is still there.
  BOOST_TEST(schema->find_method("seldon.protos.Seldon/Predict") != nullptr);
}

/// Two definitions of one name: the user's is the one that counts.
BOOST_AUTO_TEST_CASE(a_users_own_copy_comes_first) {
  const TempDir folder;
  const std::string file = folder.write(
      "own.proto",
      "syntax = \"proto3\"; package jetstream_proto;\n"
      "message DecodeRequest { string additional_text = 2; }\n"
      "message DecodeResponse { repeated string response = 1; }\n"
      "service Orchestrator { rpc Decode(DecodeRequest) returns (stream DecodeResponse); }\n");
  const auto schema = load({.proto_files = {file}});
  BOOST_TEST(hex_of(*schema, "jetstream_proto.Orchestrator/Decode", R"({"additional_text":"x"})") ==
             "120178");
}

/// One message of a well-known type, and one that has one inside: from a descriptor set with its
/// imports and from one without.
BOOST_AUTO_TEST_CASE(descriptor_sets_with_well_known_types) {
  google::protobuf::FileDescriptorSet set;
  google::protobuf::FileDescriptorProto& file = *set.add_file();
  BOOST_REQUIRE(google::protobuf::TextFormat::ParseFromString(
      R"(name: "own.proto" package: "mine" syntax: "proto3"
         dependency: "google/protobuf/empty.proto" dependency: "google/protobuf/timestamp.proto"
         message_type { name: "When" field { name: "at" number: 1 label: LABEL_OPTIONAL
           type: TYPE_MESSAGE type_name: ".google.protobuf.Timestamp" } }
         service { name: "Own"
           method { name: "Ping" input_type: ".google.protobuf.Empty" output_type: ".mine.When" }
           method { name: "At" input_type: ".mine.When" output_type: ".google.protobuf.Empty" } })",
      &file));
  google::protobuf::FileDescriptorSet whole;
  google::protobuf::Empty::descriptor()->file()->CopyTo(whole.add_file());
  google::protobuf::Timestamp::descriptor()->file()->CopyTo(whole.add_file());
  *whole.add_file() = file;
  const TempDir folder;
  for (const auto& each : {set, whole}) {
    const auto schema = load({.descriptor_set = folder.write("own.pb", each.SerializeAsString())});
    BOOST_TEST(hex_of(*schema, "mine.Own/Ping", "{}") == "");
    BOOST_TEST(hex_of(*schema, "mine.Own/At", R"({"at":"1970-01-01T00:00:07Z"})") == "0a020807");
    const Method& at = *schema->find_method("mine.Own/At");
    BOOST_TEST(schema->reply_to_json(at, "").value() == "{}");
  }
}

BOOST_AUTO_TEST_CASE(files_that_do_not_serve) {
  const TempDir folder;
  const std::string broken =
      folder.write("broken.proto", "syntax = \"proto3\";\nmessage M {\n  strin q = 1;\n}\n");
  BOOST_TEST(load_error({.proto_files = {broken}}) ==
             "broken.proto:3:3: \"strin\" is not defined.");
  const std::string lost =
      folder.write("lost.proto", "syntax = \"proto3\";\nimport \"missing.proto\";\n");
  BOOST_TEST(load_error({.proto_files = {lost}}).find("missing.proto") != std::string::npos);
  const std::string missing = folder / "no.proto";
  BOOST_TEST(load_error({.proto_files = {missing}}) == missing + ": No such file or directory");
  BOOST_TEST(load_error({.proto_files = {broken}, .import_paths = {folder / "no"}}) ==
             (folder / "no") + ": there is no such folder");
  BOOST_TEST(
      load_error({.descriptor_set = broken}).starts_with(broken + ": found no descriptor set"));
  BOOST_TEST(load_error({.descriptor_set = missing}) == missing + ": No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
