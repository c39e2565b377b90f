// SPDX-License-Identifier: MIT
//
// Streaming answers.

#include <boost/test/unit_test.hpp>
#include <optional>

#include "macaw/server/http_server.h"
#include "server_fixture.h"

namespace macaw::server {
namespace {

using test::ServerFixture;
using test::StreamRecorder;

const std::string kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n";

struct StreamingFixture : ServerFixture {
  StreamingFixture() {
    handler = [this](const http::Request&, Responder responder) {
      waiting.push_back(std::move(responder));
    };
    start();
  }

  Responder& next_request(StreamRecorder& client, std::string_view bytes) {
    const size_t before = waiting.size();
    send(client, bytes);
    run_until([&] { return waiting.size() > before; });
    return waiting[before];
  }

  std::vector<Responder> waiting;
};

BOOST_FIXTURE_TEST_SUITE(server_stream_test, StreamingFixture)

BOOST_AUTO_TEST_CASE(chunks_arrive_one_by_one_and_the_connection_lives_on) {
  const auto client = connect();
  for (int round = 0; round < 2; ++round) {
    Responder responder = next_request(*client, "GET / HTTP/1.1\r\n\r\n");
    responder.begin_stream(200, "text/event-stream", "Cache-Control: no-store\r\n");
    expect(*client, kHead);
    BOOST_TEST(responder.send_chunk("data: 1\n\n"));
    expect(*client, "9\r\ndata: 1\n\n\r\n");
    BOOST_TEST(responder.send_chunk(""));  // would end the answer on the wire
    BOOST_TEST(responder.send_chunk(std::string(16, 'x')));
    expect(*client, "10\r\nxxxxxxxxxxxxxxxx\r\n");
    BOOST_TEST(responder.connected());
    responder.end();
    expect(*client, "0\r\n\r\n");
    BOOST_TEST(!responder.connected());
  }
}

BOOST_AUTO_TEST_CASE(a_stream_waits_for_its_turn) {
  const auto client = connect();
  next_request(*client, "GET /0 HTTP/1.1\r\n\r\n");
  next_request(*client, "GET /1 HTTP/1.1\r\n\r\n");
  next_request(*client, "GET /2 HTTP/1.1\r\n\r\n");
  waiting[1].begin_stream(200, "text/event-stream", "Cache-Control: no-store\r\n");
  waiting[1].send_chunk("one");
  waiting[2].send({.body = "two"});
  settle();
  BOOST_TEST(client->received.empty());
  waiting[0].send({.body = "zero"});
  expect(*client, answer("zero") + kHead + "3\r\none\r\n");
  waiting[1].end();
  expect(*client, "0\r\n\r\n" + answer("two"));
}

BOOST_AUTO_TEST_CASE(a_client_of_http_1_0_gets_no_chunks) {
  const auto client = connect();
  Responder responder = next_request(*client, "GET / HTTP/1.0\r\n\r\n");
  responder.begin_stream(200, "text/plain");
  responder.send_chunk("abc");
  responder.end();
  expect(*client, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nabc");
  expect_end(*client);
}

BOOST_AUTO_TEST_CASE(head_gets_no_chunks) {
  const auto client = connect();
  Responder responder = next_request(*client, "HEAD / HTTP/1.1\r\n\r\n");
  responder.begin_stream(200, "text/event-stream", "Cache-Control: no-store\r\n");
  BOOST_TEST(responder.send_chunk("abc"));
  responder.end();
  Responder second = next_request(*client, "GET / HTTP/1.1\r\n\r\n");
  second.send({.body = "x"});
  expect(*client, kHead + answer("x"));
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_loses_its_stream) {
  const auto client = connect();
  Responder responder = next_request(*client, "GET / HTTP/1.1\r\n\r\n");
  client->stream->pause_reading();
  responder.begin_stream(200, "text/event-stream");
  const std::string chunk(10'000, 'x');
  size_t sent = 0;
  constexpr size_t kFarTooMuch = 10'000;  // 100 MB; sockets buffer a few
  while (sent < kFarTooMuch && responder.send_chunk(chunk)) {
    ++sent;
  }
  BOOST_TEST(sent < kFarTooMuch);
  BOOST_TEST(sent >= 100U);
  BOOST_TEST(!responder.connected());
  BOOST_TEST(!responder.send_chunk(chunk));
  run_until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(a_client_that_has_gone_is_noticed) {
  const auto client = connect();
  Responder responder = next_request(*client, "GET / HTTP/1.1\r\n\r\n");
  responder.begin_stream(200, "text/event-stream");
  client->stream->close();
  run_until([&] { return !responder.send_chunk("data: tick\n\n"); });
  BOOST_TEST(!responder.connected());
  responder.end();
}

// Without its end, what has come must not look like a whole answer.
BOOST_AUTO_TEST_CASE(a_stream_dropped_without_end_is_reset) {
  const auto client = connect();
  next_request(*client, "GET / HTTP/1.1\r\n\r\n");
  waiting[0].begin_stream(200, "text/plain");
  waiting[0].send_chunk("abc");
  waiting.clear();
  run_until([&] { return client->events.size() > 1; });
  BOOST_TEST(client->events.back() == fmt::format("ended {}", ECONNRESET));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::server
