// SPDX-License-Identifier: MIT
//
// What gRPC calls are answered: each method's reply, read back through the schema; calls that are
// none.

#include "src/stub/grpc_desk.h"

#include <boost/test/unit_test.hpp>

#include "macaw/grpc/frame.h"
#include "made_request.h"
#include "src/stub/grpc_answers.h"

namespace macaw::stub {
namespace {

struct DeskFixture {
  DeskFixture() : schema(grpc::Schema::load({}).value()) {}

  http::Request call(const std::string& path, const std::string& json) const {
    const grpc::Method* const method = schema->find_method(path.substr(1));
    BOOST_REQUIRE(method != nullptr);
    return raw_call(path, schema->request_from_json(*method, json).value());
  }

  static http::Request raw_call(const std::string& path, std::string_view message) {
    std::string body;
    grpc::append_frame(message, body);
    return test::made_request("POST", path, body, {{"content-type", "application/grpc"}});
  }

  /// The reply as JSON; of an error "code message".
  std::string ask(const std::string& path, const std::string& json) const {
    return reply_of(path, desk.answer(call(path, json)).whole);
  }

  std::string reply_of(const std::string& path, const server::Response& response) const {
    BOOST_TEST(response.content_type == "application/grpc");
    if (response.body.empty()) {
      return response.extra_headers;
    }
    BOOST_REQUIRE(response.trailers.size() == 1U);
    BOOST_TEST(response.trailers[0].first == "grpc-status");
    BOOST_TEST(response.trailers[0].second == "0");
    grpc::FrameReader reader;
    reader.start(response.body.size());
    BOOST_REQUIRE(reader.feed(response.body));
    BOOST_TEST(reader.messages() == 1U);
    return schema->reply_to_json(*schema->find_method(path.substr(1)), reader.first_message())
        .value();
  }

  std::unique_ptr<grpc::Schema> schema;
  GrpcDesk desk;
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::string kClassify = "/io.seldon.api.rpc.Seldon/Classify";
const std::string kTensorflow = "/tensorflow.serving.PredictionService/Predict";
const std::string kInfer = "/inference.GRPCInferenceService/ModelInfer";
const std::string kDecode = "/jetstream_proto.Orchestrator/Decode";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(grpc_desk_test, DeskFixture)

BOOST_AUTO_TEST_CASE(what_is_a_call) {
  const auto is_call = [](const std::string& type) {
    return is_grpc_call(test::made_request("POST", "/", "", {{"content-type", type}}));
  };
  BOOST_TEST(is_call("application/grpc"));
  BOOST_TEST(is_call("application/grpc+proto"));
  BOOST_TEST(is_call("application/grpc;x=y"));
  BOOST_TEST(!is_call("application/grpc-web"));
  BOOST_TEST(!is_call("application/json"));
  BOOST_TEST(!is_grpc_call(test::made_request("POST", "/")));
}

BOOST_AUTO_TEST_CASE(timeouts) {
  const auto timeout = [](const std::string& text) {
    return grpc_timeout(test::made_request("POST", "/", "", {{"grpc-timeout", text}}));
  };
  BOOST_TEST((*timeout("5m") == Nanos(5'000'000)));
  BOOST_TEST((*timeout("20S") == from_seconds(20)));
  BOOST_TEST((*timeout("7u") == Nanos(7'000)));
  BOOST_TEST((*timeout("00000001n") == Nanos(1)));
  BOOST_TEST((*timeout("2M") == from_seconds(120)));
  BOOST_TEST((*timeout("1H") == from_seconds(3600)));
  BOOST_TEST((*timeout("99999999H") == Nanos::max()));
  BOOST_TEST(!grpc_timeout(test::made_request("POST", "/"))->has_value());
  for (const std::string text : {"5", "m", "5s", "-5m", "123456789m", "5 m", "5mm", "x"}) {
    BOOST_TEST(!timeout(text).ok(), text);
  }
}

BOOST_AUTO_TEST_CASE(classify) {
  const std::string request =
      R"({"meta":{"puid":"12345"},"data":{)"
      R"("@type":"type.googleapis.com/io.seldon.api.rpc.DefaultCustomPredictRequest",)"
      R"("values":[0.5,0.25]}})";
  const std::string reply = ask(kClassify, request);
  BOOST_TEST(has(reply, R"("puid":"12345")"), reply);
  BOOST_TEST(has(reply, R"("predictedClass":"9")"), reply);
  BOOST_TEST(reply == ask(kClassify, request));
  BOOST_TEST(ask(kClassify, R"({"meta":{"puid":"1"}})") ==
             "grpc-status: 3\r\ngrpc-message: found no data\r\n");
}

BOOST_AUTO_TEST_CASE(tensorflow) {
  const std::string image =
      R"({"model_spec":{"name":"flowers","signature_name":"serving_default"},"inputs":{)"
      R"("image_bytes":{"dtype":"DT_STRING","tensor_shape":{"dim":[{"size":"1"}]},)"
      R"("string_val":["/9j/"]},)"
      R"("key":{"dtype":"DT_STRING","tensor_shape":{"dim":[{"size":"1"}]},)"
      R"("string_val":["MQ=="]}}})";
  const std::string reply = ask(kTensorflow, image);
  BOOST_TEST(has(reply, R"("name":"flowers")"), reply);
  BOOST_TEST(has(reply, R"("string_val":["MQ=="])"), reply);
  BOOST_TEST(has(reply, R"("dim":[{"size":"1"},{"size":"6"}])"), reply);
  const std::string rows = ask(
      kTensorflow, R"({"model_spec":{"name":"m"},"inputs":{"x":{"dtype":"DT_FLOAT","tensor_shape":)"
                   R"({"dim":[{"size":"3"},{"size":"1"}]},"float_val":[1,2,3]}}})");
  BOOST_TEST(
      has(rows, R"("predictions":{"dtype":"DT_INT64","tensor_shape":{"dim":[{"size":"3"}]})"),
      rows);
  BOOST_TEST(has(ask(kTensorflow, "{}"), "grpc-status: 3"));
  BOOST_TEST(has(ask(kTensorflow, R"({"model_spec":{"name":"m"}})"), "found no inputs"));
  for (const std::string size : {"10001", "-1", "9223372036854775807"}) {
    BOOST_TEST(has(ask(kTensorflow, R"({"model_spec":{"name":"m"},"inputs":{"x":{"tensor_shape":)"
                                    R"({"dim":[{"size":")" +
                                        size + R"("}]}}}})"),
                   "at most 10000 rows"),
               size);
  }
}

BOOST_AUTO_TEST_CASE(seldon_core) {
  for (const std::string path : {"/seldon.protos.Seldon/Predict", "/seldon.protos.Model/Predict"}) {
    const std::string tensor =
        ask(path, R"({"data":{"tensor":{"shape":[1,2],"values":[1,2]}},"meta":{"puid":"p"}})");
    BOOST_TEST(has(tensor, R"("shape":[1,3])"), tensor);
    BOOST_TEST(has(tensor, R"("puid":"p")"), tensor);
    BOOST_TEST(has(ask(path, R"({"data":{"ndarray":[[1],[2]]}})"), R"("ndarray":[[)"));
    BOOST_TEST(has(ask(path, R"({"strData":"hello"})"), R"("strData":"hello")"));
    BOOST_TEST(has(ask(path, R"({"binData":"AQI="})"), R"("binData":"AQI=")"));
    BOOST_TEST(has(ask(path, R"({"jsonData":{"a":[1]}})"), R"("jsonData":{"a":[1]})"));
    BOOST_TEST(has(ask(path, "{}"), "grpc-status: 3"));
    BOOST_TEST(has(ask(path, R"({"data":{"tensor":{"shape":[3],"values":[1]}}})"),
                   "grpc-message: The shape does not fit the values"));
  }
  BOOST_TEST(has(ask("/seldon.protos.Seldon/SendFeedback", R"({"reward":1})"), "meta"));
}

BOOST_AUTO_TEST_CASE(infer) {
  const std::string reply =
      ask(kInfer, R"({"model_name":"m","id":"7","inputs":[{"name":"x","datatype":"FP32",)"
                  R"("shape":["2","2"],"contents":{"fp32_contents":[1,2,3,4]}}]})");
  BOOST_TEST(has(reply, R"("model_name":"m")"), reply);
  BOOST_TEST(has(reply, R"("id":"7")"), reply);
  BOOST_TEST(has(reply, R"("shape":["2"])"), reply);
  BOOST_TEST(has(ask(kInfer, R"({"inputs":[{"name":"x","datatype":"FP32","shape":["2"]}],)"
                             R"("raw_input_contents":["AAAAAAAAAAA="]})"),
                 R"("shape":["2"])"));
  for (const std::string inputs :
       {"[]", R"([{"name":"x","datatype":"FP32"}])",
        R"([{"name":"x","datatype":"FP32","shape":["3"],"contents":{"fp32_contents":[1]}}])",
        R"([{"name":"x","datatype":"FP32","shape":["-1"]}])"}) {
    BOOST_TEST(has(ask(kInfer, R"({"inputs":)" + inputs + "}"), "grpc-status: 3"), inputs);
  }
  BOOST_TEST(ask("/inference.GRPCInferenceService/ServerLive", "{}") == R"({"live":true})");
  BOOST_TEST(ask("/inference.GRPCInferenceService/ServerReady", "{}") == R"({"ready":true})");
}

BOOST_AUTO_TEST_CASE(decode_answers_a_message_for_each_token) {
  const auto answer =
      desk.answer(call(kDecode, R"({"text_content":{"text":"hi"},"max_tokens":8})"));
  BOOST_REQUIRE(answer.stream.size() == 8U);
  grpc::FrameReader reader;
  reader.start(1000);
  BOOST_REQUIRE(reader.feed(answer.stream[0]));
  BOOST_TEST(reader.first_is_whole());
  const std::string first =
      schema->reply_to_json(*schema->find_method(kDecode.substr(1)), reader.first_message())
          .value();
  BOOST_TEST(has(first, "token_ids"), first);
  BOOST_TEST(desk.answer(call(kDecode, R"({"text_content":{"text":"hi"}})")).stream.size() == 16U);
  BOOST_TEST(desk.answer(call(kDecode, R"({"text_content":{"text":"hi"},"max_tokens":2000000000})"))
                 .stream.size() == 16'384U);
  BOOST_TEST(has(ask(kDecode, R"({"max_tokens":8})"), "grpc-status: 3"));
  BOOST_TEST(has(ask(kDecode, R"({"text_content":{},"max_tokens":-1})"), "grpc-status: 3"));
}

BOOST_AUTO_TEST_CASE(calls_that_are_none) {
  const auto answer = [this](const http::Request& request) {
    return desk.answer(request).whole.extra_headers;
  };
  BOOST_TEST(answer(raw_call("/a.B/C", "")) ==
             "grpc-status: 12\r\ngrpc-message: unknown method /a.B/C\r\n");
  BOOST_TEST(has(answer(raw_call(kInfer, "\xff\xff")), "grpc-status: 3"));
  const std::string bodies[] = {"",
                                std::string("\0\0\0\0", 4),
                                std::string("\0\0\0\0\5abc", 8),
                                std::string("\1\0\0\0\0", 5),
                                std::string("\0\0\0\0\0\0\0\0\0\0", 10),
                                std::string("\0\xff\xff\xff\xff", 5)};
  for (const std::string& body : bodies) {
    BOOST_TEST(has(answer(test::made_request("POST", kInfer, body)), "grpc-status: 3"));
  }
}

BOOST_AUTO_TEST_CASE(messages_are_fit_for_a_header) {
  const auto response = grpc_error(14, "50 % of\r\nit\xc3\xa4");
  BOOST_TEST(response.extra_headers ==
             "grpc-status: 14\r\ngrpc-message: 50 %25 of%0D%0Ait%C3%A4\r\n");
  BOOST_TEST(response.body.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stub
