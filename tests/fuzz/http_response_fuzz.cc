// SPDX-License-Identifier: MIT
//
// The response parser understands the same however the bytes are split, and a parser that has been
// used understands the same as a new one. Input: a byte of choices, then what a server sent.

#include <string>
#include <string_view>

#include "macaw/base/check.h"
#include "macaw/http/response_parser.h"
#include "message_pieces.h"

namespace macaw::fuzz {
namespace {

constexpr http::ResponseParser::Limits kLimits{.body_kept_max = 32, .header_bytes_max = 512};

struct Response {
  http::ParseState state = http::ParseState::kNeedMore;
  http::ParseState at_close = http::ParseState::kNeedMore;
  size_t consumed = 0;  ///< 0 when malformed: where llhttp looked last means nothing
  int status = 0;
  bool keep_alive = false;
  std::string body;
  uint64_t body_bytes = 0;
  std::string content_type;
  std::string content_encoding;
  bool operator==(const Response&) const = default;
};

/// In pieces of 1 to `piece_max` bytes.
Response understand(http::ResponseParser& parser, std::string_view bytes, bool head,
                    size_t piece_max) {
  using http::ParseState;
  parser.start(head);
  const Fed fed = feed_in_pieces(parser, bytes, piece_max);
  Response found;
  found.state = fed.state;
  found.consumed = fed.consumed;
  found.keep_alive =
      found.state == ParseState::kComplete && found.consumed == bytes.size() && parser.keep_alive();
  found.at_close = parser.finish();
  MACAW_CHECK(found.at_close != ParseState::kNeedMore);
  MACAW_CHECK(found.state == ParseState::kNeedMore || found.at_close == found.state);
  MACAW_CHECK(parser.error().empty() == (found.at_close == ParseState::kComplete));
  MACAW_CHECK(parser.error().find('\n') == std::string_view::npos);
  MACAW_CHECK(parser.body().size() <= kLimits.body_kept_max);
  MACAW_CHECK(parser.body().size() <= parser.body_bytes());
  MACAW_CHECK(found.at_close != ParseState::kComplete || parser.status() >= 200);
  if (found.state == ParseState::kMalformed) {
    found.consumed = 0;
  }
  found.status = parser.status();
  found.body = parser.body();
  found.body_bytes = parser.body_bytes();
  found.content_type = parser.content_type();
  found.content_encoding = parser.content_encoding();
  return found;
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using macaw::http::ResponseParser;
  macaw::fuzz::FuzzInput input(data, size);
  const uint8_t choices = input.take_byte();
  const bool head = (choices & 1U) != 0;
  // What follows a response is the next one on the same connection.
  macaw::fuzz::check_splits<ResponseParser>(
      macaw::fuzz::kLimits, choices, input.rest(),
      [head](ResponseParser& parser, std::string_view bytes, size_t piece_max) {
        return macaw::fuzz::understand(parser, bytes, head, piece_max);
      });
  return 0;
}
