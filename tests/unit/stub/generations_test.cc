// SPDX-License-Identifier: MIT

#include "src/stub/generations.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "made_request.h"
#include "src/stub/json_body.h"

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(generations_test)

constexpr int64_t kGenerationsMs = 1479696000123;

server::Response generate(std::string body, std::string_view model = "") {
  return answer_generate(test::made_request("POST", "/generate", std::move(body)),
                         {.kind = ServiceKind::kGenerate, .model = model});
}

rapidjson::Document parsed(const server::Response& response) {
  BOOST_REQUIRE(response.status == 200);
  BOOST_REQUIRE(response.content_type == "application/json");
  auto document = response.body.starts_with('[')
                      ? parse_json_object("{\"array\":" + response.body + "}")
                      : parse_json_object(response.body);
  BOOST_REQUIRE(document.ok());
  return std::move(document).value();
}

int64_t blanks(std::string_view text) {
  return std::count(text.begin(), text.end(), ' ');
}

BOOST_AUTO_TEST_CASE(every_backend_has_its_field) {
  const auto vllm = parsed(generate(R"({"prompt":"Say it","n":1,"max_tokens":5,"stream":false})"));
  const std::string_view whole((*member(vllm, "text"))[0].GetString());
  BOOST_TEST(whole.starts_with("Say it "));
  BOOST_TEST(blanks(whole) == 6);
  const auto tgi = parsed(generate(R"({"inputs":"Say it","parameters":{"max_new_tokens":7}})"));
  BOOST_TEST(blanks(text_member(tgi, "generated_text")) == 7);
  const auto triton = parsed(generate(R"({"text_input":"Say it","max_tokens":3})", "ensemble"));
  BOOST_TEST(blanks(text_member(triton, "text_output")) == 3);
  BOOST_TEST(text_member(triton, "model_name") == "ensemble");
  const auto sax = parsed(generate(R"({"model":"/sax/test/m","query":"Say it"})"));
  const JsonValue& pair = (*member(sax, "array"))[0];
  BOOST_TEST(blanks(pair[0].GetString()) == 16);
  BOOST_TEST(pair[1].IsDouble());
  BOOST_TEST(generate(R"({"prompt":"a"})").body == generate(R"({"prompt":"a"})").body);
}

BOOST_AUTO_TEST_CASE(completions_count_their_tokens) {
  const auto request = test::made_request(
      "POST", "/v1/completions", R"({"model":"m","prompt":" two  words\n","max_tokens":4})");
  const server::Response response = answer_completions(request, kGenerationsMs);
  const auto document = parsed(response);
  BOOST_TEST(text_member(document, "object") == "text_completion");
  BOOST_TEST(text_member(document, "id").starts_with("cmpl-"));
  BOOST_TEST(text_member(document, "model") == "m");
  BOOST_TEST(count_member(document, "created").value() == 1479696000U);
  const JsonValue& choice = (*member(document, "choices"))[0];
  BOOST_TEST(blanks(text_member(choice, "text")) == 4);
  BOOST_TEST(text_member(choice, "finish_reason") == "length");
  const JsonValue& usage = *member(document, "usage");
  BOOST_TEST(count_member(usage, "prompt_tokens").value() == 2U);
  BOOST_TEST(count_member(usage, "completion_tokens").value() == 4U);
  BOOST_TEST(count_member(usage, "total_tokens").value() == 6U);
}

BOOST_AUTO_TEST_CASE(chat) {
  const auto ask = [](std::string body) {
    return answer_chat(test::made_request("POST", "/v1/chat/completions", std::move(body)),
                       kGenerationsMs);
  };
  const auto document = parsed(ask(
      R"({"model":"m","max_completion_tokens":2,"messages":[{"role":"user","content":"a b"}]})"));
  BOOST_TEST(text_member(document, "object") == "chat.completion");
  const JsonValue& message = *member((*member(document, "choices"))[0], "message");
  BOOST_TEST(text_member(message, "role") == "assistant");
  BOOST_TEST(blanks(text_member(message, "content")) == 2);
  BOOST_TEST(count_member(*member(document, "usage"), "total_tokens").value() == 4U);
  for (const char* const bad : {"{}", R"({"messages":[]})", R"({"messages":[1]})"}) {
    BOOST_TEST(ask(bad).status == 400, bad);
  }
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
  BOOST_TEST(generate("{}").body ==
             R"({"error":"found none of prompt, inputs, text_input and query"})");
  BOOST_TEST(generate("x").status == 400);
  BOOST_TEST(generate(R"({"prompt":"a","stream":true})").body ==
             R"({"error":"found stream true, expected false: this server does not stream"})");
  BOOST_TEST(answer_completions(test::made_request("POST", "/", R"({"prompt":"a","stream":true})"),
                                kGenerationsMs)
                 .body ==
             R"({"error":{"message":"found stream true, expected false: this server does not )"
             R"(stream","type":"invalid_request_error","param":null,"code":null}})");
  BOOST_TEST(answer_completions(test::made_request("POST", "/", "{}"), kGenerationsMs).status ==
             400);
  // Nobody orders more than 16,384 words.
  BOOST_TEST(blanks(generate(R"({"inputs":"a","max_tokens":1000000000})").body) == 16'384);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
