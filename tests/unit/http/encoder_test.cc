// SPDX-License-Identifier: MIT
//
// What goes onto the wire, byte by byte.

#include <array>
#include <boost/test/unit_test.hpp>

#include "macaw/http/request_encoder.h"
#include "macaw/http/request_parser.h"
#include "parse_state_text.h"

namespace macaw::http::test {
namespace {

std::string encoded(const RequestView& request) {
  std::string out;
  encode_request(request, out);
  return out;
}

std::string encoded(const ResponseView& response) {
  std::string out;
  encode_response(response, out);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(encoder_test)

BOOST_AUTO_TEST_CASE(plain_get) {
  BOOST_TEST(encoded({.target = "/js/recommendations?a=%20b&c", .host = "seldon-server"}) ==
             "GET /js/recommendations?a=%20b&c HTTP/1.1\r\n"
             "Host: seldon-server\r\n"
             "User-Agent: macaw\r\n"
             "Accept: */*\r\n"
             "\r\n");
}

BOOST_AUTO_TEST_CASE(given_headers_keep_their_order_and_replace_ours) {
  const std::array<HeaderView, 4> headers = {
      {{"X-One", "1"}, {"HOST", "other:81"}, {"accept", "a/b"}, {"user-AGENT", "me"}}};
  BOOST_TEST(
      encoded({.host = "h", .headers = headers}) ==
      "GET / HTTP/1.1\r\nX-One: 1\r\nHOST: other:81\r\naccept: a/b\r\nuser-AGENT: me\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(body_has_a_length) {
  const std::array<HeaderView, 1> headers = {{{"Content-Type", "application/json"}}};
  BOOST_TEST(encoded({.method = "POST",
                      .target = "/p",
                      .host = "h",
                      .headers = headers,
                      .body = "{\"a\":1}"}) ==
             "POST /p HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
             "User-Agent: macaw\r\nAccept: */*\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
}

BOOST_AUTO_TEST_CASE(empty_body_has_a_length_where_one_is_expected) {
  for (const char* const method : {"POST", "PUT", "PATCH"}) {
    BOOST_TEST(encoded({.method = method, .host = "h"}) ==
               std::string(method) +
                   " / HTTP/1.1\r\nHost: h\r\nUser-Agent: macaw\r\nAccept: */*\r\n"
                   "Content-Length: 0\r\n\r\n");
  }
  for (const char* const method : {"GET", "DELETE", "HEAD", "OPTIONS"}) {
    BOOST_TEST(encoded({.method = method, .host = "h"}) ==
               std::string(method) +
                   " / HTTP/1.1\r\nHost: h\r\nUser-Agent: macaw\r\nAccept: */*\r\n\r\n");
  }
}

BOOST_AUTO_TEST_CASE(body_that_the_headers_frame_gets_no_length) {
  const std::array<HeaderView, 1> chunked = {{{"Transfer-Encoding", "chunked"}}};
  const std::array<HeaderView, 1> length = {{{"content-length", "3"}}};
  BOOST_TEST(encoded({.method = "POST", .host = "h", .headers = chunked, .body = "0\r\n\r\n"})
                 .find("Content-Length") == std::string::npos);
  BOOST_TEST(encoded({.method = "POST", .host = "h", .headers = length, .body = "abc"}) ==
             "POST / HTTP/1.1\r\nHost: h\r\ncontent-length: 3\r\nUser-Agent: macaw\r\n"
             "Accept: */*\r\n\r\nabc");
}

BOOST_AUTO_TEST_CASE(close_is_said_once) {
  BOOST_TEST(encoded({.host = "h", .close = true}) ==
             "GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: macaw\r\nAccept: */*\r\n"
             "Connection: close\r\n\r\n");
  const std::array<HeaderView, 1> headers = {{{"connection", "Close"}}};
  BOOST_TEST(encoded({.host = "h", .headers = headers, .close = true}) ==
             "GET / HTTP/1.1\r\nHost: h\r\nconnection: Close\r\nUser-Agent: macaw\r\n"
             "Accept: */*\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(query_without_a_path_gets_its_slash) {
  BOOST_TEST(encoded({.target = "?a=b", .host = "h"}).starts_with("GET /?a=b HTTP/1.1\r\n"));
  BOOST_TEST(encoded({.target = "", .host = "h"}).starts_with("GET / HTTP/1.1\r\n"));
}

BOOST_AUTO_TEST_CASE(appends) {
  std::string out = "before";
  encode_request({.host = "h"}, out);
  BOOST_TEST(out.starts_with("beforeGET / "));
}

BOOST_AUTO_TEST_CASE(what_we_encode_our_parser_understands) {
  const std::array<HeaderView, 2> headers = {{{"A", "1"}, {"B", ""}}};
  const std::string bytes = encoded(
      {.method = "PUT", .target = "/x?y", .host = "h:1", .headers = headers, .body = "body"});
  RequestParser parser;
  BOOST_REQUIRE(parser.feed(bytes) == ParseState::kComplete);
  BOOST_TEST(parser.consumed() == bytes.size());
  BOOST_TEST(parser.request().method == "PUT");
  BOOST_TEST(parser.request().target == "/x?y");
  BOOST_TEST(parser.request().header("host") == "h:1");
  BOOST_TEST(parser.request().body == "body");
}

BOOST_AUTO_TEST_CASE(response) {
  BOOST_TEST(encoded({.content_type = "text/plain", .body = "hello"}) ==
             "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
             "Connection: keep-alive\r\n\r\nhello");
  BOOST_TEST(
      encoded(
          {.status = 404, .extra_headers = "Retry-After: 1\r\nX: y\r\n", .keep_alive = false}) ==
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nRetry-After: 1\r\nX: y\r\n"
      "Connection: close\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(response_to_head_has_the_length_only) {
  BOOST_TEST(encoded({.body = "hello", .head = true}) ==
             "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(response_without_a_body_has_no_length) {
  BOOST_TEST(encoded({.status = 204, .body = "never"}) ==
             "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
  BOOST_TEST(encoded({.status = 304}) ==
             "HTTP/1.1 304 Not Modified\r\nConnection: keep-alive\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(reason_phrases) {
  BOOST_TEST(encoded({.status = 503}).starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
  BOOST_TEST(encoded({.status = 599}).starts_with("HTTP/1.1 599 \r\n"));
  BOOST_TEST(encoded({.status = 700}).starts_with("HTTP/1.1 700 \r\n"));
}

BOOST_AUTO_TEST_CASE(every_response_is_understood_by_our_parser) {
  for (int status = 200; status < 600; ++status) {
    const std::string bytes = encoded({.status = status, .content_type = "a/b", .body = "x"});
    ResponseParser parser;
    parser.start(false);
    BOOST_TEST_CONTEXT(bytes) {
      BOOST_TEST(parser.feed(bytes) == ParseState::kComplete);
      BOOST_TEST(parser.consumed() == bytes.size());
      BOOST_TEST(parser.status() == status);
      BOOST_TEST(parser.keep_alive());
    }
  }
}

BOOST_AUTO_TEST_CASE(header_lookup_and_validity) {
  const std::array<HeaderView, 2> headers = {{{"Content-Type", "x"}, {"A", ""}}};
  BOOST_TEST(has_header(headers, "content-TYPE"));
  BOOST_TEST(has_header(headers, "a"));
  BOOST_TEST(!has_header(headers, "content-typ"));
  BOOST_TEST(!has_header({}, ""));
  // '@' and '`', '[' and '{' differ by the bit that letters differ by.
  BOOST_TEST(!equals_ignoring_case("@[", "`{"));
  BOOST_TEST(equals_ignoring_case("", ""));
  BOOST_TEST(is_header_name("X-Request_ID.2!"));
  for (const std::string_view bad : {"", "A B", "A:", "A\r", "\xc3\xa4", "(a)", "a/b"}) {
    BOOST_TEST(!is_header_name(bad), bad);
  }
  BOOST_TEST(is_header_value(""));
  BOOST_TEST(is_header_value("a\tb caf\xe9"));
  BOOST_TEST(!is_header_value("a\rb"));
  BOOST_TEST(!is_header_value("a\nb"));
  BOOST_TEST(!is_header_value(std::string_view("a\0b", 3)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::http::test
