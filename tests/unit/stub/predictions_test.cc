// SPDX-License-Identifier: MIT
//
// Sizes are those of the guides' replies.

#include "src/stub/predictions.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "made_request.h"
#include "src/stub/json_body.h"

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(predictions_test)

constexpr std::string_view kJson = "application/json";

server::Response tensorflow(std::string body, uint64_t instances = 0) {
  return answer_tensorflow(test::made_request("POST", "/v1/models/m:predict", std::move(body)),
                           instances);
}

server::Response seldon_core(std::string body) {
  return answer_seldon_core(test::made_request("POST", "/api/v1.0/predictions", std::move(body)));
}

server::Response infer(std::string body, std::string_view version = "") {
  return answer_infer(test::made_request("POST", "/v2/models/iris/infer", std::move(body)),
                      {.kind = ServiceKind::kInfer, .model = "iris", .version = version});
}

void check_error(const server::Response& response, const std::string& body) {
  BOOST_TEST(response.status == 400);
  BOOST_TEST(response.content_type == kJson);
  BOOST_TEST(response.body == body);
}

std::string hopsworks_batch(size_t instances) {
  std::string list;
  for (size_t k = 0; k < instances; ++k) {
    list += fmt::format("{}{{\"cc_num\": {}}}", k == 0 ? "" : ", ", 4'000'000'000'000'000 + k);
  }
  return fmt::format("{{\"instances\": [{}]}}", list);
}

BOOST_AUTO_TEST_CASE(a_batch_of_keys_gets_67_bytes) {
  const std::string batch = hopsworks_batch(25);
  BOOST_TEST(batch.size() == 765U);
  const server::Response response = tensorflow(batch, 25);
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.content_type == kJson);
  BOOST_TEST(response.body.size() == 67U);
  BOOST_TEST(response.body ==
             R"({"predictions":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]})");
  check_error(tensorflow(hopsworks_batch(24), 25),
              R"({"error":"found 24 instances, expected 25"})");
  BOOST_TEST(tensorflow(hopsworks_batch(24)).status == 200);
}

BOOST_AUTO_TEST_CASE(an_image_gets_218_bytes) {
  for (const char* const image : {"/9j/4AAQSkZJRg==", "/9j/", "", "x"}) {
    const server::Response response =
        tensorflow(fmt::format("{{\n\"instances\":[\n{{\n\"image_bytes\":{{\n\"b64\":\"{}\"\n}},"
                               "\n\"key\":\"1\"\n}}\n]\n}}",
                               image));
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body.size() == 218U, response.body);
    const auto parsed = parse_json_object(response.body);
    BOOST_REQUIRE(parsed.ok());
    const JsonValue& prediction = (*member(*parsed, "predictions"))[0];
    const JsonValue& scores = *member(prediction, "scores");
    BOOST_REQUIRE(scores.Size() == 6U);
    const unsigned winner = member(prediction, "prediction")->GetUint();
    double sum = 0;
    for (unsigned k = 0; k < 6; ++k) {
      BOOST_TEST((k == winner) == (scores[k].GetDouble() > 0.9));
      sum += scores[k].GetDouble();
    }
    BOOST_TEST(sum > 1 - 1e-8);
    BOOST_TEST(sum < 1 + 1e-8);
    BOOST_TEST(text_member(prediction, "key") == "1");
  }
  const std::string two = R"({"instances":[{"b64":"AA==","key":"a"},{"b64":"AA==","key":"b\"c"}]})";
  const std::string answer = tensorflow(two).body;
  BOOST_TEST(answer == tensorflow(two).body);
  const auto parsed = parse_json_object(answer);
  BOOST_REQUIRE(parsed.ok());
  BOOST_TEST(member(*parsed, "predictions")->Size() == 2U);
  BOOST_TEST(text_member((*member(*parsed, "predictions"))[1], "key") == "b\"c");
}

BOOST_AUTO_TEST_CASE(rows_of_numbers_get_a_class_each) {
  const std::string answer = tensorflow(R"({"instances":[[1,2],[3,4],[5,6]]})").body;
  BOOST_TEST(answer.size() == std::string(R"({"predictions":[0,0,0]})").size());
  BOOST_TEST(answer.starts_with(R"({"predictions":[)"));
  BOOST_TEST(answer == tensorflow(R"({"instances":[[1,2],[3,4],[5,6]]})").body);
  BOOST_TEST(tensorflow(R"({"inputs":[{"a":1}]})").body == R"({"outputs":[0]})");
  BOOST_TEST(tensorflow(R"({"instances":[]})").body == R"({"predictions":[]})");
}

BOOST_AUTO_TEST_CASE(bad_bodies_of_tensorflow) {
  check_error(tensorflow(""), R"({"error":"JSON Parse error: The document is empty at offset 0"})");
  check_error(tensorflow("{\"instances\":[1,]}"),
              R"({"error":"JSON Parse error: Invalid value at offset 16"})");
  check_error(tensorflow("[1]"), R"({"error":"JSON Parse error: The body is not a JSON object"})");
  check_error(tensorflow("{}"), R"({"error":"Missing 'inputs' or 'instances' key"})");
  check_error(tensorflow(R"({"instances":[],"inputs":[]})"),
              R"({"error":"Missing 'inputs' or 'instances' key"})");
  check_error(tensorflow(R"({"instances":3})"), R"({"error":"'instances' is not an array"})");
  check_error(tensorflow(R"({"inputs":{"x":[1]}})"),
              R"({"error":"'inputs' by name are not served"})");
  std::string deep(200, '[');
  check_error(tensorflow("{\"instances\":" + deep),
              R"({"error":"JSON Parse error: Nested deeper than 100 levels"})");
  // Brackets inside of texts are none.
  BOOST_TEST(tensorflow("{\"instances\":[\"\\\"" + deep + "\"]}").status == 200);
}

BOOST_AUTO_TEST_CASE(seldon_core_answers_in_the_form_of_the_question) {
  const std::string rows =
      seldon_core(R"({"data":{"ndarray":[[1,2],[3,4]]},"meta":{"puid":"p"}})").body;
  BOOST_TEST(rows.starts_with(R"({"data":{"names":["t:0","t:1","t:2"],"ndarray":[[0.)"), rows);
  BOOST_TEST(rows.ends_with(R"(]]},"meta":{"puid":"p"}})"), rows);
  const auto parsed = parse_json_object(rows);
  BOOST_REQUIRE(parsed.ok());
  const JsonValue& table = *member(*member(*parsed, "data"), "ndarray");
  BOOST_REQUIRE(table.Size() == 2U);
  for (const auto& row : table.GetArray()) {
    BOOST_REQUIRE(row.Size() == 3U);
    const double sum = row[0].GetDouble() + row[1].GetDouble() + row[2].GetDouble();
    BOOST_TEST(sum > 1 - 1e-9);
    BOOST_TEST(sum < 1 + 1e-9);
  }
  const std::string tensor =
      seldon_core(R"({"data":{"names":["a","b"],"tensor":{"shape":[2,2],"values":[1,2,3,4]}}})")
          .body;
  BOOST_TEST(tensor.starts_with(
                 R"({"data":{"names":["t:0","t:1","t:2"],"tensor":{"shape":[2,3],"values":[0.)"),
             tensor);
  BOOST_TEST(parse_json_object(tensor).ok());
  BOOST_TEST(seldon_core(R"({"strData":"a\"b","meta":{"puid":"q"}})").body ==
             R"({"strData":"a\"b","meta":{"puid":"q"}})");
  BOOST_TEST(seldon_core(R"({"jsonData":{"a":[1,{"b":null}]},"meta":{"puid":"q"}})").body ==
             R"({"jsonData":{"a":[1,{"b":null}]},"meta":{"puid":"q"}})");
  // A puid of one's own when none is given, the same one each time.
  const std::string fresh = seldon_core(R"({"strData":"a"})").body;
  BOOST_TEST(fresh == seldon_core(R"({"strData":"a"})").body);
  BOOST_TEST(fresh.size() == std::string(R"({"strData":"a","meta":{"puid":""}})").size() + 32);
}

BOOST_AUTO_TEST_CASE(bad_bodies_of_seldon_core) {
  const auto error = [](int code, const std::string& reason, const std::string& info) {
    return fmt::format(R"({{"status":{{"code":{},"info":"{}","reason":"{}","status":"FAILURE"}}}})",
                       code, info, reason);
  };
  check_error(seldon_core("{"),
              error(201, "Invalid JSON", "Missing a name for object member at offset 1"));
  check_error(seldon_core("{}"),
              error(203, "Bad data", "found none of data, strData, binData and jsonData"));
  check_error(seldon_core(R"({"data":[]})"), error(203, "Bad data", "data is not an object"));
  check_error(seldon_core(R"({"data":{}})"),
              error(203, "Bad data", "data has neither ndarray nor tensor"));
  check_error(seldon_core(R"({"data":{"ndarray":1}})"),
              error(203, "Bad data", "ndarray is not an array"));
  for (const char* const tensor :
       {R"({"shape":[2,2],"values":[1,2,3]})", R"({"shape":[-1],"values":[1]})",
        R"({"shape":[1000000,0],"values":[]})", R"({"shape":[4000000000,4],"values":[]})"}) {
    check_error(seldon_core(fmt::format(R"({{"data":{{"tensor":{}}}}})", tensor)),
                error(203, "Bad data", "The shape does not fit the values"));
  }
  check_error(seldon_core(R"({"data":{"tensor":{"values":[]}}})"),
              error(203, "Bad data", "A tensor has a shape and values"));
}

BOOST_AUTO_TEST_CASE(feedback_is_taken) {
  const auto feedback = [](std::string body) {
    return answer_seldon_feedback(
        test::made_request("POST", "/api/v0.1/feedback", std::move(body)));
  };
  BOOST_TEST(feedback(R"({"response":{},"reward":1})").status == 200);
  BOOST_TEST(feedback(R"({"response":{},"reward":1})").body == R"({"meta":{}})");
  BOOST_TEST(feedback(R"({"reward":"good"})").status == 400);
  BOOST_TEST(feedback("").status == 400);
}

BOOST_AUTO_TEST_CASE(the_second_protocol) {
  const std::string body =
      R"({"id":"7","inputs":[{"name":"input-0","datatype":"FP32","shape":[2,4],)"
      R"("data":[1,2,3,4,5,6,7,8]}]})";
  const std::string answer = infer(body).body;
  BOOST_TEST(answer.starts_with(R"({"model_name":"iris","model_version":"1","id":"7",)"
                                R"("outputs":[{"name":"predict","shape":[2],"datatype":"INT64",)"
                                R"("data":[)"),
             answer);
  BOOST_TEST(parse_json_object(answer).ok());
  BOOST_TEST(answer == infer(body).body);
  BOOST_TEST(
      infer(R"({"inputs":[{"name":"i","datatype":"FP32","shape":[2,1],"data":[[1],[2]]}]})", "3")
          .body.starts_with(R"({"model_name":"iris","model_version":"3","outputs")"));
}

BOOST_AUTO_TEST_CASE(bad_bodies_of_the_second_protocol) {
  check_error(infer("{}"), R"({"error":"Field required: inputs"})");
  check_error(infer(R"({"inputs":[]})"), R"({"error":"Field required: inputs"})");
  check_error(infer(R"({"inputs":[1]})"),
              R"({"error":"An input has a name, a shape, a datatype and data"})");
  const auto shaped = [](const char* shape, const char* data) {
    return infer(fmt::format(
        R"({{"inputs":[{{"name":"i","datatype":"FP32","shape":{},"data":{}}}]}})", shape, data));
  };
  check_error(shaped("[3]", "[1,2]"), R"({"error":"The shape does not fit the data"})");
  check_error(shaped("[3,1]", "[[1],[2]]"), R"({"error":"The shape does not fit the data"})");
  check_error(shaped("[1.5]", "[1]"), R"({"error":"A shape is made of whole numbers"})");
  // A shape alone cannot order a long answer.
  BOOST_TEST(shaped("[100000000,0]", "[]").body.size() < 200U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
