// SPDX-License-Identifier: MIT
//
// The request parser of our own small servers: the same request however the bytes are split, within
// its limits, and never a second request made of the body of the first. Input: a byte of choices,
// then what a client sent.

#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/base/random.h"
#include "macaw/http/request_parser.h"

namespace macaw::fuzz {
namespace {

constexpr http::RequestParser::Limits kLimits{.header_bytes_max = 512, .body_bytes_max = 64};

struct Understood {
  http::ParseState state = http::ParseState::kNeedMore;
  size_t consumed = 0;
  int error_status = 0;
  http::Request request;
};

bool same(const Understood& a, const Understood& b) {
  return a.state == b.state && a.consumed == b.consumed && a.error_status == b.error_status &&
         a.request.method == b.request.method && a.request.target == b.request.target &&
         a.request.headers == b.request.headers && a.request.body == b.request.body &&
         a.request.keep_alive == b.request.keep_alive;
}

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
  Random random(piece_max);
  Understood found;
  parser.reset();
  while (found.state == ParseState::kNeedMore && found.consumed < bytes.size()) {
    const std::string piece(bytes.substr(found.consumed, 1 + random.below(piece_max)));
    found.state = parser.feed(piece);
    MACAW_CHECK(parser.consumed() <= piece.size());
    MACAW_CHECK(found.state != ParseState::kNeedMore || parser.consumed() == piece.size());
    found.consumed += parser.consumed();
  }
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
  using macaw::fuzz::kLimits;
  using macaw::fuzz::understand;
  macaw::fuzz::FuzzInput input(data, size);
  const uint8_t choices = input.take_byte();
  std::string_view bytes = input.rest();
  macaw::http::RequestParser used(kLimits);
  for (int requests = 0; requests < 4 && !bytes.empty(); ++requests) {
    macaw::http::RequestParser fresh(kLimits);
    const auto whole = understand(fresh, bytes, bytes.size());
    const auto in_pieces = understand(used, bytes, 1 + (choices >> 4U));
    const auto by_byte = understand(used, bytes, 1);
    MACAW_CHECK(same(whole, in_pieces));
    MACAW_CHECK(same(whole, by_byte));
    if (whole.consumed == 0) {
      break;
    }
    bytes.remove_prefix(whole.consumed);
  }
  return 0;
}
