// SPDX-License-Identifier: MIT
//
// HttpServer over HTTP/2: the same handlers, over streams of one connection. Told apart from
// HTTP/1.1 by its first bytes. What the session does without a socket is in
// tests/unit/http/h2_server_test.cc.

#include <boost/test/unit_test.hpp>
#include <optional>

#include "http2_client.h"
#include "macaw/server/http_server.h"
#include "server_fixture.h"
#include "support/h2_script.h"

namespace macaw::server {
namespace {

using test::Http2Answer;
using test::Http2Client;
using test::StreamRecorder;
namespace h2 = test::h2;

constexpr size_t kWindowsWorth = 1024 * 1024;
const std::string kGet = "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n";

struct Http2Fixture : test::ServerFixture {
  std::unique_ptr<Http2Client> connect_http2() {
    return std::make_unique<Http2Client>(*this, connect());
  }

  /// Keeps the Responder, so that the test answers.
  void keep_responders() {
    handler = [this](const http::Request&, Responder responder) {
      responders.push_back(std::move(responder));
    };
  }

  std::vector<Responder> responders;
};

/// The payload of the first frame of a type that the server has sent.
std::optional<std::string> find_frame(std::string bytes, uint8_t type) {
  while (const auto frame = h2::take_frame(bytes)) {
    if (frame->type == type) {
      return frame->payload;
    }
  }
  return std::nullopt;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(server_http2_test, Http2Fixture)

BOOST_AUTO_TEST_CASE(requests_and_answers) {
  start({.server_name = "macaw"});
  const auto client = connect_http2();
  const Http2Answer& answer = client->ask("POST /a?b HTTP/1.1\r\nHost: h\r\n\r\nbody");
  BOOST_TEST(answer.end == "ended");
  BOOST_TEST(answer.body == "POST /a?b body");
  BOOST_TEST(answer.field(":status") == "200");
  BOOST_TEST(answer.field("server") == "macaw");
  BOOST_TEST(answer.field("content-length") == "14");
  BOOST_TEST(answer.field("connection").empty());
  BOOST_TEST(client->ask(kGet).body == "GET /a?b");
  BOOST_TEST(server->connections() == 1U);
}

/// The same connection slot serves either, whatever was spoken on it before.
BOOST_AUTO_TEST_CASE(both_protocols_on_one_port) {
  start();
  for (int round = 0; round < 3; ++round) {
    {
      const auto client = connect_http2();
      BOOST_TEST(client->ask(kGet).body == "GET /a?b");
    }
    run_until([&] { return server->connections() == 0; });
    const auto client = connect();
    send(*client, "PRIX / HTTP/1.1\r\n\r\n");
    run_until([&] { return client->received.find("400") != std::string::npos; });
    client->stream->close();
    const auto other = connect();
    send(*other, "PUT /x HTTP/1.1\r\nHost: h\r\n\r\n");
    expect(*other, answer("PUT /x"));
    other->stream->close();
    run_until([&] { return server->connections() == 0; });
  }
}

BOOST_AUTO_TEST_CASE(the_preface_byte_by_byte) {
  start();
  const auto client = connect();
  const std::string bytes =
      std::string(h2::kPreface) + h2::settings() +
      h2::headers(
          1, {{":method", "GET"}, {":scheme", "http"}, {":path", "/p"}, {":authority", "h"}}, true);
  for (const char byte : bytes) {
    send(*client, std::string(1, byte));
    settle(2);
  }
  run_until([&] { return find_frame(client->received, h2::kData).has_value(); });
  BOOST_TEST(*find_frame(client->received, h2::kData) == "GET /p");
  BOOST_TEST(requests.size() == 1U);
}

/// The first bytes of "POST" are those of the preface, and may come alone.
BOOST_AUTO_TEST_CASE(http1_byte_by_byte) {
  start();
  const auto client = connect();
  for (const char byte : std::string_view("PRI / HTTP/1.1\r\nHost: h\r\n\r\n")) {
    send(*client, std::string(1, byte));
    settle(2);
  }
  run_until([&] { return !client->received.empty(); });
  BOOST_TEST(client->received.starts_with("HTTP/1.1 400 "));
}

BOOST_AUTO_TEST_CASE(a_client_that_ends_within_the_preface) {
  start();
  const auto client = connect();
  send(*client, "PRI * HT");
  BOOST_TEST(client->stream->end_writing() == 0);
  expect_end(*client);
  client->stream->close();
  run_until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(http2_can_be_forbidden) {
  start({.http2 = false});
  const auto client = connect();
  send(*client, std::string(h2::kPreface));
  expect_end(*client);
  BOOST_TEST(client->received.starts_with("HTTP/1.1 "));
}

BOOST_AUTO_TEST_CASE(answers_in_any_order) {
  keep_responders();
  start();
  const auto client = connect_http2();
  Http2Answer& first = client->submit(kGet);
  Http2Answer& second = client->submit(kGet);
  run_until([&] { return responders.size() == 2; });
  BOOST_TEST(responders[0].connection_id() == responders[1].connection_id());
  responders[1].send({.body = "b"});
  BOOST_TEST(!responders[1].connected());
  run_until([&] { return !second.end.empty(); });
  BOOST_TEST(first.head.empty());
  responders[0].send({.status = 503, .body = "a"});
  run_until([&] { return !first.end.empty(); });
  BOOST_TEST(first.field(":status") == "503");
}

BOOST_AUTO_TEST_CASE(streams_and_trailers) {
  keep_responders();
  start({.server_name = "macaw"});
  const auto client = connect_http2();
  Http2Answer& streamed = client->submit(kGet);
  run_until([&] { return responders.size() == 1; });
  responders[0].begin_stream(200, "application/grpc", "X-A: 1\r\n");
  for (size_t k = 1; k <= 3; ++k) {
    BOOST_TEST(responders[0].send_chunk("piece "));
    run_until([&] { return streamed.pieces == k; });
  }
  responders[0].end({{"grpc-status", "0"}});
  run_until([&] { return !streamed.end.empty(); });
  BOOST_TEST(streamed.body == "piece piece piece ");
  BOOST_TEST(streamed.trailers == "grpc-status: 0\n");
  BOOST_TEST(streamed.field("x-a") == "1");
  BOOST_TEST(streamed.field("server") == "macaw");

  Http2Answer& sent = client->submit(kGet);
  run_until([&] { return responders.size() == 2; });
  responders[1].send({.body = "whole", .trailers = {{"x-sum", "5"}}});
  run_until([&] { return !sent.end.empty(); });
  BOOST_TEST(sent.body == "whole");
  BOOST_TEST(sent.trailers == "x-sum: 5\n");
}

BOOST_AUTO_TEST_CASE(trailers_of_http1) {
  handler = [](const http::Request&, Responder responder) {
    responder.begin_stream(200, "a/b");
    responder.send_chunk("x");
    responder.end({{"x-sum", "1"}});
  };
  start();
  const auto client = connect();
  send(*client, "GET / HTTP/1.1\r\n\r\n");
  run_until([&] { return client->received.ends_with("1\r\nx\r\n0\r\nx-sum: 1\r\n\r\n"); });
}

/// What breaks one stream leaves the others alone.
BOOST_AUTO_TEST_CASE(aborts_are_the_streams_own) {
  keep_responders();
  start();
  const auto client = connect_http2();
  std::vector<Http2Answer*> answers;
  for (size_t k = 0; k < 4; ++k) {
    answers.push_back(&client->submit(kGet));
  }
  run_until([&] { return responders.size() == 4; });
  responders[0].abort(/*reset=*/true);
  responders[1].abort(/*reset=*/false);
  responders[2].begin_stream(200, "a/b");
  responders.erase(responders.begin() + 2);  // its last copy goes amidst the answer
  run_until([&] { return !answers[2]->end.empty(); });
  BOOST_TEST(answers[0]->end == "the server reset the stream (INTERNAL_ERROR)");
  BOOST_TEST(answers[1]->end == "the server reset the stream (CANCEL)");
  BOOST_TEST(answers[2]->end == "the server reset the stream (INTERNAL_ERROR)");
  responders[2].send({.body = "d"});
  run_until([&] { return !answers[3]->end.empty(); });
  BOOST_TEST(answers[3]->body == "d");
}

BOOST_AUTO_TEST_CASE(a_client_that_gives_up_a_stream) {
  keep_responders();
  start();
  const auto client = connect_http2();
  Http2Answer& answer = client->submit(kGet);
  run_until([&] { return responders.size() == 1; });
  client->cancel(answer);
  run_until([&] { return !responders[0].connected(); });
  responders[0].send({.body = "late"});
  Http2Answer& second = client->submit(kGet);
  run_until([&] { return responders.size() == 2; });
  responders[1].send({.body = "x"});
  run_until([&] { return !second.end.empty(); });
  BOOST_TEST(second.body == "x");
}

BOOST_AUTO_TEST_CASE(no_answer_is_no_answer) {
  keep_responders();
  start();
  const auto client = connect_http2();
  Http2Answer& silent = client->submit(kGet);
  run_until([&] { return responders.size() == 1; });
  responders.clear();
  handler = {};
  BOOST_TEST(client->ask(kGet).body == "GET /a?b");
  BOOST_TEST(silent.end.empty());
  client->cancel(silent);
  BOOST_TEST(client->ask(kGet).body == "GET /a?b");
}

BOOST_AUTO_TEST_CASE(so_many_requests_per_connection) {
  start({.requests_per_connection = 3});
  const auto client = connect_http2();
  for (int k = 0; k < 3; ++k) {
    BOOST_TEST(client->takes_requests());
    BOOST_TEST(client->ask(kGet).end == "ended");
  }
  run_until([&] { return client->is_over() && client->stream().saw("ended 0"); });
  client->stream().stream->close();
  run_until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(an_answer_that_closes) {
  handler = [](const http::Request&, Responder responder) {
    responder.send({.body = "bye", .close = true});
  };
  start();
  const auto client = connect_http2();
  BOOST_TEST(client->ask(kGet).body == "bye");
  run_until([&] { return client->is_over() && client->stream().saw("ended 0"); });
}

BOOST_AUTO_TEST_CASE(large_bodies_both_ways) {
  const std::string body(5 * kWindowsWorth, 'x');
  size_t came = 0;
  handler = [&](const http::Request& request, Responder responder) {
    came = request.body.size();
    responder.send({.body = body});
  };
  start();
  const auto client = connect_http2();
  for (int round = 0; round < 2; ++round) {
    const Http2Answer& answer = client->ask("POST / HTTP/1.1\r\nHost: h\r\n\r\n" + body);
    BOOST_TEST(answer.body.size() == body.size());
    BOOST_TEST(came == body.size());
  }
}

/// A client that ends its side still gets its answer; one that leaves is noticed.
BOOST_AUTO_TEST_CASE(half_closed_and_gone) {
  keep_responders();
  start();
  const auto client = connect_http2();
  Http2Answer& answer = client->submit(kGet);
  run_until([&] { return responders.size() == 1; });
  BOOST_TEST(client->stream().stream->end_writing() == 0);
  settle();
  responders[0].send({.body = "x"});
  run_until([&] { return !answer.end.empty(); });
  BOOST_TEST(answer.body == "x");
  run_until([&] { return server->connections() == 0; });

  const auto other = connect_http2();
  other->submit(kGet);
  run_until([&] { return responders.size() == 2; });
  other->stream().stream->close(/*reset=*/true);
  run_until([&] { return !responders[1].connected(); });
  run_until([&] { return server->connections() == 0; });
}

/// A client that gives no window: its stream is given up, and only that.
BOOST_AUTO_TEST_CASE(a_stream_that_nobody_takes) {
  keep_responders();
  start();
  const auto client = connect();
  send(*client,
       std::string(h2::kPreface) + h2::settings(h2::setting(4, 0)) +
           h2::headers(
               1, {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "h"}},
               /*end_stream=*/true));
  run_until([&] { return responders.size() == 1; });
  responders[0].begin_stream(200, "a/b");
  const std::string piece(100'000, 'x');
  size_t sent = 0;
  while (sent < 10 * kWindowsWorth && responders[0].send_chunk(piece)) {
    sent += piece.size();
  }
  BOOST_TEST(sent < 2 * kWindowsWorth);
  BOOST_TEST(!responders[0].connected());
  run_until([&] { return find_frame(client->received, h2::kRstStream).has_value(); });
  BOOST_TEST(server->connections() == 1U);
}

BOOST_AUTO_TEST_CASE(a_breach_ends_the_connection_with_a_goodbye) {
  start();
  const auto client = connect();
  send(*client, std::string(h2::kPreface) + h2::settings() + h2::data(0, "x"));
  expect_end(*client);
  const auto goodbye = find_frame(client->received, h2::kGoaway);
  BOOST_REQUIRE(goodbye.has_value());
  BOOST_TEST(goodbye->substr(4, 4) == h2::number(1));
  client->stream->close();
  run_until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(a_handler_may_close_the_server) {
  handler = [this](const http::Request&, Responder responder) {
    server->close();
    responder.send({.body = "late"});
  };
  start();
  const auto client = connect_http2();
  client->submit(kGet);
  client->submit(kGet);
  run_until([&] { return server->connections() == 0; });
  BOOST_TEST(requests.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::server
