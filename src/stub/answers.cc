// SPDX-License-Identifier: MIT
//
// See answers.h; what is known of the real answers, and what is guessed, is in README.md.
// Thread: any.

#include "answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <variant>

#include "macaw/base/hash.h"
#include "macaw/base/random.h"
#include "parameters.h"
#include "recommendations.h"

namespace macaw::stub {
namespace {

using server::Response;

constexpr int kGenericError = 13;
constexpr int kConsumerNotAuthorized = 3;
constexpr int kNoConsumerKey = 16;

/// A JSON body, or the message of a 400.
struct BadRequest {
  std::string message;
};

using Body = std::variant<std::string, BadRequest>;

std::string error_bean(int code, std::string_view message) {
  return fmt::format(R"({{"error_id":{},"error_msg":"{}","http_response":400}})", code, message);
}

Response json(std::string body) {
  Response response;
  response.content_type = "application/json;charset=UTF-8";
  response.body = std::move(body);
  return response;
}

/// JSONP when the client names a callback.
Response error_answer(const Parameters& parameters, int code, std::string_view message) {
  const auto callback = parameters.get("jsonpCallback");
  const std::string bean = error_bean(code, message);
  return json(callback ? fmt::format("{}({})", *callback, bean) : bean);
}

BadRequest missing(std::string_view type, std::string_view name) {
  return {fmt::format("Required {} parameter '{}' is not present", type, name)};
}

constexpr std::string_view kIncorrect =
    "The request sent by the client was syntactically incorrect.";

Body action(const Parameters& parameters, const AnswerContext& context) {
  const auto user = parameters.get("user");
  const auto item = parameters.get("item");
  const auto type_text = parameters.get("type");
  if (!user) {
    return missing("String", "user");
  }
  if (!item) {
    return missing("String", "item");
  }
  if (!type_text || type_text->empty()) {
    return missing("Integer", "type");
  }
  const auto type = parse_int(*type_text);
  if (!type) {
    return BadRequest{std::string(kIncorrect)};
  }
  return fmt::format(
      R"({{"actionId":null,"user":{},"item":{},"type":{},"date":{},"value":0.0,"times":1,)"
      R"("comment":null,"tags":null,"recTag":{},"referrer":{},"extraData":{}}})",
      json_string(user), json_string(item), *type, context.now_ms,
      json_string(parameters.get("rectag")), json_string(parameters.get("source")),
      json_string(parameters.get("extra_data")));
}

Body recommendations(const Parameters& parameters, const AnswerContext& /*context*/) {
  const auto number = [&](std::string_view name, int32_t absent) -> std::optional<int32_t> {
    const auto text = parameters.get(name);
    return text && !text->empty() ? parse_int(*text) : absent;
  };
  const auto dimension = number("dimension", 0);
  const auto limit = number("limit", 10);
  const auto cohort_text = parameters.get("cohort");
  const auto cohort = cohort_text && !cohort_text->empty() ? parse_bool(*cohort_text) : false;
  if (!dimension || !limit || !cohort) {
    return BadRequest{std::string(kIncorrect)};
  }
  const auto user = parameters.get("user");
  if (!user) {
    return missing("String", "user");
  }
  return make_recommendations(*user, parameters.get("item"), *limit, *cohort);
}

Body user(const Parameters& parameters, const AnswerContext& /*context*/) {
  const auto id = parameters.get("user");
  if (!id) {
    return missing("String", "user");
  }
  const auto name = parameters.get("username");
  return fmt::format(
      R"({{"id":{},"username":{},"first_action":null,"last_action":null,"type":1,"num_actions":0,)"
      R"("active":false,"dimensions":null,"attributes":null,"attributesName":null}})",
      json_string(id), json_string(name ? name : id));
}

/// The parameters that are not the API's own.
std::string free_parameters(const Parameters& parameters) {
  std::string members;
  for (const auto& [name, value] : parameters.all()) {
    constexpr std::array<std::string_view, 5> kOwn = {"consumer_key", "consumer_secret",
                                                      "oauth_token", "jsonpCallback", "puid"};
    if (std::find(kOwn.begin(), kOwn.end(), name) == kOwn.end()) {
      fmt::format_to(std::back_inserter(members), "{}{}:{}", members.empty() ? "" : ",",
                     json_string(std::string_view(name)), json_string(std::string_view(value)));
    }
  }
  return fmt::format("{{{}}}", members);
}

Body event(const Parameters& parameters, const AnswerContext& /*context*/) {
  const auto given = parameters.get("json");
  return fmt::format(R"({{"json":{}}})",
                     json_string(std::string_view(given ? *given : free_parameters(parameters))));
}

Body predict(const Parameters& parameters, const AnswerContext& /*context*/) {
  const auto given = parameters.get("json");
  const std::string features = given ? *given : free_parameters(parameters);
  if (!features.starts_with('{') || !features.ends_with('}')) {
    return R"({"meta":null,"predictions":[],"custom":null})";
  }
  const Random random(hash64(features));
  std::string puid = parameters.get("puid").value_or("");
  if (puid.empty()) {
    puid = fmt::format("{:016x}{:016x}{:08x}", random.at(100), random.at(101),
                       random.at(102) & 0xffffffff);
  }
  return fmt::format(
      R"({{"meta":{{"puid":{},"modelName":"stub","variation":"stub"}},"predictions":[{}],)"
      R"("custom":null}})",
      json_string(std::string_view(puid)), class_predictions(hash64(features)));
}

struct Endpoint {
  std::string_view path;
  Body (*make)(const Parameters&, const AnswerContext&);
};

constexpr std::array kEndpoints = {
    Endpoint{"/js/action/new", action}, Endpoint{"/js/event/new", event},
    Endpoint{"/js/predict", predict},   Endpoint{"/js/recommendations", recommendations},
    Endpoint{"/js/user/new", user},
};

}  // namespace

std::string class_predictions(uint64_t draw) {
  Random random(draw);
  std::array<double, 10> weights{};
  double sum = 0;
  for (double& weight : weights) {
    weight = random.unit();
    sum += weight;
  }
  std::string predictions;
  for (size_t k = 0; k < weights.size(); ++k) {
    fmt::format_to(std::back_inserter(predictions),
                   R"({}{{"prediction":{:.17g},"predictedClass":"{}","confidence":{:.17g}}})",
                   k == 0 ? "" : ",", weights[k] / sum, k, weights[k] / sum);
  }
  return predictions;
}

Response answer_error_page(int status, const std::string& message) {
  Response response;
  response.status = status;
  response.content_type = "text/html;charset=utf-8";
  response.body = fmt::format(
      "<html><head><title>Error report</title></head><body><h1>HTTP Status {} - {}</h1></body>"
      "</html>",
      status, message);
  return response;
}

Response answer_generic_error(const http::Request& request) {
  return error_answer(Parameters(request), kGenericError, "A generic error occurred");
}

Response answer_request(const http::Request& request, const AnswerContext& context) {
  const std::string_view path = request.path();
  const auto* const endpoint = std::find_if(kEndpoints.begin(), kEndpoints.end(),
                                            [&](const Endpoint& e) { return e.path == path; });
  if (endpoint == kEndpoints.end()) {
    return answer_error_page(404, "Not Found");
  }
  const Parameters parameters(request);
  // The order of the real server: the interceptor looks at the key before anything else.
  const auto key = parameters.get("consumer_key");
  if (!key) {
    return error_answer(parameters, kNoConsumerKey, "Please specify your consumer_key");
  }
  const auto& keys = context.consumer_keys;
  if (!keys.empty() && std::find(keys.begin(), keys.end(), *key) == keys.end()) {
    return error_answer(parameters, kConsumerNotAuthorized, "Consumer not Authorized");
  }
  Body body = endpoint->make(parameters, context);
  if (const auto* const bad = std::get_if<BadRequest>(&body)) {
    return answer_error_page(400, bad->message);
  }
  const auto callback = parameters.get("jsonpCallback");
  if (!callback) {
    return answer_error_page(400, missing("String", "jsonpCallback").message);
  }
  return json(fmt::format("{}({})", *callback, std::get<std::string>(body)));
}

}  // namespace macaw::stub
