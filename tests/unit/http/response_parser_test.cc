// SPDX-License-Identifier: MIT
//
// The response parser over the corpus: however the bytes are split, the same is understood.

#include "macaw/http/response_parser.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "parse_state_text.h"
#include "response_corpus.h"

namespace macaw::http::test {

static std::ostream& operator<<(std::ostream& out, const ResponseCase& c) {
  return out << c.name;
}

namespace {

namespace data = boost::unit_test::data;

/// Feeds pieces as a connection would, what follows the response included.
class Feeder {
 public:
  Feeder(ResponseParser& parser, const ResponseCase& c) : parser_(parser), case_(c) {
    parser_.start(c.head);
  }

  void feed(std::string_view bytes) {
    state_ = parser_.feed(bytes);
    consumed_ += parser_.consumed();
    if (state_ == ParseState::kNeedMore) {
      BOOST_TEST(parser_.consumed() == bytes.size());
    }
  }

  void check() {
    if (case_.closes) {
      state_ = parser_.finish();
    }
    BOOST_TEST(state_ == case_.state);
    BOOST_TEST(parser_.status() == case_.status);
    BOOST_TEST(parser_.body() == case_.body);
    BOOST_TEST(parser_.body_bytes() == case_.body.size());
    BOOST_TEST(parser_.started() == !case_.bytes.empty());
    if (case_.state == ParseState::kComplete) {
      BOOST_TEST(parser_.content_type() == case_.content_type);
      BOOST_TEST(parser_.content_encoding() == case_.content_encoding);
      BOOST_TEST(parser_.keep_alive() == case_.keep_alive);
      BOOST_TEST(consumed_ == case_.bytes.size() - case_.junk);
      BOOST_TEST(parser_.error() == "");
    } else {
      BOOST_TEST(!parser_.keep_alive());
      BOOST_TEST(parser_.error().find(case_.error) != std::string_view::npos,
                 "'" << parser_.error() << "' does not say '" << case_.error << "'");
      BOOST_TEST(parser_.error().find('\n') == std::string_view::npos);
    }
  }

 private:
  ResponseParser& parser_;
  const ResponseCase& case_;
  ParseState state_ = ParseState::kNeedMore;
  size_t consumed_ = 0;
};

void check_whole(ResponseParser& parser, const ResponseCase& c) {
  Feeder feeder(parser, c);
  feeder.feed(c.bytes);
  feeder.check();
}

/// One parser for all of them, as on a keep-alive connection: nothing may leak from one response
/// into the next.
void check_every_split(const ResponseCase& c) {
  ResponseParser parser;
  check_whole(parser, c);
  const std::string_view bytes = c.bytes;
  {
    Feeder feeder(parser, c);
    for (size_t k = 0; k < bytes.size(); ++k) {
      feeder.feed(bytes.substr(k, 1));
    }
    feeder.check();
  }
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    BOOST_TEST_CONTEXT("cut at " << cut) {
      Feeder feeder(parser, c);
      feeder.feed(bytes.substr(0, cut));
      feeder.feed(bytes.substr(cut));
      feeder.check();
    }
  }
  check_whole(parser, c);
}

std::string padded_headers(size_t header_bytes) {
  const std::string begin = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX: ";
  const std::string end = "\r\n\r\n";
  return begin + std::string(header_bytes - begin.size() - end.size(), 'p') + end;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(response_parser_test)

BOOST_DATA_TEST_CASE(good_at_every_split, data::make(good_responses()), c) {
  check_every_split(c);
}

BOOST_DATA_TEST_CASE(bad_at_every_split, data::make(bad_responses()), c) {
  check_every_split(c);
}

BOOST_AUTO_TEST_CASE(corpus_is_large_enough) {
  BOOST_TEST(good_responses().size() + bad_responses().size() >= 80U);
}

BOOST_AUTO_TEST_CASE(needs_more_until_the_last_byte) {
  for (const ResponseCase& c : good_responses()) {
    if (c.closes) {
      continue;
    }
    BOOST_TEST_CONTEXT(c.name) {
      const std::string_view own = std::string_view(c.bytes).substr(0, c.bytes.size() - c.junk);
      ResponseParser parser;
      parser.start(c.head);
      BOOST_TEST(parser.feed(own.substr(0, own.size() - 1)) == ParseState::kNeedMore);
      BOOST_TEST(parser.feed(own.substr(own.size() - 1)) == ParseState::kComplete);
    }
  }
}

BOOST_AUTO_TEST_CASE(header_limit_falls_on_the_same_byte) {
  constexpr size_t kLimit = 100;
  const std::string fits = padded_headers(kLimit) + "x";
  const std::string too_long = padded_headers(kLimit + 1) + "x";
  ResponseParser parser({.body_kept_max = 10, .header_bytes_max = kLimit});
  for (size_t cut = 0; cut <= fits.size(); ++cut) {
    BOOST_TEST_CONTEXT("cut at " << cut) {
      parser.start(false);
      parser.feed(std::string_view(fits).substr(0, cut));
      BOOST_TEST(parser.feed(std::string_view(fits).substr(cut)) == ParseState::kComplete);
      BOOST_TEST(parser.body() == "x");

      parser.start(false);
      parser.feed(std::string_view(too_long).substr(0, cut));
      BOOST_TEST(parser.feed(std::string_view(too_long).substr(cut)) == ParseState::kMalformed);
      BOOST_TEST(parser.error() == "headers are longer than 100 bytes");
    }
  }
}

BOOST_AUTO_TEST_CASE(header_limit_counts_interim_responses) {
  ResponseParser parser({.body_kept_max = 10, .header_bytes_max = 100});
  parser.start(false);
  ParseState state = ParseState::kNeedMore;
  size_t fed = 0;
  while (state == ParseState::kNeedMore && fed < 10) {
    state = parser.feed("HTTP/1.1 100 Continue\r\n\r\n");
    ++fed;
  }
  BOOST_TEST(state == ParseState::kMalformed);
  BOOST_TEST(fed == 5U);
}

BOOST_AUTO_TEST_CASE(trailers_are_limited_too) {
  ResponseParser parser({.body_kept_max = 10, .header_bytes_max = 100});
  parser.start(false);
  BOOST_TEST(parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n") ==
             ParseState::kNeedMore);
  BOOST_TEST(parser.feed("A: " + std::string(100, 'x') + "\r\n\r\n") == ParseState::kMalformed);
  BOOST_TEST(parser.error() == "trailers are longer than 100 bytes");
}

BOOST_AUTO_TEST_CASE(keeps_the_first_bytes_of_a_body_and_counts_all) {
  std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
  for (int k = 0; k < 100; ++k) {
    bytes += "0123456789";
  }
  ResponseParser parser({.body_kept_max = 15, .header_bytes_max = 1000});
  for (const size_t step : {size_t{1}, size_t{7}, bytes.size()}) {
    parser.start(false);
    ParseState state = ParseState::kNeedMore;
    for (size_t k = 0; k < bytes.size(); k += step) {
      state = parser.feed(std::string_view(bytes).substr(k, step));
    }
    BOOST_TEST(state == ParseState::kComplete);
    BOOST_TEST(parser.body() == "012345678901234");
    BOOST_TEST(parser.body_bytes() == 1000U);
  }
}

BOOST_AUTO_TEST_CASE(keeps_no_body_if_told_so) {
  ResponseParser parser({.body_kept_max = 0, .header_bytes_max = 1000});
  parser.start(false);
  BOOST_TEST(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc") ==
             ParseState::kComplete);
  BOOST_TEST(parser.body() == "");
  BOOST_TEST(parser.body_bytes() == 3U);
}

BOOST_AUTO_TEST_CASE(session_headers_are_kept_where_they_are_wanted) {
  const std::string answer =
      "HTTP/1.1 103 Early Hints\r\nLocation: /early\r\nSet-Cookie: e=1\r\n\r\n"
      "HTTP/1.1 302 Found\r\nset-cookie: a=1; Path=/\r\nLocation: /next?" +
      std::string(3000, 'q') +
      "\r\nSet-Cookie: b=2\r\nSet-Cookie2: no\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\nSet-Cookie: trailer=1\r\n\r\n";
  for (const size_t step : {size_t{1}, size_t{7}, answer.size()}) {
    ResponseParser parser(ResponseParser::Limits{.session_headers = true});
    parser.start(/*head_request=*/false);
    for (size_t at = 0; at < answer.size(); at += step) {
      parser.feed(std::string_view(answer).substr(at, step));
    }
    BOOST_TEST(parser.location() == "/next?" + std::string(3000, 'q'));
    BOOST_TEST(parser.set_cookies() == "a=1; Path=/\nb=2\n");
    parser.start(/*head_request=*/false);
    BOOST_TEST(parser.location().empty());
    BOOST_TEST(parser.set_cookies().empty());
  }
  ResponseParser parser;
  parser.start(/*head_request=*/false);
  parser.feed(answer);
  BOOST_TEST(parser.status() == 302);
  BOOST_TEST(parser.location().empty());
  BOOST_TEST(parser.set_cookies().empty());
}

BOOST_AUTO_TEST_CASE(a_long_content_type_is_cut) {
  ResponseParser parser;
  parser.start(false);
  parser.feed("HTTP/1.1 204 No Content\r\nContent-Type: " + std::string(300, 't') + "\r\n\r\n");
  BOOST_TEST(parser.content_type() == std::string(128, 't'));
}

BOOST_AUTO_TEST_CASE(foreign_protocol_is_named) {
  ResponseParser parser;
  parser.start(false);
  BOOST_TEST(parser.feed("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n") == ParseState::kMalformed);
  BOOST_TEST(parser.error() == "not HTTP: starts with 'SSH-2.0-OpenSSH_9.2p1 Debian-2\\x0d\\x0a'");
}

BOOST_AUTO_TEST_CASE(junk_in_a_later_read_ends_the_connection) {
  ResponseParser parser;
  parser.start(false);
  BOOST_TEST(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == ParseState::kComplete);
  BOOST_TEST(parser.keep_alive());
  BOOST_TEST(parser.feed("HTTP/1.1 500 Oops\r\n") == ParseState::kComplete);
  BOOST_TEST(parser.consumed() == 0U);
  BOOST_TEST(parser.status() == 200);
  BOOST_TEST(!parser.keep_alive());
}

BOOST_AUTO_TEST_CASE(stays_malformed_until_started_again) {
  ResponseParser parser;
  parser.start(false);
  BOOST_TEST(parser.feed("nonsense") == ParseState::kMalformed);
  BOOST_TEST(parser.feed("HTTP/1.1 204 No Content\r\n\r\n") == ParseState::kMalformed);
  BOOST_TEST(parser.finish() == ParseState::kMalformed);
  parser.start(false);
  BOOST_TEST(parser.feed("HTTP/1.1 204 No Content\r\n\r\n") == ParseState::kComplete);
}

BOOST_AUTO_TEST_CASE(knows_nothing_before_the_first_byte) {
  ResponseParser parser;
  parser.start(false);
  BOOST_TEST(!parser.started());
  BOOST_TEST(parser.status() == 0);
  BOOST_TEST(parser.feed("") == ParseState::kNeedMore);
  BOOST_TEST(!parser.started());
  BOOST_TEST(parser.feed("H") == ParseState::kNeedMore);
  BOOST_TEST(parser.started());
}

BOOST_AUTO_TEST_CASE(can_be_moved_in_mid_response) {
  ResponseParser first;
  first.start(false);
  first.feed("HTTP/1.1 200 OK\r\nContent-Le");
  ResponseParser second = std::move(first);
  BOOST_TEST(second.feed("ngth: 2\r\n\r\nok") == ParseState::kComplete);
  BOOST_TEST(second.body() == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::http::test
