// SPDX-License-Identifier: MIT
//
// What the stub makes of requests, and of the answers that its hop passes on: always an answer,
// JSON that a reader takes, and headers that are whole lines. Input: METHOD, target and body, each
// but the last ended by a newline; the body is also read as the next server's answer, and as the
// message of a gRPC call, whose method is the target.

#include <rapidjson/reader.h>

#include <string>
#include <string_view>
#include <utility>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/grpc/frame.h"
#include "src/stub/admission.h"
#include "src/stub/answers.h"
#include "src/stub/grpc_desk.h"
#include "src/stub/relay.h"
#include "src/stub/services.h"

namespace macaw::fuzz {
namespace {

constexpr int64_t kNowMs = 1479696000123;

void check_json(const std::string& body) {
  rapidjson::Reader reader;
  rapidjson::BaseReaderHandler<> any;
  rapidjson::StringStream stream(body.c_str());
  MACAW_CHECK(reader.Parse<rapidjson::kParseIterativeFlag>(stream, any), "{}", body);
}

void check_lines(std::string_view lines) {
  while (!lines.empty()) {
    const size_t end = lines.find("\r\n");
    MACAW_CHECK(end != std::string_view::npos && end > 0);
    MACAW_CHECK(lines.find('\n') == end + 1);
    lines.remove_prefix(end + 2);
  }
}

void check_answer(const server::Response& response) {
  MACAW_CHECK(response.status >= 200 && response.status < 600);
  check_lines(response.extra_headers);
}

void check_request(const http::Request& request) {
  const stub::Route route = stub::route_of(request.path());
  const stub::Requirements require{.api_keys = {"K"}, .token = true};
  stub::TokenDesk tokens(1);
  if (const auto refusal = stub::refuse(request, route, require, tokens, kNowMs)) {
    check_answer(*refusal);
    check_json(refusal->body);
  }
  if (route.kind == stub::ServiceKind::kNone) {
    check_answer(stub::answer_request(request, {.consumer_keys = {}, .now_ms = kNowMs}));
    return;
  }
  const server::Response response = stub::answer_service(request, route, require, tokens, kNowMs);
  check_answer(response);
  MACAW_CHECK(response.content_type == "application/json");
  check_json(response.body);
  stub::TokenDesk others(1);
  MACAW_CHECK(stub::answer_service(request, route, require, others, kNowMs).body == response.body);
}

void check_relay(const http::Request& request, std::string_view bytes) {
  const std::string forwarded = stub::forwarded_request(request);
  MACAW_CHECK(forwarded.ends_with("\r\n\r\n" + request.body));
  size_t begin = 0;
  const size_t end = stub::final_head_end(bytes, begin);
  if (end == std::string_view::npos) {
    return;
  }
  MACAW_CHECK(begin < end && end <= bytes.size());
  const std::string_view head = bytes.substr(begin, end - begin);
  MACAW_CHECK(head.ends_with("\r\n\r\n"));
  check_answer(stub::relayed_answer(200, head, bytes.substr(end)));
}

/// Whatever a message holds, the call ends with a code.
void check_call(http::Request request) {
  static const stub::GrpcDesk desk;
  const std::string message = std::exchange(request.body, {});
  grpc::append_frame(message, request.body);
  const stub::GrpcDesk::Answer answer = desk.answer(request);
  check_answer(answer.whole);
  MACAW_CHECK(answer.whole.extra_headers.starts_with("grpc-status: ") !=
              (answer.whole.trailers.size() == 1));
  MACAW_CHECK(answer.whole.body == desk.answer(request).whole.body);
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  macaw::fuzz::FuzzInput input(data, size);
  macaw::http::Request request;
  request.method = input.take_until("\n");
  request.target = input.take_until("\n");
  request.body = input.rest();
  macaw::fuzz::check_request(request);
  macaw::fuzz::check_relay(request, input.rest());
  macaw::fuzz::check_call(std::move(request));
  return 0;
}
