// SPDX-License-Identifier: MIT
//
// See predictions.h.
// Thread: any.

#include "predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

#include "json_body.h"
#include "macaw/base/hash.h"
#include "macaw/base/random.h"
#include "parameters.h"

namespace macaw::stub {
namespace {

using server::Response;

Response json_response(std::string body) {
  Response response;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

/// What the flowers model says of one image, laid out as TensorFlow Serving lays it out: with the
/// key "1" of the guide's request a reply is the guide's 218 bytes, whatever the scores.
std::string flowers_prediction(const JsonValue& instance, Random random) {
  constexpr size_t kClasses = 6;
  constexpr uint64_t kWhole = 1'000'000'000'000;  // scores are counted in 10^-12
  std::array<std::string, kClasses> scores;
  const uint64_t winner = random.below(kClasses);
  uint64_t left = kWhole;
  uint64_t losers = 0;
  for (size_t k = 0; k < kClasses; ++k) {
    if (k == winner) {
      continue;
    }
    // The last of the five has a digit less: they and the winner are 80 characters.
    if (++losers < kClasses - 1) {
      const uint64_t score = 100'000'000 + random.below(900'000'000);
      scores[k] = fmt::format("0.000{:09}", score);
      left -= score;
    } else {
      const uint64_t score = 10'000'000 + random.below(90'000'000);
      scores[k] = fmt::format("0.000{:08}", score);
      left -= 10 * score;
    }
  }
  scores[winner] = fmt::format("0.{:09}", left / 1000);
  const std::string_view key = text_member(instance, "key");
  return fmt::format(
      "        {{\n            \"scores\": [{}],\n            \"prediction\": {},\n"
      "            \"key\": {}\n        }}",
      fmt::join(scores, ", "), winner, json_string(key));
}

bool is_image(const JsonValue& instance) {
  return instance.IsObject() &&
         (member(instance, "image_bytes") != nullptr || member(instance, "b64") != nullptr);
}

/// Images: what they show. Rows of numbers: a class. Anything else (keys of rows in a feature
/// store): 0, "no fraud".
std::string tensorflow_predictions(const JsonValue& instances, std::string_view name,
                                   uint64_t body_hash) {
  std::string list;
  uint64_t index = 0;
  const bool images = !instances.Empty() && std::all_of(instances.Begin(), instances.End(),
                                                        [](const auto& i) { return is_image(i); });
  for (const auto& instance : instances.GetArray()) {
    const uint64_t draw = mix64(body_hash + index);
    if (images) {
      list.append(index == 0 ? "" : ",\n").append(flowers_prediction(instance, Random(draw)));
    } else {
      fmt::format_to(std::back_inserter(list), "{}{}", index == 0 ? "" : ",",
                     instance.IsArray() ? draw % 10 : 0);
    }
    ++index;
  }
  return images ? fmt::format("{{\n    \"{}\": [\n{}\n    ]\n}}", name, list)
                : fmt::format("{{\"{}\":[{}]}}", name, list);
}

Response seldon_core_error(int status, int code, std::string_view reason, std::string_view info) {
  Response response = json_response(
      fmt::format(R"({{"status":{{"code":{},"info":{},"reason":"{}","status":"FAILURE"}}}})", code,
                  json_string(info), reason));
  response.status = status;
  return response;
}

constexpr size_t kOutputs = 3;

/// Three shares that sum up to one, in millionths.
std::array<uint64_t, kOutputs> class_shares(uint64_t draw) {
  constexpr uint64_t kMillion = 1'000'000;
  const uint64_t first = mix64(draw) % (kMillion / 2);
  const uint64_t second = mix64(draw + 1) % (kMillion / 2);
  return {first, second, kMillion - first - second};
}

std::string share_text(uint64_t millionths) {
  return fmt::format("{}.{:06}", millionths / 1'000'000, millionths % 1'000'000);
}

/// The rows of a tensor {"shape":[n,...],"values":[...]}, or an error's text.
Result<uint64_t> tensor_rows(const JsonValue& tensor) {
  const JsonValue* const shape = tensor.IsObject() ? member(tensor, "shape") : nullptr;
  const JsonValue* const values = tensor.IsObject() ? member(tensor, "values") : nullptr;
  if (shape == nullptr || !shape->IsArray() || shape->Empty() || values == nullptr ||
      !values->IsArray()) {
    return Error("A tensor has a shape and values");
  }
  uint64_t cells = 1;
  for (const auto& length : shape->GetArray()) {
    if (!length.IsUint() || length.GetUint() > values->Size()) {
      return Error("The shape does not fit the values");
    }
    cells *= length.GetUint();
    if (cells > values->Size()) {
      return Error("The shape does not fit the values");
    }
  }
  if (cells != values->Size()) {
    return Error("The shape does not fit the values");
  }
  return (*shape)[0].GetUint64();
}

/// The answer's "data", in the form of the question's.
Result<std::string> seldon_core_data(const JsonValue& data, uint64_t body_hash) {
  const JsonValue* const ndarray = member(data, "ndarray");
  const JsonValue* const tensor = member(data, "tensor");
  uint64_t rows = 0;
  if (ndarray != nullptr) {
    if (!ndarray->IsArray()) {
      return Error("ndarray is not an array");
    }
    rows = ndarray->Size();
  } else if (tensor != nullptr) {
    MACAW_TRY_ASSIGN(rows, tensor_rows(*tensor));
  } else {
    return Error("data has neither ndarray nor tensor");
  }
  std::string cells;
  for (uint64_t row = 0; row < rows; ++row) {
    const auto shares = class_shares(mix64(body_hash + row));
    std::string line;
    for (const uint64_t share : shares) {
      line.append(line.empty() ? "" : ",").append(share_text(share));
    }
    cells.append(row == 0 ? "" : ",");
    cells.append(ndarray != nullptr ? fmt::format("[{}]", line) : line);
  }
  const std::string_view names = R"("names":["t:0","t:1","t:2"])";
  return ndarray != nullptr ? fmt::format(R"({{{},"ndarray":[{}]}})", names, cells)
                            : fmt::format(R"({{{},"tensor":{{"shape":[{},{}],"values":[{}]}}}})",
                                          names, rows, kOutputs, cells);
}

/// Rows of the first input, whose "shape" must fit its "data" where that is flat.
Result<uint64_t> infer_rows(const rapidjson::Document& document) {
  const JsonValue* const inputs = member(document, "inputs");
  if (inputs == nullptr || !inputs->IsArray() || inputs->Empty()) {
    return Error("Field required: inputs");
  }
  uint64_t rows = 0;
  for (const auto& input : inputs->GetArray()) {
    if (!input.IsObject() || text_member(input, "name").empty() ||
        text_member(input, "datatype").empty()) {
      return Error("An input has a name, a shape, a datatype and data");
    }
    const JsonValue* const shape = member(input, "shape");
    const JsonValue* const data = member(input, "data");
    if (shape == nullptr || !shape->IsArray() || shape->Empty() || data == nullptr ||
        !data->IsArray()) {
      return Error("An input has a name, a shape, a datatype and data");
    }
    uint64_t cells = 1;
    for (const auto& length : shape->GetArray()) {
      if (!length.IsUint() || length.GetUint() > 100'000'000) {
        return Error("A shape is made of whole numbers");
      }
      cells = std::min<uint64_t>(cells * length.GetUint(), 100'000'000);
    }
    const bool flat = data->Empty() || !(*data)[0].IsArray();
    if (cells != data->Size() && flat) {
      return Error("The shape does not fit the data");
    }
    if (!flat && (*shape)[0].GetUint64() != data->Size()) {
      return Error("The shape does not fit the data");
    }
    if (&input == inputs->Begin()) {
      rows = cells == 0 ? 0 : (*shape)[0].GetUint64();
    }
  }
  return rows;
}

}  // namespace

Response json_error(int status, std::string_view message) {
  Response response = json_response(fmt::format(R"({{"error":{}}})", json_string(message)));
  response.status = status;
  return response;
}

Response answer_tensorflow(const http::Request& request, uint64_t instances) {
  const auto document = parse_json_object(request.body);
  if (!document) {
    return json_error(400, fmt::format("JSON Parse error: {}", document.error().message()));
  }
  const JsonValue* const rows = member(*document, "instances");
  const JsonValue* const columns = member(*document, "inputs");
  if ((rows == nullptr) == (columns == nullptr)) {
    return json_error(400, "Missing 'inputs' or 'instances' key");
  }
  const JsonValue& given = rows != nullptr ? *rows : *columns;
  if (!given.IsArray()) {
    return json_error(
        400, rows != nullptr ? "'instances' is not an array" : "'inputs' by name are not served");
  }
  if (instances != 0 && given.Size() != instances) {
    return json_error(400, fmt::format("found {} instances, expected {}", given.Size(), instances));
  }
  return json_response(tensorflow_predictions(given, rows != nullptr ? "predictions" : "outputs",
                                              hash64(request.body)));
}

Response answer_seldon_core(const http::Request& request) {
  constexpr int kInvalidJson = 201;
  constexpr int kBadData = 203;
  const auto document = parse_json_object(request.body);
  if (!document) {
    return seldon_core_error(400, kInvalidJson, "Invalid JSON", document.error().message());
  }
  const uint64_t body_hash = hash64(request.body);
  const JsonValue* const meta = member(*document, "meta");
  std::string puid(meta != nullptr && meta->IsObject() ? text_member(*meta, "puid") : "");
  if (puid.empty()) {
    puid = fmt::format("{:016x}{:016x}", mix64(body_hash), mix64(body_hash + 1));
  }
  std::string answer;
  for (const char* const form : {"strData", "binData", "jsonData"}) {
    if (const JsonValue* const given = member(*document, form)) {
      answer = fmt::format("\"{}\":{}", form, json_of(*given));
    }
  }
  if (const JsonValue* const data = member(*document, "data")) {
    const auto made = data->IsObject() ? seldon_core_data(*data, body_hash)
                                       : Result<std::string>(Error("data is not an object"));
    if (!made) {
      return seldon_core_error(400, kBadData, "Bad data", made.error().message());
    }
    answer = fmt::format(R"("data":{})", *made);
  }
  if (answer.empty()) {
    return seldon_core_error(400, kBadData, "Bad data",
                             "found none of data, strData, binData and jsonData");
  }
  return json_response(
      fmt::format(R"({{{},"meta":{{"puid":{}}}}})", answer, json_string(std::string_view(puid))));
}

Response answer_seldon_feedback(const http::Request& request) {
  constexpr int kInvalidJson = 201;
  constexpr int kBadData = 203;
  const auto document = parse_json_object(request.body);
  if (!document) {
    return seldon_core_error(400, kInvalidJson, "Invalid JSON", document.error().message());
  }
  const JsonValue* const reward = member(*document, "reward");
  if (reward != nullptr && !reward->IsNumber()) {
    return seldon_core_error(400, kBadData, "Bad data", "reward is not a number");
  }
  return json_response(R"({"meta":{}})");
}

Response answer_infer(const http::Request& request, const Route& route) {
  const auto document = parse_json_object(request.body);
  if (!document) {
    return json_error(400, document.error().message());
  }
  const auto rows = infer_rows(*document);
  if (!rows) {
    return json_error(400, rows.error().message());
  }
  const uint64_t body_hash = hash64(request.body);
  std::string classes;
  for (uint64_t row = 0; row < *rows; ++row) {
    fmt::format_to(std::back_inserter(classes), "{}{}", row == 0 ? "" : ",",
                   mix64(body_hash + row) % 3);
  }
  const std::string_view id = text_member(*document, "id");
  return json_response(fmt::format(
      R"({{"model_name":{},"model_version":{},{}"outputs":[{{"name":"predict","shape":[{}],)"
      R"("datatype":"INT64","data":[{}]}}]}})",
      json_string(route.model), json_string(route.version.empty() ? "1" : route.version),
      id.empty() ? "" : fmt::format("\"id\":{},", json_string(id)), *rows, classes));
}

}  // namespace macaw::stub
