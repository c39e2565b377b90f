// SPDX-License-Identifier: MIT
//
// The request parser of our own small servers: the same request however the bytes are split, within
// its limits, and never a second request made of the body of the first. Input: a byte of choices,
// then what a client sent.

#include <string>
#include <string_view>

#include "macaw/base/check.h"
#include "macaw/http/request_parser.h"
#include "message_pieces.h"

namespace macaw::fuzz {
namespace {

constexpr http::RequestParser::Limits kLimits{.header_bytes_max = 512, .body_bytes_max = 64};

struct Understood {
  http::ParseState state = http::ParseState::kNeedMore;
  size_t consumed = 0;
  int error_status = 0;
  http::Request request;

  bool operator==(const Understood& other) const {
    return state == other.state && consumed == other.consumed &&
           error_status == other.error_status && request.method == other.request.method &&
           request.target == other.request.target && request.headers == other.request.headers &&
           request.body == other.request.body && request.keep_alive == other.request.keep_alive;
  }
};

void check_request(const http::Request& request) {
  MACAW_CHECK(request.body.size() <= kLimits.body_bytes_max);
  MACAW_CHECK(!request.method.empty());
  for (const auto& [name, value] : request.headers) {
    MACAW_CHECK((name + value).find_first_of("\r\n") == std::string::npos);
    MACAW_CHECK(request.header(name).data() != nullptr);
  }
  MACAW_CHECK(request.target.find(request.query()) != std::string::npos);
  MACAW_CHECK(request.path() == "/" || request.target.find(request.path()) != std::string::npos);
}

Understood understand(http::RequestParser& parser, std::string_view bytes, size_t piece_max) {
  using http::ParseState;
  parser.reset();
  const Fed fed = feed_in_pieces(parser, bytes, piece_max);
  Understood found;
  found.state = fed.state;
  found.consumed = fed.consumed;
  MACAW_CHECK(parser.error().empty() == (found.state != ParseState::kMalformed));
  if (found.state == ParseState::kComplete) {
    found.request = parser.request();
    check_request(found.request);
  } else if (found.state == ParseState::kMalformed) {
    found.consumed = 0;
    found.error_status = parser.error_status();
    MACAW_CHECK(found.error_status == 400 || found.error_status == 413 ||
                found.error_status == 431);
  }
  return found;
}

}  // namespace
}  // namespace macaw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  macaw::fuzz::FuzzInput input(data, size);
  const uint8_t choices = input.take_byte();
  macaw::fuzz::check_splits<macaw::http::RequestParser>(macaw::fuzz::kLimits, choices, input.rest(),
                                                        macaw::fuzz::understand);
  return 0;
}
