// SPDX-License-Identifier: MIT
//
// The response parser understands the same however the bytes are split, and a parser that has been
// used understands the same as a new one. Input: a byte of choices, then what a server sent.

#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/base/random.h"
#include "macaw/http/response_parser.h"

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
  bool operator==(const Response&) const = default;
};

/// In pieces of 1 to `piece_max` bytes.
Response understand(http::ResponseParser& parser, std::string_view bytes, bool head,
                    size_t piece_max) {
  using http::ParseState;
  Random random(piece_max);
  Response found;
  parser.start(head);
  while (found.state == ParseState::kNeedMore && found.consumed < bytes.size()) {
    // A copy of its own, so that a read past the piece is a read past an allocation.
    const std::string piece(bytes.substr(found.consumed, 1 + random.below(piece_max)));
    found.state = parser.feed(piece);
    MACAW_CHECK(parser.consumed() <= piece.size());
    MACAW_CHECK(found.state != ParseState::kNeedMore || parser.consumed() == piece.size());
    found.consumed += parser.consumed();
  }
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
  return found;
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using macaw::fuzz::kLimits;
  using macaw::fuzz::understand;
  macaw::fuzz::FuzzInput input(data, size);
  const uint8_t choices = input.take_byte();
  const bool head = (choices & 1U) != 0;
  std::string_view bytes = input.rest();
  macaw::http::ResponseParser used(kLimits);
  // What follows a response is the next one on the same connection.
  for (int responses = 0; responses < 4 && !bytes.empty(); ++responses) {
    macaw::http::ResponseParser fresh(kLimits);
    const auto whole = understand(fresh, bytes, head, bytes.size());
    const auto in_pieces = understand(used, bytes, head, 1 + (choices >> 4U));
    const auto by_byte = understand(used, bytes, head, 1);
    MACAW_CHECK(whole == in_pieces);
    MACAW_CHECK(whole == by_byte);
    if (whole.consumed == 0) {
      break;
    }
    bytes.remove_prefix(whole.consumed);
  }
  return 0;
}
