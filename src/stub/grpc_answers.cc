// SPDX-License-Identifier: MIT
//
// See grpc_answers.h.
// Thread: any.

#include "grpc_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "answers.h"
#include "generations.h"
#include "macaw/base/random.h"
#include "macaw/base/units.h"
#include "parameters.h"
#include "predictions.h"

namespace macaw::stub {
namespace {

/// A client cannot order more memory than this.
constexpr uint64_t kRowsMax = 10'000;

/// An int64 is a text in JSON. (Names of fields are those of the .proto files.)
std::optional<uint64_t> int64_of(const JsonValue& value) {
  if (value.IsString()) {
    const auto parsed = parse_u64({value.GetString(), value.GetStringLength()});
    return parsed ? std::optional(*parsed) : std::nullopt;
  }
  return value.IsUint64() ? std::optional(value.GetUint64()) : std::nullopt;
}

const JsonValue* object_member(const JsonValue& object, const char* name) {
  const JsonValue* const found = member(object, name);
  return found != nullptr && found->IsObject() ? found : nullptr;
}

const JsonValue* array_member(const JsonValue& object, const char* name) {
  const JsonValue* const found = member(object, name);
  return found != nullptr && found->IsArray() ? found : nullptr;
}

Result<std::string> classify(const JsonValue& request, uint64_t draw) {
  const JsonValue* const data = object_member(request, "data");
  if (data == nullptr) {
    return Error("found no data");
  }
  const JsonValue* const meta = object_member(request, "meta");
  std::string puid(meta != nullptr ? text_member(*meta, "puid") : "");
  if (puid.empty()) {
    puid = fmt::format("{:016x}{:016x}", mix64(draw), mix64(draw + 1));
  }
  return fmt::format(
      R"({{"meta":{{"puid":{},"modelName":"stub","variation":"stub"}},"predictions":[{}]}})",
      json_string(std::string_view(puid)), class_predictions(draw));
}

/// What is in the first place of a TensorFlow tensor's shape; a scalar is one row.
Result<uint64_t> tensor_proto_rows(const JsonValue& tensor) {
  const JsonValue* const shape = object_member(tensor, "tensor_shape");
  const JsonValue* const dims = shape != nullptr ? array_member(*shape, "dim") : nullptr;
  if (dims == nullptr || dims->Empty()) {
    return 1;
  }
  const JsonValue* const size = member((*dims)[0], "size");
  const auto rows = size != nullptr ? int64_of(*size) : 0;
  if (!rows || *rows > kRowsMax) {
    return errorf("expected a tensor of at most {} rows", kRowsMax);
  }
  return *rows;
}

std::string tensor_proto(std::string_view type, std::string_view shape, std::string_view name,
                         const std::string& values) {
  std::string dims;
  for (std::string_view rest = shape; !rest.empty();) {
    const std::string_view size = rest.substr(0, rest.find('x'));
    rest.remove_prefix(std::min(size.size() + 1, rest.size()));
    fmt::format_to(std::back_inserter(dims), R"({}{{"size":"{}"}})", dims.empty() ? "" : ",", size);
  }
  return fmt::format(R"({{"dtype":"{}","tensor_shape":{{"dim":[{}]}},"{}":[{}]}})", type, dims,
                     name, values);
}

/// Scores, class and key of each image, as the flowers model's signature has them.
std::string flowers_outputs(const JsonValue& inputs, uint64_t rows, uint64_t draw) {
  constexpr size_t kClasses = 6;
  const JsonValue* const key = object_member(inputs, "key");
  const JsonValue* const keys = key != nullptr ? array_member(*key, "string_val") : nullptr;
  std::string scores;
  std::string classes;
  std::string key_texts;
  for (uint64_t row = 0; row < rows; ++row) {
    Random random(mix64(draw + row));
    const uint64_t winner = random.below(kClasses);
    const double small = 0.001 * random.unit();
    for (size_t k = 0; k < kClasses; ++k) {
      fmt::format_to(std::back_inserter(scores), "{}{:.9f}", row + k == 0 ? "" : ",",
                     k == winner ? 1 - (kClasses - 1) * small : small);
    }
    fmt::format_to(std::back_inserter(classes), "{}\"{}\"", row == 0 ? "" : ",", winner);
    const bool has_key = keys != nullptr && row < keys->Size();
    fmt::format_to(std::back_inserter(key_texts), "{}{}", row == 0 ? "" : ",",
                   has_key ? json_of((*keys)[static_cast<rapidjson::SizeType>(row)]) : "\"\"");
  }
  return fmt::format(
      R"("scores":{},"prediction":{},"key":{})",
      tensor_proto("DT_FLOAT", fmt::format("{}x{}", rows, kClasses), "float_val", scores),
      tensor_proto("DT_INT64", fmt::format("{}", rows), "int64_val", classes),
      tensor_proto("DT_STRING", fmt::format("{}", rows), "string_val", key_texts));
}

Result<std::string> predict_tensorflow(const JsonValue& request, uint64_t draw) {
  const JsonValue* const spec = object_member(request, "model_spec");
  if (spec == nullptr || text_member(*spec, "name").empty()) {
    return Error("found no model_spec.name");
  }
  const JsonValue* const inputs = object_member(request, "inputs");
  if (inputs == nullptr || inputs->ObjectEmpty() || !inputs->MemberBegin()->value.IsObject()) {
    return Error("found no inputs");
  }
  MACAW_TRY_ASSIGN(const uint64_t rows, tensor_proto_rows(inputs->MemberBegin()->value));
  std::string outputs;
  if (member(*inputs, "image_bytes") != nullptr) {
    outputs = flowers_outputs(*inputs, rows, draw);
  } else {
    std::string classes;
    for (uint64_t row = 0; row < rows; ++row) {
      fmt::format_to(std::back_inserter(classes), "{}\"{}\"", row == 0 ? "" : ",",
                     mix64(draw + row) % 10);
    }
    outputs = fmt::format(R"("predictions":{})",
                          tensor_proto("DT_INT64", fmt::format("{}", rows), "int64_val", classes));
  }
  const std::string_view signature = text_member(*spec, "signature_name");
  return fmt::format(
      R"({{"model_spec":{{"name":{},"version":"1","signature_name":{}}},"outputs":{{{}}}}})",
      json_string(text_member(*spec, "name")),
      json_string(signature.empty() ? "serving_default" : signature), outputs);
}

/// A SeldonMessage is the same over HTTP.
Result<std::string> predict_seldon(const JsonValue& request, uint64_t /*draw*/) {
  http::Request rest;
  rest.body = json_of(request);
  server::Response response = answer_seldon_core(rest);
  if (response.status == 200) {
    return std::move(response.body);
  }
  const auto document = parse_json_object(response.body);
  const JsonValue* const status = document ? object_member(*document, "status") : nullptr;
  return Error(std::string(status != nullptr ? text_member(*status, "info") : "Bad data"));
}

Result<std::string> take_feedback(const JsonValue& /*request*/, uint64_t /*draw*/) {
  return std::string(R"({"meta":{}})");
}

/// The cells of a V2 input, which must fit its contents where they are given by value.
Result<uint64_t> v2_input_rows(const JsonValue& input, bool raw) {
  const JsonValue* const shape = array_member(input, "shape");
  if (text_member(input, "name").empty() || text_member(input, "datatype").empty() ||
      shape == nullptr || shape->Empty()) {
    return Error("an input has a name, a shape and a datatype");
  }
  uint64_t cells = 1;
  for (const auto& length : shape->GetArray()) {
    const auto size = int64_of(length);
    if (!size || *size > 100'000'000) {
      return Error("a shape is made of whole numbers");
    }
    cells = std::min<uint64_t>(cells * *size, 100'000'000);
  }
  uint64_t given = 0;
  if (const JsonValue* const contents = object_member(input, "contents")) {
    for (const auto& values : contents->GetObject()) {
      given += values.value.IsArray() ? values.value.Size() : 0;
    }
  }
  if (!raw && given != cells) {
    return Error("the shape does not fit the contents");
  }
  const uint64_t rows = cells == 0 ? 0 : int64_of((*shape)[0]).value_or(0);
  return rows <= kRowsMax ? Result<uint64_t>(rows)
                          : errorf("expected an input of at most {} rows", kRowsMax);
}

Result<std::string> infer_v2(const JsonValue& request, uint64_t draw) {
  const JsonValue* const inputs = array_member(request, "inputs");
  if (inputs == nullptr || inputs->Empty()) {
    return Error("found no inputs");
  }
  const bool raw = array_member(request, "raw_input_contents") != nullptr;
  uint64_t rows = 0;
  for (const auto& input : inputs->GetArray()) {
    MACAW_TRY_ASSIGN(const uint64_t found, v2_input_rows(input, raw));
    rows = &input == inputs->Begin() ? found : rows;
  }
  std::string classes;
  for (uint64_t row = 0; row < rows; ++row) {
    fmt::format_to(std::back_inserter(classes), "{}\"{}\"", row == 0 ? "" : ",",
                   mix64(draw + row) % 3);
  }
  const std::string_view version = text_member(request, "model_version");
  return fmt::format(
      R"({{"model_name":{},"model_version":{},"id":{},"outputs":[{{"name":"predict",)"
      R"("datatype":"INT64","shape":["{}"],"contents":{{"int64_contents":[{}]}}}}]}})",
      json_string(text_member(request, "model_name")), json_string(version.empty() ? "1" : version),
      json_string(text_member(request, "id")), rows, classes);
}

Result<std::string> say_live(const JsonValue& /*request*/, uint64_t /*draw*/) {
  return std::string(R"({"live":true})");
}

Result<std::string> say_ready(const JsonValue& /*request*/, uint64_t /*draw*/) {
  return std::string(R"({"ready":true})");
}

struct UnaryMethod {
  std::string_view path;
  GrpcAnswer answer;
};

constexpr std::array kUnaryMethods = {
    UnaryMethod{"/inference.GRPCInferenceService/ModelInfer", infer_v2},
    UnaryMethod{"/inference.GRPCInferenceService/ModelReady", say_ready},
    UnaryMethod{"/inference.GRPCInferenceService/ServerLive", say_live},
    UnaryMethod{"/inference.GRPCInferenceService/ServerReady", say_ready},
    UnaryMethod{"/io.seldon.api.rpc.Seldon/Classify", classify},
    UnaryMethod{"/seldon.protos.Model/Predict", predict_seldon},
    UnaryMethod{"/seldon.protos.Model/SendFeedback", take_feedback},
    UnaryMethod{"/seldon.protos.Seldon/Predict", predict_seldon},
    UnaryMethod{"/seldon.protos.Seldon/SendFeedback", take_feedback},
    UnaryMethod{"/tensorflow.serving.PredictionService/Predict", predict_tensorflow},
};

}  // namespace

GrpcAnswer find_grpc_answer(std::string_view path) {
  const auto* const found =
      std::find_if(kUnaryMethods.begin(), kUnaryMethods.end(),
                   [path](const UnaryMethod& method) { return method.path == path; });
  return found == kUnaryMethods.end() ? nullptr : found->answer;
}

Result<uint64_t> decoded_tokens(const JsonValue& request) {
  if (member(request, "text_content") == nullptr && member(request, "token_content") == nullptr) {
    return Error("found neither text_content nor token_content");
  }
  const JsonValue* const given = member(request, "max_tokens");
  if (given == nullptr) {
    return kWordsUnasked;
  }
  if (!given->IsUint64()) {
    return Error("max_tokens is below 0");
  }
  return std::min(given->GetUint64(), kWordsMax);
}

std::string decoded_token(uint64_t draw, uint64_t k) {
  const size_t index = generated_word_index(draw, k);
  return fmt::format(R"({{"stream_content":{{"samples":[{{"text":" {}","token_ids":[{}]}}]}}}})",
                     kGeneratedWords[index], index + 1);
}

}  // namespace macaw::stub
