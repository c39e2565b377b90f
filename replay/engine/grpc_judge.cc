// SPDX-License-Identifier: MIT
//
// See grpc_judge.h.

#include "grpc_judge.h"

#include <utility>

#include "macaw/base/check.h"
#include "macaw/base/grpc_code.h"

namespace macaw::replay {
namespace {

Judgement wrong_answer(std::string_view why) {
  return {stats::Outcome::kWrongAnswer, ReasonText(why)};
}

/// The status first, so that equal faults stand together; then the server's own words.
ReasonText status_reason(const TransportAnswer& answer) {
  const std::string_view name = grpc_code_name(static_cast<uint32_t>(answer.grpc_status));
  ReasonText reason(name.empty() ? "a status that gRPC does not know" : name);
  if (!answer.grpc_message.empty()) {
    reason.append(": ");
    reason.append(answer.grpc_message);
  }
  return reason;
}

}  // namespace

GrpcJudge::GrpcJudge(const RunOptions& options) : has_expectations_(!options.expectations.empty()) {
  auto loaded = grpc::Schema::load(options.transmission.grpc);
  MACAW_CHECK(loaded.ok(), "{}", loaded.error().message());
  schema_ = std::move(loaded).value();
}

int GrpcJudge::status_of(const TransportAnswer& answer) {
  return answer.status == 200 ? stats::kGrpcStatusBase + answer.grpc_status : answer.status;
}

Judgement GrpcJudge::judge(const Exchange& exchange, const TransportAnswer& answer, Check& check) {
  if (answer.status != 200) {
    if (answer.status < 400) {
      return wrong_answer("an HTTP answer in the place of gRPC's");
    }
    return check.judge({.request_target = exchange.request_target(),
                        .status = answer.status,
                        .content_type = answer.content_type,
                        .content_encoding = answer.content_encoding,
                        .body = answer.body,
                        .body_is_whole = answer.body_is_whole});
  }
  if (answer.grpc_status != 0) {
    return {stats::Outcome::kGrpcError, status_reason(answer)};
  }
  if (!exchange.is_streamed && exchange.messages != 1) {
    return wrong_answer(exchange.messages == 0 ? "OK without a message"
                                               : "OK with more than one message");
  }
  if (exchange.expectation.empty() && !has_expectations_) {
    return {};
  }
  return judge_message(exchange, answer, check);
}

Judgement GrpcJudge::judge_message(const Exchange& exchange, const TransportAnswer& answer,
                                   Check& check) {
  const grpc::Method* const method = schema_->find_method(exchange.request_target().substr(1));
  if (method == nullptr) {
    return wrong_answer("no schema says what the answer means");
  }
  if (!answer.body_is_whole) {
    return wrong_answer("the message is longer than --keep-body");
  }
  auto json = schema_->reply_to_json(*method, answer.body);
  if (!json.ok()) {
    return {stats::Outcome::kMalformed, ReasonText("the message is not of the method's type")};
  }
  json_ = std::move(json).value();
  return check.judge({.request_target = exchange.request_target(),
                      .status = 200,
                      .content_type = "application/json",
                      .body = json_,
                      .expectation = exchange.expectation});
}

}  // namespace macaw::replay
