// SPDX-License-Identifier: MIT
//
// What the targets of the two HTTP parsers have in common: the same bytes fed in pieces, and one
// message after the other understood the same whole, in pieces and byte by byte. Thread:
// libFuzzer's only one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "fuzz_support.h"
#include "macaw/base/check.h"
#include "macaw/base/random.h"
#include "macaw/http/response_parser.h"

namespace macaw::fuzz {

struct Fed {
  http::ParseState state = http::ParseState::kNeedMore;
  size_t consumed = 0;
};

/// Until the message ends, in pieces of 1 to `piece_max` bytes, always the same ones.
template <typename Parser>
Fed feed_in_pieces(Parser& parser, std::string_view bytes, size_t piece_max) {
  Random random(piece_max);
  Fed fed;
  while (fed.state == http::ParseState::kNeedMore && fed.consumed < bytes.size()) {
    // A copy of its own, so that a read past the piece is a read past an allocation.
    const std::string piece(bytes.substr(fed.consumed, 1 + random.below(piece_max)));
    fed.state = parser.feed(piece);
    MACAW_CHECK(parser.consumed() <= piece.size());
    MACAW_CHECK(fed.state != http::ParseState::kNeedMore || parser.consumed() == piece.size());
    fed.consumed += parser.consumed();
  }
  return fed;
}

/// Up to four messages. `understand(parser, bytes, piece_max)` returns what can be compared and has
/// `consumed`, 0 when nothing follows; a parser that has been used must understand the same.
template <typename Parser, typename Understand>
void check_splits(const typename Parser::Limits& limits, uint8_t choices, std::string_view bytes,
                  const Understand& understand) {
  Parser used(limits);
  for (int messages = 0; messages < 4 && !bytes.empty(); ++messages) {
    Parser fresh(limits);
    const auto whole = understand(fresh, bytes, bytes.size());
    const auto in_pieces = understand(used, bytes, 1 + (choices >> 4U));
    const auto by_byte = understand(used, bytes, 1);
    MACAW_CHECK(whole == in_pieces);
    MACAW_CHECK(whole == by_byte);
    if (whole.consumed == 0) {
      break;
    }
    bytes.remove_prefix(whole.consumed);
  }
}

}  // namespace macaw::fuzz
