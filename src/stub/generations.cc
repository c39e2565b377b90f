// SPDX-License-Identifier: MIT
//
// See generations.h.
// Thread: any.

#include "generations.h"

#include <fmt/format.h>

#include <algorithm>

#include "json_body.h"
#include "macaw/base/hash.h"
#include "macaw/base/random.h"
#include "parameters.h"
#include "predictions.h"

namespace macaw::stub {
namespace {

using server::Response;

std::string generated_words(uint64_t draw, uint64_t count) {
  std::string text;
  for (uint64_t k = 0; k < count; ++k) {
    text.append(" ").append(kGeneratedWords[generated_word_index(draw, k)]);
  }
  return text;
}

uint64_t words_of(std::string_view text) {
  uint64_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    words += !blank && !inside ? 1 : 0;
    inside = !blank;
  }
  return words;
}

Response generated_json(std::string body) {
  Response response;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

/// What all forms have in common.
struct GenerationCall {
  rapidjson::Document document;
  uint64_t draw = 0;
  uint64_t words = 0;
};

Result<GenerationCall> parse_generation(const http::Request& request) {
  MACAW_TRY_ASSIGN(rapidjson::Document document, parse_json_object(request.body));
  const JsonValue* const stream = member(document, "stream");
  if (stream != nullptr && stream->IsBool() && stream->GetBool()) {
    return Error("found stream true, expected false: this server does not stream");
  }
  const JsonValue* const parameters = member(document, "parameters");
  auto words = parameters != nullptr && parameters->IsObject()
                   ? count_member(*parameters, "max_new_tokens")
                   : std::nullopt;
  for (const char* const name : {"max_tokens", "max_completion_tokens"}) {
    words = words ? words : count_member(document, name);
  }
  return GenerationCall{.document = std::move(document),
                        .draw = hash64(request.body),
                        .words = std::min(words.value_or(kWordsUnasked), kWordsMax)};
}

/// OpenAI's errors have a shape of their own.
Response openai_error(std::string_view message) {
  Response response = generated_json(
      fmt::format(R"({{"error":{{"message":{},"type":"invalid_request_error","param":null,)"
                  R"("code":null}}}})",
                  json_string(message)));
  response.status = 400;
  return response;
}

std::string openai_answer(const GenerationCall& call, std::string_view prefix,
                          std::string_view object, std::string_view choice, uint64_t prompt_words,
                          int64_t now_ms) {
  return fmt::format(
      R"({{"id":"{}-{:016x}","object":"{}","created":{},"model":{},"choices":[{{"index":0,{},)"
      R"("logprobs":null,"finish_reason":"length"}}],"usage":{{"prompt_tokens":{},)"
      R"("completion_tokens":{},"total_tokens":{}}}}})",
      prefix, mix64(call.draw), object, now_ms / 1000,
      json_string(text_member(call.document, "model")), choice, prompt_words, call.words,
      prompt_words + call.words);
}

}  // namespace

size_t generated_word_index(uint64_t draw, uint64_t k) {
  return mix64(draw + k) % kGeneratedWords.size();
}

Response answer_generate(const http::Request& request, const Route& route) {
  const auto call = parse_generation(request);
  if (!call) {
    return json_error(400, call.error().message());
  }
  const rapidjson::Document& document = call->document;
  const auto has = [&document](const char* name) {
    const JsonValue* const value = member(document, name);
    return value != nullptr && value->IsString();
  };
  const std::string text = generated_words(call->draw, call->words);
  if (has("text_input")) {
    const std::string_view model = route.model.empty() ? "ensemble" : route.model;
    return generated_json(fmt::format(R"({{"model_name":{},"model_version":"1","text_output":{}}})",
                                      json_string(model), json_string(std::string_view(text))));
  }
  if (has("inputs")) {
    return generated_json(
        fmt::format(R"({{"generated_text":{}}})", json_string(std::string_view(text))));
  }
  if (has("query") || (has("prompt") && has("model"))) {
    return generated_json(fmt::format(R"([[{},-1.0]])", json_string(std::string_view(text))));
  }
  if (has("prompt")) {
    const std::string whole = std::string(text_member(document, "prompt")) + text;
    return generated_json(fmt::format(R"({{"text":[{}]}})", json_string(std::string_view(whole))));
  }
  return json_error(400, "found none of prompt, inputs, text_input and query");
}

Response answer_completions(const http::Request& request, int64_t now_ms) {
  const auto call = parse_generation(request);
  if (!call) {
    return openai_error(call.error().message());
  }
  const JsonValue* const prompt = member(call->document, "prompt");
  if (prompt == nullptr || !prompt->IsString()) {
    return openai_error("found no prompt, expected a text");
  }
  const std::string choice = fmt::format(
      "\"text\":{}", json_string(std::string_view(generated_words(call->draw, call->words))));
  return generated_json(openai_answer(*call, "cmpl", "text_completion", choice,
                                      words_of(text_member(call->document, "prompt")), now_ms));
}

Response answer_chat(const http::Request& request, int64_t now_ms) {
  const auto call = parse_generation(request);
  if (!call) {
    return openai_error(call.error().message());
  }
  const JsonValue* const messages = member(call->document, "messages");
  if (messages == nullptr || !messages->IsArray() || messages->Empty()) {
    return openai_error("found no messages, expected at least one");
  }
  uint64_t prompt_words = 0;
  for (const auto& message : messages->GetArray()) {
    if (!message.IsObject() || text_member(message, "role").empty()) {
      return openai_error("A message has a role and a content");
    }
    prompt_words += words_of(text_member(message, "content"));
  }
  const std::string choice =
      fmt::format(R"("message":{{"role":"assistant","content":{}}})",
                  json_string(std::string_view(generated_words(call->draw, call->words))));
  return generated_json(
      openai_answer(*call, "chatcmpl", "chat.completion", choice, prompt_words, now_ms));
}

}  // namespace macaw::stub
