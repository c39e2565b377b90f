// SPDX-License-Identifier: MIT
//
// See admission.h.
// Thread: one TokenDesk belongs to one thread.

#include "admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "macaw/base/base64.h"
#include "macaw/http/request_encoder.h"
#include "parameters.h"
#include "predictions.h"

namespace macaw::stub {
namespace {

using server::Response;

constexpr int64_t kConsumerTokenMs = 6'000'000;
constexpr int64_t kOauthTokenMs = 43'199'000;

/// What follows "SCHEME " in the Authorization header; nullopt when another scheme or none is
/// there.
std::optional<std::string_view> credentials(const http::Request& request, std::string_view scheme) {
  const std::string_view header = request.header("Authorization");
  const size_t blank = header.find(' ');
  if (blank == std::string_view::npos ||
      !http::equals_ignoring_case(header.substr(0, blank), scheme)) {
    return std::nullopt;
  }
  const size_t begin = std::min(header.find_first_not_of(' ', blank), header.size());
  return header.substr(begin);
}

Response unauthorized(std::string_view error, std::string_view description,
                      std::string_view challenge) {
  Response response = json_error(401, error);
  response.body =
      fmt::format(R"({{"error":"{}","error_description":{}}})", error, json_string(description));
  response.extra_headers = fmt::format("WWW-Authenticate: {}\r\n", challenge);
  return response;
}

bool host_is_served(const http::Request& request, const std::vector<std::string>& hosts) {
  const std::string_view given = request.header("Host");
  const size_t colon = given.ends_with(']') ? std::string_view::npos : given.rfind(':');
  const std::string_view name = given.substr(0, colon);
  return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
    return http::equals_ignoring_case(host, given) || http::equals_ignoring_case(host, name);
  });
}

std::optional<Response> refuse_key(const http::Request& request,
                                   const std::vector<std::string>& keys) {
  const auto given = credentials(request, "ApiKey");
  if (!given) {
    return unauthorized("unauthorized", "Authorization: ApiKey KEY is missing", "ApiKey");
  }
  if (std::find(keys.begin(), keys.end(), *given) == keys.end()) {
    return json_error(403, "The API key is not valid");
  }
  return std::nullopt;
}

std::optional<Response> refuse_token(const http::Request& request, const TokenDesk& tokens,
                                     int64_t now_ms) {
  auto given = credentials(request, "Bearer");
  std::string from_query;
  if (!given) {
    from_query = Parameters(request).get("oauth_token").value_or("");
    given = from_query;
  }
  if (given->empty()) {
    return unauthorized("unauthorized", "Full authentication is required to access this resource",
                        "Bearer");
  }
  switch (tokens.judge(*given, now_ms)) {
    case TokenDesk::Judgement::kValid:
      return std::nullopt;
    case TokenDesk::Judgement::kExpired:
      return unauthorized("invalid_token", fmt::format("Access token expired: {}", *given),
                          "Bearer error=\"invalid_token\"");
    case TokenDesk::Judgement::kUnknown:
      break;
  }
  return unauthorized("invalid_token", fmt::format("Invalid access token: {}", *given),
                      "Bearer error=\"invalid_token\"");
}

enum class ClientJudgement : uint8_t { kKnown, kUnknownKey, kWrongSecret };

ClientJudgement judge_client(const std::vector<Requirements::Client>& clients, std::string_view key,
                             std::string_view secret) {
  const auto found = std::find_if(clients.begin(), clients.end(),
                                  [key](const auto& client) { return client.key == key; });
  if (clients.empty()) {
    return ClientJudgement::kKnown;
  }
  if (found == clients.end()) {
    return ClientJudgement::kUnknownKey;
  }
  return found->secret == secret ? ClientJudgement::kKnown : ClientJudgement::kWrongSecret;
}

/// Unlike the rest of the Seldon API, /token says it in the status, too.
Response consumer_error(int code, std::string_view message) {
  Response response = json_error(400, message);
  response.body =
      fmt::format(R"({{"error_id":{},"error_msg":"{}","http_response":400}})", code, message);
  return response;
}

}  // namespace

std::optional<Response> refuse(const http::Request& request, const Route& route,
                               const Requirements& requirements, const TokenDesk& tokens,
                               int64_t now_ms) {
  if (!requirements.hosts.empty() && !host_is_served(request, requirements.hosts)) {
    Response response;  // as Istio's ingress: no route, and not a byte about it
    response.status = 404;
    return response;
  }
  const bool open = route.kind == ServiceKind::kNone || route.kind == ServiceKind::kConsumerToken ||
                    route.kind == ServiceKind::kOauthToken;
  if (open) {
    return std::nullopt;
  }
  if (!requirements.api_keys.empty()) {
    if (auto refusal = refuse_key(request, requirements.api_keys)) {
      return refusal;
    }
  }
  return requirements.token ? refuse_token(request, tokens, now_ms) : std::nullopt;
}

std::optional<CallRefusal> refuse_call(const http::Request& call, const Requirements& requirements,
                                       const TokenDesk& tokens, int64_t now_ms) {
  const auto& keys = requirements.api_keys;
  if (!keys.empty()) {
    const auto key = credentials(call, "ApiKey");
    if (!key) {
      return CallRefusal{GrpcCode::kUnauthenticated, "authorization: ApiKey KEY is missing"};
    }
    if (std::find(keys.begin(), keys.end(), *key) == keys.end()) {
      return CallRefusal{GrpcCode::kPermissionDenied, "The API key is not valid"};
    }
  }
  if (!requirements.token) {
    return std::nullopt;
  }
  const std::string_view metadata = call.header("oauth_token");
  const std::string_view token =
      metadata.empty() ? credentials(call, "Bearer").value_or("") : metadata;
  switch (tokens.judge(token, now_ms)) {
    case TokenDesk::Judgement::kValid:
      return std::nullopt;
    case TokenDesk::Judgement::kExpired:
      return CallRefusal{GrpcCode::kPermissionDenied, "Access token expired"};
    case TokenDesk::Judgement::kUnknown:
      break;
  }
  return CallRefusal{GrpcCode::kPermissionDenied,
                     token.empty() ? "oauth_token is missing" : "Invalid access token"};
}

Response answer_consumer_token(const http::Request& request, const Requirements& requirements,
                               TokenDesk& tokens, int64_t now_ms) {
  constexpr int kUnknownConsumerKey = 5;
  constexpr int kWrongSecret = 6;
  constexpr int kNoConsumerKey = 16;
  constexpr int kNoConsumerSecret = 17;
  const Parameters parameters(request);
  const auto key = parameters.get("consumer_key");
  const auto secret = parameters.get("consumer_secret");
  if (!key) {
    return consumer_error(kNoConsumerKey, "Please specify your consumer_key");
  }
  if (!secret) {
    return consumer_error(kNoConsumerSecret, "Please specify your consumer_secret");
  }
  switch (judge_client(requirements.clients, *key, *secret)) {
    case ClientJudgement::kUnknownKey:
      return consumer_error(kUnknownConsumerKey, "Consumer key not found");
    case ClientJudgement::kWrongSecret:
      return consumer_error(kWrongSecret, "Wrong consumer secret");
    case ClientJudgement::kKnown:
      break;
  }
  const int64_t life_ms = requirements.token_life_ms.value_or(kConsumerTokenMs);
  Response response = json_error(200, "");
  response.body = fmt::format(
      R"({{"access_token":"{}","token_type":"rummblelabs","token_scope":"all","expires_in":{},)"
      R"("name":"token"}})",
      tokens.issue(now_ms, life_ms), life_ms / 1000);
  return response;
}

Response answer_oauth_token(const http::Request& request, const Requirements& requirements,
                            TokenDesk& tokens, int64_t now_ms) {
  const Parameters parameters(request);
  const auto basic = credentials(request, "Basic");
  std::string pair;
  const bool given = basic && decode_base64(*basic, pair);
  const size_t colon = given ? pair.find(':') : std::string::npos;
  const std::string key =
      colon == std::string::npos ? parameters.get("client_id").value_or("") : pair.substr(0, colon);
  const std::string secret = colon == std::string::npos
                                 ? parameters.get("client_secret").value_or("")
                                 : pair.substr(colon + 1);
  if (key.empty() || judge_client(requirements.clients, key, secret) != ClientJudgement::kKnown) {
    return unauthorized("unauthorized",
                        key.empty() ? "Full authentication is required to access "
                                      "this resource"
                                    : "Bad credentials",
                        "Basic realm=\"oauth2/client\"");
  }
  const std::string grant = parameters.get("grant_type").value_or("");
  if (grant != "client_credentials") {
    Response response = json_error(400, "");
    response.body =
        grant.empty()
            ? R"({"error":"invalid_request","error_description":"Missing grant type"})"
            : fmt::format(R"({{"error":"unsupported_grant_type","error_description":{}}})",
                          json_string(std::string_view("Unsupported grant type: " + grant)));
    return response;
  }
  const int64_t life_ms = requirements.token_life_ms.value_or(kOauthTokenMs);
  Response response = json_error(200, "");
  response.body = fmt::format(
      R"({{"access_token":"{}","token_type":"bearer","expires_in":{},"scope":"read write"}})",
      tokens.issue(now_ms, life_ms), life_ms / 1000);
  return response;
}

}  // namespace macaw::stub
