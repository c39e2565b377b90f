// SPDX-License-Identifier: MIT
#include "token_source.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <cmath>

#include "cli_support.h"
#include "macaw/base/ascii.h"
#include "macaw/base/base64.h"
#include "macaw/base/check.h"
#include "macaw/http/request_encoder.h"
#include "redactor.h"

namespace macaw::app {

namespace {

constexpr Nanos kPatience = std::chrono::seconds(5);
/// Longer than any run.
constexpr double kLifeMax = 1e9;

Result<TokenSource> parse_place(std::string_view text) {
  const http::UrlResult parsed = http::parse_url(text);
  if (!parsed.url) {
    return Error(parsed.error.message);
  }
  const http::UrlView& url = *parsed.url;
  TokenSource source;
  if (!url.authority.empty()) {
    source.server = http::HostPort{std::string(url.host), url.port, url.is_https()};
  }
  source.path = url.target;
  return source;
}

Result<TokenSource::Request> parse_request(std::string_view text) {
  if (text == "post") {
    return TokenSource::Request::kPost;
  }
  if (text == "get") {
    return TokenSource::Request::kGet;
  }
  return errorf("found '{}', expected post or get", text);
}

/// What the server says is wrong, where it says so as RFC 6749 section 5.2 wants it.
std::string complaint_of(const rapidjson::Document& json, const TokenSource& source) {
  if (!json.IsObject()) {
    return {};
  }
  for (const char* const name : {"error_description", "error_msg", "error"}) {
    const auto member = json.FindMember(name);
    if (member != json.MemberEnd() && member->value.IsString()) {
      Redactor redact;
      redact.add(source.client_secret);
      return ": " + in_quotes(redact({member->value.GetString(), member->value.GetStringLength()}));
    }
  }
  return {};
}

}  // namespace

Result<std::optional<TokenSource>> parse_token_source(const PlayArguments& arguments,
                                                      Environment environment) {
  if (!arguments.token_url) {
    for (const auto& [name, value] : {std::pair{"--token-client", &arguments.token_client},
                                      {"--token-request", &arguments.token_request},
                                      {"--token-header", &arguments.token_header},
                                      {"--token-query", &arguments.token_query}}) {
      if (value->has_value()) {
        return errorf("{} needs --token-url", name);
      }
    }
    return std::optional<TokenSource>();
  }
  TokenSource source;
  MACAW_TRY(set_option("--token-url", arguments.token_url, parse_place, source));
  if (!source.server && !arguments.target && !arguments.unix_socket) {
    return errorf("--token-url: found a path, expected http://HOST/... or a --target");
  }
  MACAW_TRY(set_option("--token-request", arguments.token_request, parse_request, source.request));
  if (!arguments.token_client) {
    return errorf("--token-url needs --token-client 'ID:$SECRET'");
  }
  const size_t colon = arguments.token_client->find(':');
  if (colon == std::string::npos) {
    return errorf("--token-client: found no ':', expected 'ID:$SECRET'");
  }
  auto id = expand_credential(arguments.token_client->substr(0, colon), environment);
  auto secret = expand_credential(arguments.token_client->substr(colon + 1), environment);
  if (!id || !secret) {
    return errorf("--token-client: {}", (id ? secret : id).error().message());
  }
  source.client_id = std::move(id).value();
  source.client_secret = std::move(secret).value();
  return std::optional(std::move(source));
}

Result<replay::TokenUse> parse_token_use(const PlayArguments& arguments) {
  replay::TokenUse use;
  if (arguments.token_header && arguments.token_query) {
    return errorf("--token-header and --token-query: found both, expected one place");
  }
  if (arguments.token_query) {
    use.query = *arguments.token_query;
    if (use.query.empty() || use.query.find_first_of("=&#? \t\r\n") != std::string::npos) {
      return errorf("--token-query: found '{}', expected the name of a parameter", use.query);
    }
    return use;
  }
  use.header = arguments.token_header.value_or("Authorization");
  if (!http::is_header_name(use.header)) {
    return errorf("--token-header: found '{}', expected the name of a header", use.header);
  }
  return use;
}

TokenSource aimed_at(TokenSource source, const replay::Transmission& transmission) {
  source.tls = transmission.tls;
  if (!source.server) {
    source.server = transmission.target.value_or(http::HostPort{"localhost"});
    source.unix_socket = transmission.unix_socket;
  }
  return source;
}

Question token_question(const TokenSource& source) {
  MACAW_CHECK(source.server.has_value(), "its place is known by now");
  Question question;
  question.server = *source.server;
  question.unix_socket = source.unix_socket;
  question.tls = source.tls;
  question.timeout = kPatience;
  if (source.request == TokenSource::Request::kGet) {
    const auto encoded = [](const std::string& text) {
      std::string out;
      append_percent_encoded(text, kUnreserved, out);
      return out;
    };
    question.target =
        http::set_query_parameter(source.path, "consumer_key", encoded(source.client_id));
    question.target = http::set_query_parameter(question.target, "consumer_secret",
                                                encoded(source.client_secret));
    return question;
  }
  question.method = "POST";
  question.target = source.path;
  std::string client;
  encode_base64(fmt::format("{}:{}", source.client_id, source.client_secret), client);
  question.headers = {{"Authorization", "Basic " + client},
                      {"Content-Type", "application/x-www-form-urlencoded"}};
  question.body = "grant_type=client_credentials";
  return question;
}

Result<FetchedToken> read_token(const TokenSource& source, const HttpAnswer& answer) {
  const std::string host = source.server->key();
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag>(answer.body.data(), answer.body.size());
  const bool is_object = !json.HasParseError() && json.IsObject();
  if (answer.status != 200) {
    return errorf("{} answered with status {}{}", host, answer.status,
                  is_object ? complaint_of(json, source) : "");
  }
  if (!is_object) {
    return errorf("{} answered with what is no JSON object", host);
  }
  const auto text = json.FindMember("access_token");
  if (text == json.MemberEnd() || !text->value.IsString() || text->value.GetStringLength() == 0) {
    return errorf("{} answered without an access_token{}", host, complaint_of(json, source));
  }
  FetchedToken token{.text = {text->value.GetString(), text->value.GetStringLength()}, .life = {}};
  const bool fits =
      std::all_of(token.text.begin(), token.text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!fits) {
    return errorf("{} answered with an access_token that no header can hold", host);
  }
  const auto life = json.FindMember("expires_in");
  if (life != json.MemberEnd() && life->value.IsNumber() && life->value.GetDouble() > 0) {
    token.life = std::chrono::round<Nanos>(
        std::chrono::duration<double>(std::min(life->value.GetDouble(), kLifeMax)));
  }
  return token;
}

}  // namespace macaw::app
