// SPDX-License-Identifier: MIT

#include "src/stub/admission.h"

#include <boost/test/unit_test.hpp>

#include "made_request.h"
#include "src/stub/services.h"

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(admission_test)

constexpr int64_t kNowMs = 1479696000123;
const std::string kPredict = "/v1/models/m:predict";
const std::string kBatch = R"({"instances":[1]})";

/// 200 when the request is let in.
int status_of(const http::Request& request, const Requirements& require, TokenDesk& tokens,
              int64_t now_ms = kNowMs) {
  const Route route = route_of(request.path());
  if (const auto refusal = refuse(request, route, require, tokens, now_ms)) {
    return refusal->status;
  }
  return route.kind == ServiceKind::kNone
             ? 200
             : answer_service(request, route, require, tokens, now_ms).status;
}

int predict_status(const Requirements& require, test::MadeHeaders headers) {
  TokenDesk tokens(1);
  return status_of(test::made_request("POST", kPredict, kBatch, std::move(headers)), require,
                   tokens);
}

BOOST_AUTO_TEST_CASE(everybody_is_let_in_by_default) {
  BOOST_TEST(predict_status({}, {}) == 200);
}

BOOST_AUTO_TEST_CASE(hosts) {
  const Requirements require{.hosts = {"model.project.hopsworks.ai", "other:8080"}};
  BOOST_TEST(predict_status(require, {{"Host", "model.project.hopsworks.ai"}}) == 200);
  BOOST_TEST(predict_status(require, {{"host", "MODEL.project.hopsworks.ai:80"}}) == 200);
  BOOST_TEST(predict_status(require, {{"Host", "other:8080"}}) == 200);
  BOOST_TEST(predict_status(require, {{"Host", "other:80"}}) == 404);
  BOOST_TEST(predict_status(require, {{"Host", "127.0.0.1"}}) == 404);
  BOOST_TEST(predict_status(require, {}) == 404);
  TokenDesk tokens(1);
  // All paths stand behind the ingress.
  const auto list = test::made_request("GET", "/js/recommendations", "", {{"Host", "x"}});
  const auto refusal = refuse(list, route_of("/js/recommendations"), require, tokens, kNowMs);
  BOOST_REQUIRE(refusal.has_value());
  BOOST_TEST(refusal->status == 404);
  BOOST_TEST(refusal->body.empty());
}

BOOST_AUTO_TEST_CASE(api_keys) {
  const Requirements require{.api_keys = {"K", "L.m"}};
  BOOST_TEST(predict_status(require, {{"Authorization", "ApiKey K"}}) == 200);
  BOOST_TEST(predict_status(require, {{"authorization", "apikey  L.m"}}) == 200);
  BOOST_TEST(predict_status(require, {}) == 401);
  BOOST_TEST(predict_status(require, {{"Authorization", "Bearer K"}}) == 401);
  BOOST_TEST(predict_status(require, {{"Authorization", "ApiKey"}}) == 401);
  BOOST_TEST(predict_status(require, {{"Authorization", "ApiKey "}}) == 403);
  BOOST_TEST(predict_status(require, {{"Authorization", "ApiKey k"}}) == 403);
  TokenDesk tokens(1);
  BOOST_TEST(status_of(test::made_request("GET", "/js/recommendations"), require, tokens) == 200);
}

/// The order is that of the real thing: Host, key, token, method, body.
BOOST_AUTO_TEST_CASE(the_first_fault_is_the_answer) {
  const Requirements require{.hosts = {"h"}, .api_keys = {"K"}, .token = true, .instances = 2};
  BOOST_TEST(predict_status(require, {{"Host", "x"}}) == 404);
  BOOST_TEST(predict_status(require, {{"Host", "h"}, {"Authorization", "ApiKey x"}}) == 403);
  BOOST_TEST(predict_status(require, {{"Host", "h"}, {"Authorization", "ApiKey K"}}) == 401);
  const Requirements batch{.hosts = {"h"}, .api_keys = {"K"}, .instances = 2};
  BOOST_TEST(predict_status(batch, {{"Host", "h"}, {"Authorization", "ApiKey K"}}) == 400);
}

std::string token_of(const server::Response& response) {
  const std::string begin = R"({"access_token":")";
  BOOST_REQUIRE(response.status == 200);
  BOOST_REQUIRE(response.body.starts_with(begin));
  return response.body.substr(begin.size(), 26);
}

BOOST_AUTO_TEST_CASE(seldon_tokens) {
  TokenDesk tokens(1);
  const Requirements require{.token = true, .clients = {{"key", "secret"}}};
  const auto ask = [&](std::string query) {
    return answer_service(test::made_request("GET", "/token?" + query), route_of("/token"), require,
                          tokens, kNowMs);
  };
  const server::Response given = ask("consumer_key=key&consumer_secret=secret");
  BOOST_TEST(given.content_type == "application/json");
  const std::string token = token_of(given);
  BOOST_TEST(given.body == R"({"access_token":")" + token +
                               R"(","token_type":"rummblelabs","token_scope":"all",)"
                               R"("expires_in":6000,"name":"token"})");
  const auto call = test::made_request("POST", kPredict + "?oauth_token=" + token, kBatch);
  BOOST_TEST(status_of(call, require, tokens) == 200);
  BOOST_TEST(status_of(call, require, tokens, kNowMs + 5'999'999) == 200);
  BOOST_TEST(status_of(call, require, tokens, kNowMs + 6'000'000) == 401);
  const auto check_error = [&](const std::string& query, int code, const std::string& text) {
    const server::Response response = ask(query);
    BOOST_TEST(response.status == 400, query);
    BOOST_TEST(response.body == R"({"error_id":)" + std::to_string(code) + R"(,"error_msg":")" +
                                    text + R"(","http_response":400})");
  };
  check_error("", 16, "Please specify your consumer_key");
  check_error("consumer_key=key", 17, "Please specify your consumer_secret");
  check_error("consumer_key=x&consumer_secret=secret", 5, "Consumer key not found");
  check_error("consumer_key=key&consumer_secret=x", 6, "Wrong consumer secret");
}

BOOST_AUTO_TEST_CASE(oauth_tokens) {
  TokenDesk tokens(1);
  const Requirements require{.token = true, .clients = {{"key", "secret"}}, .token_life_ms = 2500};
  const auto ask = [&](std::string form, test::MadeHeaders headers) {
    headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    return answer_service(
        test::made_request("POST", "/oauth/token", std::move(form), std::move(headers)),
        route_of("/oauth/token"), require, tokens, kNowMs);
  };
  const std::string grant = "grant_type=client_credentials";
  const server::Response given = ask(grant, {{"Authorization", "Basic a2V5OnNlY3JldA=="}});
  const std::string token = token_of(given);
  BOOST_TEST(given.body == R"({"access_token":")" + token +
                               R"(","token_type":"bearer","expires_in":2,"scope":"read write"})");
  const auto call = [&](const std::string& header) {
    return test::made_request("POST", "/api/v0.1/predictions", R"({"strData":"a"})",
                              {{"Authorization", header}});
  };
  BOOST_TEST(status_of(call("Bearer " + token), require, tokens) == 200);
  BOOST_TEST(status_of(call("bearer " + token), require, tokens, kNowMs + 2499) == 200);
  BOOST_TEST(status_of(call("Bearer " + token), require, tokens, kNowMs + 2500) == 401);
  BOOST_TEST(status_of(call("Bearer x"), require, tokens) == 401);
  BOOST_TEST(status_of(call("Bearer"), require, tokens) == 401);
  BOOST_TEST(ask(grant + "&client_id=key&client_secret=secret", {}).status == 200);
  BOOST_TEST(ask(grant, {}).status == 401);
  BOOST_TEST(ask(grant, {{"Authorization", "Basic a2V5Ong="}}).status == 401);  // key:x
  BOOST_TEST(ask(grant, {{"Authorization", "Basic *"}}).status == 401);
  BOOST_TEST(ask("", {{"Authorization", "Basic a2V5OnNlY3JldA=="}}).body ==
             R"({"error":"invalid_request","error_description":"Missing grant type"})");
  BOOST_TEST(ask("grant_type=password", {{"Authorization", "Basic a2V5OnNlY3JldA=="}}).body ==
             R"({"error":"unsupported_grant_type",)"
             R"("error_description":"Unsupported grant type: password"})");
}

BOOST_AUTO_TEST_CASE(predictions_are_posted) {
  TokenDesk tokens(1);
  for (const char* const path : {"/v1/models/m:predict", "/api/v1.0/predictions", "/oauth/token",
                                 "/v2/models/m/infer", "/generate", "/v1/completions"}) {
    const auto request = test::made_request("GET", path);
    const server::Response response = answer_service(request, route_of(path), {}, tokens, kNowMs);
    BOOST_TEST(response.status == 405, path);
    BOOST_TEST(response.extra_headers == "Allow: POST\r\n");
  }
}

BOOST_AUTO_TEST_CASE(calls) {
  TokenDesk tokens(1);
  const std::string token = tokens.issue(kNowMs, /*life_ms=*/1000);
  const auto code = [&](const Requirements& require, test::MadeHeaders metadata,
                        int64_t now_ms = kNowMs) {
    const auto refusal = refuse_call(test::made_request("POST", "/a.B/C", "", std::move(metadata)),
                                     require, tokens, now_ms);
    return refusal ? static_cast<int>(refusal->code) : 0;
  };
  BOOST_TEST(code({}, {}) == 0);
  const Requirements tokened{.token = true};
  BOOST_TEST(code(tokened, {{"oauth_token", token}}) == 0);
  BOOST_TEST(code(tokened, {{"authorization", "Bearer " + token}}) == 0);
  BOOST_TEST(code(tokened, {{"oauth_token", token}}, kNowMs + 1000) == 7);
  BOOST_TEST(code(tokened, {{"oauth_token", "x"}}) == 7);
  BOOST_TEST(code(tokened, {}) == 7);
  const Requirements keyed{.api_keys = {"K"}};
  BOOST_TEST(code(keyed, {{"authorization", "ApiKey K"}}) == 0);
  BOOST_TEST(code(keyed, {{"authorization", "ApiKey L"}}) == 7);
  BOOST_TEST(code(keyed, {}) == 16);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
