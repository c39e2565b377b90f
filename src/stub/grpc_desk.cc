// SPDX-License-Identifier: MIT
//
// See grpc_desk.h.
// Thread: one object belongs to one thread.

#include "grpc_desk.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>

#include "grpc_answers.h"
#include "macaw/base/ascii.h"
#include "macaw/base/check.h"
#include "macaw/base/hash.h"
#include "macaw/base/units.h"
#include "macaw/grpc/frame.h"

namespace macaw::stub {
namespace {

constexpr std::string_view kDecodePath = "/jetstream_proto.Orchestrator/Decode";

std::string encode_grpc_message(std::string_view message) {
  // What "grpc-message" may hold as it is (gRPC over HTTP/2, "Status-Message"): all that prints but
  // for the percent sign.
  std::string text;
  append_percent_encoded(message, " !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~", text);
  return text;
}

GrpcDesk::Answer refused(GrpcCode code, std::string_view message) {
  return {.whole = grpc_error(code, message)};
}

/// The one message of a call's body.
Result<std::string> message_of(std::string_view body) {
  grpc::FrameReader reader;
  reader.start(body.size());
  if (!reader.feed(body)) {
    return Error(std::string(reader.trouble()));
  }
  if (reader.messages() != 1 || !reader.is_between_messages()) {
    return errorf("found {} whole messages, expected one", reader.messages());
  }
  return std::string(reader.first_message());
}

Result<rapidjson::Document> document_of(const Result<std::string>& json) {
  return json ? parse_json_object(*json) : Result<rapidjson::Document>(json.error());
}

}  // namespace

bool is_grpc_call(const http::Request& request) {
  const std::string_view type = request.header("content-type");
  // "application/grpc+proto", but not "application/grpc-web".
  return type.starts_with(kGrpcContentType) &&
         (type.size() == kGrpcContentType.size() ||
          std::string_view("+;").find(type[kGrpcContentType.size()]) != std::string_view::npos);
}

Result<std::optional<Nanos>> grpc_timeout(const http::Request& request) {
  struct Unit {
    char name;
    Nanos span;
  };

  constexpr std::array kUnits = {
      Unit{'n', Nanos(1)},         Unit{'u', Nanos(1'000)},
      Unit{'m', Nanos(1'000'000)}, Unit{'S', Nanos(1'000'000'000)},
      Unit{'M', from_seconds(60)}, Unit{'H', from_seconds(3600)},
  };
  constexpr size_t kDigitsMax = 8;
  const std::string_view text = request.header("grpc-timeout");
  if (text.empty()) {
    return std::optional<Nanos>();
  }
  const std::string_view digits = text.substr(0, text.size() - 1);
  const auto number = parse_u64(digits);
  for (const Unit& unit : kUnits) {
    if (number && digits.size() <= kDigitsMax && unit.name == text.back()) {
      // 99,999,999 hours do not fit.
      const auto count = static_cast<int64_t>(*number);
      const bool fits = count <= Nanos::max() / unit.span;
      return std::optional(fits ? unit.span * count : Nanos::max());
    }
  }
  return errorf("grpc-timeout: found {}, expected up to eight digits and one of n, u, m, S, M, H",
                in_quotes(text));
}

http::Trailers grpc_trailers(GrpcCode code, std::string_view message) {
  http::Trailers trailers{{"grpc-status", fmt::format("{}", static_cast<int>(code))}};
  if (!message.empty()) {
    trailers.emplace_back("grpc-message", encode_grpc_message(message));
  }
  return trailers;
}

server::Response grpc_error(int code, std::string_view message) {
  return {.content_type = std::string(kGrpcContentType),
          .extra_headers = fmt::format("grpc-status: {}\r\ngrpc-message: {}\r\n", code,
                                       encode_grpc_message(message))};
}

GrpcDesk::GrpcDesk() {
  auto schema = grpc::Schema::load({});
  MACAW_CHECK(schema.ok(), "the built-in .proto files are whole");
  schema_ = std::move(schema).value();
}

GrpcDesk::Answer GrpcDesk::answer(const http::Request& call) const {
  const std::string path(call.path());
  const GrpcAnswer make = find_grpc_answer(path);
  const grpc::Method* const method =
      make != nullptr || path == kDecodePath ? schema_->find_method(path.substr(1)) : nullptr;
  if (method == nullptr) {
    return refused(GrpcCode::kUnimplemented, fmt::format("unknown method {}", path));
  }
  const auto message = message_of(call.body);
  if (!message) {
    return refused(GrpcCode::kInvalidArgument, message.error().message());
  }
  if (make == nullptr) {
    return answer_decode(*method, *message);
  }
  const auto request = document_of(schema_->request_to_json(*method, *message));
  const auto json = request ? make(*request, hash64(*message)) : request.error();
  if (!json) {
    return refused(GrpcCode::kInvalidArgument, json.error().message());
  }
  const auto reply = schema_->reply_from_json(*method, *json);
  if (!reply) {  // what a request made us echo may be too deep for a message
    return refused(GrpcCode::kUnknown, reply.error().message());
  }
  Answer answer{.whole = {.content_type = std::string(kGrpcContentType),
                          .trailers = grpc_trailers(GrpcCode::kOk)}};
  grpc::append_frame(*reply, answer.whole.body);
  return answer;
}

GrpcDesk::Answer GrpcDesk::answer_decode(const grpc::Method& method,
                                         std::string_view message) const {
  const auto request = document_of(schema_->request_to_json(method, message));
  const auto tokens = request ? decoded_tokens(*request) : request.error();
  if (!tokens) {
    return refused(GrpcCode::kInvalidArgument, tokens.error().message());
  }
  Answer answer{.whole = {.content_type = std::string(kGrpcContentType),
                          .trailers = grpc_trailers(GrpcCode::kOk)}};
  // There are few different words, so the same messages come again and again.
  std::map<std::string, std::string> frames;
  for (uint64_t k = 0; k < *tokens; ++k) {
    std::string json = decoded_token(hash64(message), k);
    std::string& frame = frames[json];
    if (frame.empty()) {
      grpc::append_frame(schema_->reply_from_json(method, json).value(), frame);
    }
    answer.stream.push_back(frame);
  }
  return answer;
}

}  // namespace macaw::stub
