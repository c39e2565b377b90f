// SPDX-License-Identifier: MIT
//
// The server's side of HTTP/2 understands the same however the bytes are split (but for what is
// taken back in the same breath), keeps to its limits, tells of each request once and of no stream
// after its end, and answers whatever happens. Input: a byte of choices, then what a client sent
// (behind its preface, unless the byte says otherwise).

#include <map>
#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/base/random.h"
#include "macaw/http/h2_server.h"

namespace macaw::fuzz {
namespace {

constexpr http::H2ServerSession::Settings kSettings{
    .limits = {.header_bytes_max = 512, .body_bytes_max = 64}, .streams_max = 4, .requests_max = 9};

/// Answers by the number of the stream: at once, in pieces, with a reset, or not at all.
class Answerer final : public http::H2Requests {
 public:
  void request_came(int32_t stream, const http::Request& request) override {
    MACAW_CHECK(open_.emplace(stream, true).second, "told twice");
    MACAW_CHECK(request.http2 && !request.method.empty() && !request.target.empty());
    MACAW_CHECK(request.body.size() <= kSettings.limits.body_bytes_max);
    size_t header_bytes = 0;
    for (const auto& [name, value] : request.headers) {
      MACAW_CHECK((name + value).find_first_of("\r\n") == std::string::npos);
      header_bytes += name.size() + value.size();
    }
    MACAW_CHECK(header_bytes <= kSettings.limits.header_bytes_max);
    told[stream] = request.method + request.target + request.body;
    switch (stream / 2 % 4) {
      case 0:
        session->answer(stream, {.body = "whole"}, {{"x-sum", "1"}});
        open_[stream] = false;
        break;
      case 1:
        session->begin_answer(stream, {.body = "first"});
        session->add_body(stream, request.body);
        break;
      case 2:
        session->reset(stream, 2);
        open_[stream] = false;
        break;
      default:
        break;
    }
  }

  void stream_gone(int32_t stream) override {
    MACAW_CHECK(open_.at(stream), "gone after its end");
    open_[stream] = false;
  }

  void end_all() {
    for (auto& [stream, open] : open_) {
      if (open) {
        session->end_answer(stream);
      }
    }
  }

  http::H2ServerSession* session = nullptr;
  std::map<int32_t, std::string> told;

 private:
  std::map<int32_t, bool> open_;
};

/// What was told. Output is taken at the end only, so that it does not depend on the pieces.
std::map<int32_t, std::string> understand(std::string_view bytes, size_t piece_max) {
  Answerer answerer;
  http::H2ServerSession session(kSettings, answerer);
  answerer.session = &session;
  session.start();
  Random random(piece_max);
  for (size_t at = 0; at < bytes.size();) {
    // A copy of its own, so that a read past the piece is a read past an allocation.
    const std::string piece(bytes.substr(at, 1 + random.below(piece_max)));
    session.feed(piece);
    at += piece.size();
  }
  std::string out;
  session.take_output(size_t{1} << 20, out);
  session.go_on();
  answerer.end_all();
  session.take_output(size_t{1} << 20, out);
  MACAW_CHECK(session.output_bytes() <= 16 * 256);
  return answerer.told;
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  macaw::fuzz::FuzzInput input(data, size);
  const uint8_t choices = input.take_byte();
  std::string bytes(input.rest());
  if (choices % 2 == 0) {
    bytes.insert(0, macaw::http::H2ServerSession::preface());
  }
  const auto whole = macaw::fuzz::understand(bytes, bytes.size() + 1);
  const auto in_pieces = macaw::fuzz::understand(bytes, 1U + (choices >> 4U));
  for (const auto& [stream, text] : whole) {
    const auto found = in_pieces.find(stream);
    MACAW_CHECK(found != in_pieces.end() && found->second == text);
  }
  return 0;
}
