// SPDX-License-Identifier: MIT
//
// Mutated messages in random pieces: the parsers never crash (the sanitizers watch), always end in
// one of their three states, and understand the same whether the bytes come whole or split.

#include <boost/test/unit_test.hpp>
#include <string>
#include <tuple>

#include "macaw/base/random.h"
#include "macaw/http/request_parser.h"
#include "macaw/http/response_parser.h"
#include "parse_state_text.h"
#include "response_corpus.h"

namespace macaw::http::test {
namespace {

constexpr int kRounds = 20'000;

/// A few random edits: flip, insert, delete, repeat a stretch, or put in a byte that parsers care
/// about.
std::string mutate(std::string bytes, Random& random) {
  constexpr std::string_view kTelling = "\r\n:;, \t0123456789aAfFxX-+\0\x7f\xff";
  const uint64_t edits = 1 + random.below(4);
  for (uint64_t k = 0; k < edits && !bytes.empty(); ++k) {
    const size_t at = random.below(bytes.size());
    switch (random.below(5)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << random.below(8)));
        break;
      case 1:
        bytes.insert(at, 1, kTelling[random.below(kTelling.size())]);
        break;
      case 2:
        bytes.erase(at, 1 + random.below(8));
        break;
      case 3:
        bytes.insert(at, bytes.substr(random.below(bytes.size()), random.below(24)));
        break;
      default:
        bytes[at] = kTelling[random.below(kTelling.size())];
        break;
    }
  }
  return bytes;
}

/// Feeds random pieces until the end or a final state; returns it and the bytes consumed (0 when
/// malformed: then they say only where llhttp looked last).
template <typename Parser>
std::pair<ParseState, size_t> feed_pieces(Parser& parser, std::string_view bytes, Random& random,
                                          size_t piece_max) {
  size_t consumed = 0;
  ParseState state = ParseState::kNeedMore;
  while (!bytes.empty() && state == ParseState::kNeedMore) {
    const std::string_view piece = bytes.substr(0, 1 + random.below(piece_max));
    // A copy of its own, so that a read past the piece is a read past an allocation.
    const std::string copy(piece);
    state = parser.feed(copy);
    BOOST_REQUIRE(parser.consumed() <= piece.size());
    if (state == ParseState::kNeedMore) {
      BOOST_REQUIRE(parser.consumed() == piece.size());
    }
    consumed += parser.consumed();
    bytes.remove_prefix(piece.size());
  }
  return {state, state == ParseState::kMalformed ? 0 : consumed};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parser_fuzz_test)

BOOST_AUTO_TEST_CASE(responses) {
  std::vector<ResponseCase> seeds = good_responses();
  for (const ResponseCase& c : bad_responses()) {
    seeds.push_back(c);
  }
  Random random(/*seed=*/20261121);
  const ResponseParser::Limits limits{.body_kept_max = 16, .header_bytes_max = 512};
  ResponseParser whole(limits);
  ResponseParser split(limits);
  std::array<int, 3> ends{};
  for (int round = 0; round < kRounds; ++round) {
    const ResponseCase& seed = seeds[random.below(seeds.size())];
    const std::string bytes = mutate(seed.bytes, random);
    const bool head = random.below(8) == 0;
    whole.start(head);
    split.start(head);
    const auto understood = feed_pieces(whole, bytes, random, SIZE_MAX >> 1);
    BOOST_REQUIRE(feed_pieces(split, bytes, random, 9) == understood);
    ParseState state = understood.first;
    ++ends[static_cast<size_t>(state)];
    if (state == ParseState::kNeedMore) {
      state = whole.finish();
      BOOST_REQUIRE(split.finish() == state);
    }
    BOOST_REQUIRE(state != ParseState::kNeedMore);
    BOOST_REQUIRE(whole.error().empty() == (state == ParseState::kComplete));
    BOOST_REQUIRE(whole.status() == split.status());
    BOOST_REQUIRE(whole.body() == split.body());
    BOOST_REQUIRE(whole.body_bytes() == split.body_bytes());
    BOOST_REQUIRE(whole.content_type() == split.content_type());
    BOOST_REQUIRE(whole.content_encoding() == split.content_encoding());
    BOOST_REQUIRE(whole.body().size() <= 16U);
  }
  for (const int count : ends) {
    BOOST_TEST(count > kRounds / 100);  // the mutations reach all three
  }
}

BOOST_AUTO_TEST_CASE(requests) {
  const std::vector<std::string> seeds = {
      "GET /a?b=c HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n",
      "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
      "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: u\r\n\r\n",
      "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
      "CONNECT h:80 HTTP/1.1\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  };
  Random random(/*seed=*/20261122);
  const RequestParser::Limits limits{.header_bytes_max = 512, .body_bytes_max = 16};
  RequestParser whole(limits);
  RequestParser split(limits);
  std::array<int, 3> ends{};
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = mutate(seeds[random.below(seeds.size())], random);
    whole.reset();
    split.reset();
    const auto understood = feed_pieces(whole, bytes, random, SIZE_MAX >> 1);
    BOOST_REQUIRE(feed_pieces(split, bytes, random, 9) == understood);
    ++ends[static_cast<size_t>(understood.first)];
    if (understood.first == ParseState::kComplete) {
      BOOST_REQUIRE(whole.request().method == split.request().method);
      BOOST_REQUIRE(whole.request().target == split.request().target);
      BOOST_REQUIRE((whole.request().headers == split.request().headers));
      BOOST_REQUIRE(whole.request().body == split.request().body);
      BOOST_REQUIRE(whole.request().body.size() <= 16U);
    } else if (understood.first == ParseState::kMalformed) {
      BOOST_REQUIRE(whole.error_status() == split.error_status());
      BOOST_REQUIRE(!whole.error().empty());
    }
  }
  for (const int count : ends) {
    BOOST_TEST(count > kRounds / 100);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::http::test
