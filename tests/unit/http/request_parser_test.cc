// SPDX-License-Identifier: MIT
//
// The request parser of our own servers: every split point, pipelining, limits, refusals.

#include "macaw/http/request_parser.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "parse_state_text.h"

namespace macaw::http::test {

struct RequestCase {
  std::string name;
  std::string bytes;
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  bool keep_alive = true;
};

static std::ostream& operator<<(std::ostream& out, const RequestCase& c) {
  return out << c.name;
}

struct RefusedCase {
  std::string name;
  std::string bytes;
  std::string error;
};

static std::ostream& operator<<(std::ostream& out, const RefusedCase& c) {
  return out << c.name;
}

namespace {

namespace data = boost::unit_test::data;

std::vector<RequestCase> good_requests() {
  return {
      {.name = "GET",
       .bytes = "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n",
       .target = "/a?b=c",
       .headers = {{"Host", "h"}}},
      {.name = "no headers", .bytes = "GET / HTTP/1.1\r\n\r\n"},
      {.name = "bytes that a URL should not hold",
       .bytes = "GET /\xc3\xa4|\"{}^`?q=<>\\ HTTP/1.1\r\nHost: h\r\n\r\n",
       .target = "/\xc3\xa4|\"{}^`?q=<>\\",
       .headers = {{"Host", "h"}}},
      {.name = "absolute form",
       .bytes = "GET http://h:1/a?b HTTP/1.1\r\nHost: h\r\n\r\n",
       .target = "http://h:1/a?b",
       .headers = {{"Host", "h"}}},
      {.name = "asterisk form",
       .bytes = "OPTIONS * HTTP/1.1\r\n\r\n",
       .method = "OPTIONS",
       .target = "*"},
      {.name = "POST with a length",
       .bytes = "POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
       .method = "POST",
       .target = "/p",
       .headers = {{"Content-Length", "5"}},
       .body = "hello"},
      {.name = "POST in chunks with a trailer",
       .bytes = "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n",
       .method = "POST",
       .target = "/p",
       .headers = {{"Transfer-Encoding", "chunked"}},
       .body = "abcde"},
      {.name = "Expect is a header like others",
       .bytes = "PUT /p HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
       .method = "PUT",
       .target = "/p",
       .headers = {{"Expect", "100-continue"}, {"Content-Length", "1"}},
       .body = "x"},
      {.name = "header twice, empty, in odd case",
       .bytes = "GET / HTTP/1.1\r\nA: 1\r\nB:\r\na: 2\r\n\r\n",
       .headers = {{"A", "1"}, {"B", ""}, {"a", "2"}}},
      {.name = "Connection: close",
       .bytes = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
       .headers = {{"Connection", "close"}},
       .keep_alive = false},
      {.name = "HTTP/1.0", .bytes = "GET / HTTP/1.0\r\n\r\n", .keep_alive = false},
      {.name = "HTTP/1.0 that stays",
       .bytes = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
       .headers = {{"Connection", "keep-alive"}}},
      {.name = "HEAD", .bytes = "HEAD / HTTP/1.1\r\n\r\n", .method = "HEAD"},
      {.name = "an Upgrade that we ignore",
       .bytes = "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
       .headers = {{"Connection", "Upgrade"}, {"Upgrade", "h2c"}}},
      {.name = "blank line first", .bytes = "\r\nGET / HTTP/1.1\r\n\r\n"},
      {.name = "a method with a hyphen",
       .bytes = "M-SEARCH / HTTP/1.1\r\n\r\n",
       .method = "M-SEARCH"},
  };
}

std::vector<RefusedCase> bad_requests() {
  return {
      {"not HTTP", "\x16\x03\x01\x02", "unknown method at byte 1: '\\x16"},
      {"unknown method", "FROB / HTTP/1.1\r\n\r\n", "unknown method at byte"},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2.0, expected HTTP/1.x"},
      {"HTTP/3", "GET / HTTP/3.0\r\n\r\n", "bad HTTP version"},
      {"blank in the target", "GET /a b HTTP/1.1\r\n\r\n", "not HTTP"},
      {"length with letters", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
       "bad Content-Length at byte 34: 'x"},
      {"length and chunks",
       "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "Transfer-Encoding"},
      {"chunks and length",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
       "together with Transfer-Encoding"},
      {"chunked, but not last",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", "Transfer-Encoding"},
      {"bad chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
       "bad chunk size at byte"},
      {"header without a colon", "GET / HTTP/1.1\r\nnonsense\r\n\r\n", "bad header at byte"},
  };
}

void check(const RequestCase& c, const RequestParser& parser) {
  const Request& request = parser.request();
  BOOST_TEST(request.method == c.method);
  BOOST_TEST(request.target == c.target);
  BOOST_TEST((request.headers == c.headers));
  BOOST_TEST(request.body == c.body);
  BOOST_TEST(request.keep_alive == c.keep_alive);
}

/// Feeds pieces cut at `step` bytes; what follows the request goes into the next one, as a server
/// does it.
template <typename OnRequest>
void feed_stream(std::string_view bytes, size_t step, const OnRequest& on_request) {
  RequestParser parser;
  for (size_t k = 0; k < bytes.size(); k += step) {
    std::string_view piece = bytes.substr(k, step);
    while (!piece.empty()) {
      const ParseState state = parser.feed(piece);
      BOOST_REQUIRE(state != ParseState::kMalformed);
      piece.remove_prefix(parser.consumed());
      if (state == ParseState::kComplete) {
        on_request(parser);
        parser.reset();
      } else {
        BOOST_REQUIRE(piece.empty());
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_parser_test)

BOOST_DATA_TEST_CASE(good_at_every_split, data::make(good_requests()), c) {
  const std::string_view bytes = c.bytes;
  RequestParser parser;
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    BOOST_TEST_CONTEXT("cut at " << cut) {
      parser.reset();
      const ParseState first = parser.feed(bytes.substr(0, cut));
      BOOST_TEST(first == (cut < bytes.size() ? ParseState::kNeedMore : ParseState::kComplete));
      BOOST_TEST(parser.consumed() == cut);
      if (cut < bytes.size()) {
        BOOST_TEST(parser.feed(bytes.substr(cut)) == ParseState::kComplete);
        BOOST_TEST(parser.consumed() == bytes.size() - cut);
      }
      check(c, parser);
    }
  }
}

BOOST_DATA_TEST_CASE(bad_at_every_split, data::make(bad_requests()), c) {
  const std::string_view bytes = c.bytes;
  RequestParser parser;
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    BOOST_TEST_CONTEXT("cut at " << cut) {
      parser.reset();
      parser.feed(bytes.substr(0, cut));
      BOOST_TEST(parser.feed(bytes.substr(cut)) == ParseState::kMalformed);
      BOOST_TEST(parser.error_status() == 400);
      BOOST_TEST(!parser.error().empty());
    }
  }
  parser.reset();
  parser.feed(bytes);
  BOOST_TEST(parser.error().find(c.error) != std::string_view::npos,
             "'" << parser.error() << "' does not say '" << c.error << "'");
}

BOOST_AUTO_TEST_CASE(pipelined_requests_come_out_one_by_one) {
  const std::vector<RequestCase> cases = good_requests();
  std::string stream;
  for (const RequestCase& c : cases) {
    stream += c.bytes;
  }
  for (size_t step = 1; step <= stream.size(); ++step) {
    size_t k = 0;
    feed_stream(stream, step, [&](const RequestParser& parser) {
      BOOST_REQUIRE(k < cases.size());
      check(cases[k], parser);
      ++k;
    });
    BOOST_TEST(k == cases.size());
  }
}

BOOST_AUTO_TEST_CASE(after_a_request_waits_for_reset) {
  RequestParser parser;
  BOOST_TEST(parser.feed("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n") ==
             ParseState::kComplete);
  BOOST_TEST(parser.consumed() == 19U);
  BOOST_TEST(parser.feed("GET /2 HTTP/1.1\r\n\r\n") == ParseState::kComplete);
  BOOST_TEST(parser.consumed() == 0U);
  BOOST_TEST(parser.request().target == "/1");
}

BOOST_AUTO_TEST_CASE(headers_are_limited_to_the_byte) {
  const auto request = [](size_t header_bytes) {
    const std::string begin = "GET / HTTP/1.1\r\nA: ";
    return begin + std::string(header_bytes - begin.size() - 4, 'x') + "\r\n\r\n";
  };
  RequestParser parser({.header_bytes_max = 64, .body_bytes_max = 10});
  BOOST_TEST(parser.feed(request(64)) == ParseState::kComplete);
  parser.reset();
  BOOST_TEST(parser.feed(request(65)) == ParseState::kMalformed);
  BOOST_TEST(parser.error_status() == 431);
  BOOST_TEST(parser.error() == "headers are longer than 64 bytes");
  parser.reset();
  BOOST_TEST(parser.feed(request(64)) == ParseState::kComplete);
}

BOOST_AUTO_TEST_CASE(bodies_are_limited_to_the_byte) {
  RequestParser parser({.header_bytes_max = 1000, .body_bytes_max = 10});
  const std::string fits = "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789";
  BOOST_TEST(parser.feed(fits) == ParseState::kComplete);
  parser.reset();
  // Refused at the headers: the body need not arrive first.
  BOOST_TEST(parser.feed("POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n") ==
             ParseState::kMalformed);
  BOOST_TEST(parser.error_status() == 413);
  BOOST_TEST(parser.error() == "the body is longer than 10 bytes");
  parser.reset();
  const std::string chunked =
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n";
  BOOST_TEST(parser.feed(chunked + "4\r\n6789\r\n0\r\n\r\n") == ParseState::kComplete);
  parser.reset();
  BOOST_TEST(parser.feed(chunked + "5\r\n6789x\r\n0\r\n\r\n") == ParseState::kMalformed);
  BOOST_TEST(parser.error_status() == 413);
  parser.reset();
  BOOST_TEST(parser.feed(fits) == ParseState::kComplete);
}

BOOST_AUTO_TEST_CASE(request_is_taken_apart) {
  Request request;
  request.headers = {{"Accept", "a"}, {"accept", "b"}, {"Empty", ""}};
  BOOST_TEST(request.header("ACCEPT") == "a");
  BOOST_TEST(request.header("empty") == "");
  BOOST_TEST(request.header("missing") == "");
  const auto parts = [&request](const char* target) {
    request.target = target;
    return std::string(request.path()) + " " + std::string(request.query());
  };
  BOOST_TEST(parts("/a/b?c=d?e") == "/a/b c=d?e");
  BOOST_TEST(parts("/a") == "/a ");
  BOOST_TEST(parts("/?") == "/ ");
  BOOST_TEST(parts("http://host:9/a?b") == "/a b");
  BOOST_TEST(parts("http://host") == "/ ");
  BOOST_TEST(parts("*") == "* ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::http::test
