// SPDX-License-Identifier: MIT
//
// What clients must not be able to do to an H2ServerSession: make it hold much, make it work long,
// or make it believe nonsense.

#include <boost/test/unit_test.hpp>

#include "h2_sessions.h"
#include "macaw/http/h2_server.h"

using macaw::http::H2ServerSession;
using macaw::http::Request;
using macaw::test::get_request;
using macaw::test::payload_of;
using macaw::test::post_head;
using macaw::test::ServerSession;
namespace h2 = macaw::test::h2;

namespace {

/// The error of the goodbye, when there was one and the session is over; else a text that says so.
std::string goodbye_of(ServerSession& server) {
  const std::string payload = payload_of(server.frames(), h2::kGoaway);
  if (payload.size() < 8 || !server.session.is_over()) {
    return "the session goes on";
  }
  return std::string(macaw::http::h2_error_name(static_cast<unsigned char>(payload[7])));
}

std::string repeated(const std::string& frame, size_t times) {
  std::string bytes;
  for (size_t k = 0; k < times; ++k) {
    bytes += frame;
  }
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(h2_server_hostile_test)

BOOST_AUTO_TEST_CASE(what_is_no_http2) {
  const std::string cases[] = {
      "GET / HTTP/1.1\r\n\r\n",
      std::string(h2::kPreface) + h2::data(1, "x"),                   // before any settings
      std::string(h2::kPreface) + h2::settings() + h2::data(0, "x"),  // of no stream
      std::string(h2::kPreface) + h2::settings() + get_request(2),    // the server's number
      std::string(h2::kPreface) + h2::settings() + h2::settings("abc"),
      std::string(h2::kPreface) + h2::settings() + h2::frame(h2::kPushPromise, 4, 1, "\0\0\0\2"),
  };
  for (const std::string& bytes : cases) {
    ServerSession server;
    server.session.feed(bytes);
    const std::string error = goodbye_of(server);
    BOOST_TEST((error == "PROTOCOL_ERROR" || error == "FRAME_SIZE_ERROR"), error);
    BOOST_TEST(server.recorder.told.empty());
    server.session.feed(get_request(1));  // nothing is heard any more
    BOOST_TEST(server.recorder.told.empty());
  }
}

BOOST_AUTO_TEST_CASE(requests_that_are_none) {
  using List = std::vector<std::pair<std::string, std::string>>;
  const List cases[] = {
      {{":method", "GET"}, {":scheme", "http"}, {":authority", "h"}},  // no path
      {{":method", "GET"}, {":scheme", "http"}, {":path", "/a b"}, {":authority", "h"}},
      {{":method", "GET"},
       {":scheme", "http"},
       {":path", "/"},
       {":authority", "h"},
       {"x", "a\r\nb: c"}},
      {{":method", "G T"}, {":scheme", "http"}, {":path", "/"}, {":authority", "h"}},
      {{":method", "GET"},
       {":scheme", "http"},
       {":path", "/"},
       {":authority", "h"},
       {"Upper", "1"}},
      {{":method", "GET"},
       {":scheme", "http"},
       {":path", "/"},
       {":authority", "h"},
       {"connection", "close"}},
  };
  for (const List& list : cases) {
    ServerSession server;
    server.shake_hands();
    server.session.feed(h2::headers(1, list, /*end_stream=*/true) + get_request(3));
    BOOST_TEST(payload_of(server.frames(), h2::kRstStream) == h2::number(1));  // PROTOCOL_ERROR
    BOOST_REQUIRE(server.recorder.told.size() == 1U);                          // the one after it
    BOOST_TEST(server.recorder.told[0].starts_with("3 "));
  }
}

BOOST_AUTO_TEST_CASE(connect_is_not_served) {
  ServerSession server;
  server.shake_hands();
  server.session.feed(h2::headers(1, {{":method", "CONNECT"}, {":authority", "h:1"}},
                                  /*end_stream=*/true));
  BOOST_TEST(payload_of(server.frames(), h2::kData) == "CONNECT is not served\n");
  BOOST_TEST(server.recorder.told.empty());
}

BOOST_AUTO_TEST_CASE(a_head_that_is_too_long) {
  ServerSession server({.limits = {.header_bytes_max = 1000}});
  server.shake_hands();
  server.session.feed(h2::headers(1,
                                  {{":method", "GET"},
                                   {":scheme", "http"},
                                   {":path", "/"},
                                   {":authority", "h"},
                                   {"x", std::string(1000, 'x')}},
                                  /*end_stream=*/true));
  BOOST_TEST(payload_of(server.frames(), h2::kData) == "the head is too long\n");
  BOOST_TEST(server.recorder.told.empty());
  BOOST_TEST(!server.session.is_over());
}

BOOST_AUTO_TEST_CASE(a_body_that_says_it_is_too_long) {
  ServerSession server({.limits = {.body_bytes_max = 10}});
  server.shake_hands();
  server.session.feed(h2::headers(1, {{":method", "POST"},
                                      {":scheme", "http"},
                                      {":path", "/"},
                                      {":authority", "h"},
                                      {"content-length", "11"}}));
  BOOST_TEST(payload_of(server.frames(), h2::kData) == "the body is too long\n");
}

/// A few bytes that stand for a large field, many times.
BOOST_AUTO_TEST_CASE(a_bomb_of_header_fields) {
  ServerSession server;
  server.shake_hands();
  std::string block =
      h2::fields({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "h"}});
  // Literal with indexing: the field stands first in the dynamic table from now on.
  block += '\x40' + h2::field("x", std::string(3000, 'x')).substr(1);
  block += std::string(10'000, '\xBE');  // index 62, its first entry
  server.session.feed(h2::frame(h2::kHeaders, h2::kEndHeaders | h2::kEndStream, 1, block));
  BOOST_TEST(goodbye_of(server) == "ENHANCE_YOUR_CALM");
  BOOST_TEST(server.recorder.told.empty());
}

BOOST_AUTO_TEST_CASE(a_head_without_end) {
  ServerSession server;
  server.shake_hands();
  server.session.feed(h2::frame(h2::kHeaders, 0, 1, h2::field(":method", "GET")) +
                      repeated(h2::frame(h2::kContinuation, 0, 1, ""), 1000));
  BOOST_TEST(server.session.is_over() == false);  // its goodbye is to be taken
  BOOST_TEST(goodbye_of(server) != "the session goes on");
}

BOOST_AUTO_TEST_CASE(floods_of_control_frames) {
  const std::string floods[] = {
      repeated(h2::frame(h2::kPing, 0, 0, "12345678"), 2000),
      repeated(h2::settings(), 2000),
      h2::settings(repeated(h2::setting(4, 100), 100)),
  };
  for (const std::string& flood : floods) {
    ServerSession server;
    server.shake_hands();
    server.session.feed(flood);
    BOOST_TEST(goodbye_of(server) != "the session goes on");
  }
}

/// A request and its reset, over and over: what is taken back in one breath is not even told.
BOOST_AUTO_TEST_CASE(a_flood_of_resets) {
  ServerSession server;
  server.shake_hands();
  bool over = false;
  uint32_t stream = 1;
  for (int round = 0; round < 40 && !over; ++round) {
    std::string bytes;
    for (int k = 0; k < 1000; ++k, stream += 2) {
      bytes += get_request(stream) + h2::rst(stream, 8);
    }
    server.session.feed(bytes);
    over = goodbye_of(server) != "the session goes on";
  }
  BOOST_TEST(over);
  BOOST_TEST(server.recorder.told.empty());
}

BOOST_AUTO_TEST_CASE(more_streams_than_are_allowed) {
  ServerSession server({.streams_max = 2});
  server.session.feed(std::string(h2::kPreface) + h2::settings() + get_request(1) + get_request(3) +
                      get_request(5));
  BOOST_TEST(payload_of(server.frames(), h2::kRstStream) == h2::number(h2::kRefusedStream));
  BOOST_TEST(server.recorder.told.size() == 2U);
}

/// A client that gives no window gets no more answers than are worth a megabyte.
BOOST_AUTO_TEST_CASE(answers_that_nobody_takes) {
  ServerSession server;
  server.shake_hands(h2::setting(4, 0));
  const std::string body(300'000, 'x');
  server.recorder.handler = [&](int32_t stream, const Request&) {
    server.session.answer(stream, {.body = body});
  };
  for (uint32_t stream = 1; stream < 100; stream += 2) {
    server.session.feed(get_request(stream));
    server.frames();
  }
  BOOST_TEST(server.recorder.told.size() == 4U);
  BOOST_TEST(server.session.output_bytes() == 4 * body.size());
  BOOST_TEST(!server.session.can_go_on());
  // The window opens, for one stream.
  server.session.feed(h2::frame(h2::kWindowUpdate, 0, 1, h2::number(1'000'000)) +
                      h2::frame(h2::kWindowUpdate, 0, 0, h2::number(1'000'000)));
  server.frames();
  BOOST_TEST(server.session.can_go_on());
  server.session.go_on();
  BOOST_TEST(server.recorder.told.size() == 5U);
}

/// Bodies that never end: one too many is refused, the others may go on.
BOOST_AUTO_TEST_CASE(bodies_that_never_end) {
  ServerSession server;
  server.shake_hands();
  const std::string piece(16'384, 'x');
  std::vector<h2::Frame> frames;
  size_t fed = 0;
  for (uint32_t stream = 1; stream <= 5; stream += 2) {
    server.session.feed(post_head(stream));
  }
  while (payload_of(frames, h2::kRstStream) == "none" && fed < 64'000'000) {
    for (uint32_t stream = 1; stream <= 5; stream += 2) {
      server.session.feed(h2::data(stream, piece, /*end_stream=*/false));
      fed += piece.size();
    }
    frames = server.frames();
  }
  BOOST_TEST(payload_of(frames, h2::kRstStream) == h2::number(h2::kRefusedStream));
  BOOST_TEST(fed <= H2ServerSession::kRequestsBytesMax + 3 * piece.size());
  server.session.feed(h2::data(1, "", /*end_stream=*/true));
  BOOST_TEST(server.recorder.told.size() == 1U);
}

/// Answers to control frames that the client does not read: the owner is told to wait.
BOOST_AUTO_TEST_CASE(control_frames_that_wait) {
  ServerSession server;
  server.shake_hands();
  for (int round = 0; round < 3 && !server.session.is_full(); ++round) {
    std::string bytes;
    for (uint32_t k = 0; k < 500; ++k) {
      const uint32_t stream = 1 + 2 * (500 * static_cast<uint32_t>(round) + k);
      bytes += h2::headers(stream, {{":method", "GET"}}, /*end_stream=*/true);  // malformed
    }
    server.session.feed(bytes);
  }
  BOOST_TEST(server.session.is_full());
  server.frames();
  BOOST_TEST(!server.session.is_full());
}

BOOST_AUTO_TEST_SUITE_END()
