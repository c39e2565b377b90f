// SPDX-License-Identifier: MIT

#include <boost/test/unit_test.hpp>
#include <optional>

#include "macaw/server/http_server.h"
#include "server_fixture.h"

namespace macaw::server {
namespace {

using test::ServerFixture;
using test::StreamRecorder;
using Requests = std::vector<std::string>;

BOOST_FIXTURE_TEST_SUITE(server_test, ServerFixture)

BOOST_AUTO_TEST_CASE(answers_on_a_kept_connection) {
  start();
  const auto client = connect();
  for (int round = 0; round < 3; ++round) {
    send(*client, "GET /a?b=%20c HTTP/1.1\r\nHost: h\r\n\r\n");
    expect(*client, answer("GET /a?b=%20c"));
  }
  send(*client, "POST /p HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody");
  expect(*client, answer("POST /p body"));
  BOOST_TEST(server->connections() == 1U);
  client->stream->close();
  run_until([&] { return server->connections() == 0; });
}

// Two requests in one stream of bytes, cut in two at each place: the answers never change.
BOOST_AUTO_TEST_CASE(a_pipelined_pair_split_anywhere) {
  start();
  const std::string pair =
      "POST /one HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nfirst"
      "GET /two HTTP/1.1\r\nHost: h\r\nX-Long: 0123456789\r\n\r\n";
  const auto client = connect();
  for (size_t split = 0; split <= pair.size(); ++split) {
    send(*client, std::string_view(pair).substr(0, split));
    settle(3);
    send(*client, std::string_view(pair).substr(split));
    expect(*client, answer("POST /one first") + answer("GET /two"));
  }
  BOOST_TEST(requests.size() == 2 * (pair.size() + 1));
}

BOOST_AUTO_TEST_CASE(late_answers_go_out_in_the_order_of_the_requests) {
  std::vector<Responder> waiting;
  handler = [&](const http::Request&, Responder responder) { waiting.push_back(responder); };
  start();
  const auto client = connect();
  send(*client,
       "GET /0 HTTP/1.1\r\n\r\nGET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"
       "GET /3 HTTP/1.1\r\n\r\n");
  run_until([&] { return waiting.size() == 4; });
  waiting[2].send({.body = "two"});
  waiting[1].send({.body = "one"});
  settle();
  BOOST_TEST(client->received.empty());
  BOOST_TEST(waiting[0].connected());
  waiting[0].send({.body = "zero"});
  BOOST_TEST(!waiting[0].connected());
  expect(*client, answer("zero") + answer("one") + answer("two"));
  waiting[3].send({.body = "three"});
  expect(*client, answer("three"));
  BOOST_TEST(waiting[0].connection_id() == 1U);
  BOOST_TEST(waiting[3].connection_id() == 1U);
}

BOOST_AUTO_TEST_CASE(connections_have_ids_of_their_own) {
  std::vector<uint64_t> ids;
  handler = [&](const http::Request&, Responder responder) {
    ids.push_back(responder.connection_id());
    responder.send({});
  };
  start();
  for (int round = 0; round < 3; ++round) {
    const auto client = connect();
    send(*client, "GET / HTTP/1.1\r\n\r\n");
    expect(*client, answer(""));
    client->stream->close();
    run_until([&] { return server->connections() == 0; });
  }
  BOOST_TEST(ids == (std::vector<uint64_t>{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(head_gets_the_header_of_get) {
  start({.server_name = "test/1"});
  const auto client = connect();
  send(*client, "HEAD /x HTTP/1.1\r\n\r\nHEAD /y HTTP/1.1\r\n\r\n");
  const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 7\r\n"
      "Server: test/1\r\nConnection: keep-alive\r\n\r\n";
  expect(*client, head + head);
}

BOOST_AUTO_TEST_CASE(all_parts_of_a_response) {
  handler = [](const http::Request&, Responder responder) {
    responder.send({.status = 503,
                    .content_type = "application/json",
                    .extra_headers = "Retry-After: 1\r\n",
                    .body = "{}"});
  };
  start({.server_name = "test/1"});
  const auto client = connect();
  send(*client, "GET / HTTP/1.1\r\n\r\n");
  expect(
      *client,
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
      "Content-Length: 2\r\nRetry-After: 1\r\nServer: test/1\r\nConnection: keep-alive\r\n\r\n{}");
}

BOOST_AUTO_TEST_CASE(the_client_ends_the_connection_with_its_request) {
  start();
  for (const std::string request :
       {"GET /a HTTP/1.1\r\nConnection: close\r\n\r\n", "GET /a HTTP/1.0\r\n\r\n"}) {
    requests.clear();
    const auto client = connect();
    send(*client, request + "GET /never HTTP/1.1\r\n\r\n");
    expect(*client, answer("GET /a", /*keep_alive=*/false));
    expect_end(*client);
    client->stream->close();
    run_until([&] { return server->connections() == 0; });
    BOOST_TEST(requests == Requests{"GET /a"}, boost::test_tools::per_element());
  }
}

// What was pipelined behind the last answer gets none, not even one that was ready.
BOOST_AUTO_TEST_CASE(the_server_ends_the_connection_with_its_answer) {
  std::vector<Responder> waiting;
  handler = [&](const http::Request&, Responder responder) { waiting.push_back(responder); };
  start();
  const auto client = connect();
  send(*client, "GET /0 HTTP/1.1\r\n\r\nGET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
  run_until([&] { return waiting.size() == 3; });
  waiting[1].send({.body = "lost"});
  waiting[0].send({.body = "last", .close = true});
  BOOST_TEST(!waiting[2].connected());
  waiting[2].send({.body = "lost too"});
  expect(*client, answer("last", /*keep_alive=*/false));
  expect_end(*client);
}

BOOST_AUTO_TEST_CASE(a_connection_serves_no_more_requests_than_allowed) {
  start({.requests_per_connection = 2});
  for (int round = 0; round < 2; ++round) {
    requests.clear();
    const auto client = connect();
    send(*client, "GET /0 HTTP/1.1\r\n\r\nGET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
    expect(*client, answer("GET /0") + answer("GET /1", /*keep_alive=*/false));
    expect_end(*client);
    BOOST_TEST(requests == (Requests{"GET /0", "GET /1"}), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_half_closed_client_gets_all_its_answers) {
  std::vector<Responder> waiting;
  handler = [&](const http::Request&, Responder responder) { waiting.push_back(responder); };
  start();
  const auto client = connect();
  send(*client, "GET /0 HTTP/1.1\r\n\r\nGET /1 HTTP/1.1\r\n\r\nGET /incomplete HTT");
  client->stream->end_writing();
  run_until([&] { return waiting.size() == 2; });
  settle();
  BOOST_TEST(server->connections() == 1U);
  waiting[0].send({.body = "zero"});
  settle();
  waiting[1].send({.body = "one"});
  expect(*client, answer("zero") + answer("one"));
  expect_end(*client);
  run_until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(responders_outlive_their_connection_and_the_server) {
  std::vector<Responder> waiting;
  handler = [&](const http::Request&, Responder responder) { waiting.push_back(responder); };
  start();
  const auto client = connect();
  send(*client, "GET /0 HTTP/1.1\r\n\r\nGET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
  run_until([&] { return waiting.size() == 3; });
  client->stream->close(/*reset=*/true);
  run_until([&] { return server->connections() == 0; });
  BOOST_TEST(!waiting[0].connected());
  waiting[0].send({.body = "too late"});
  waiting[1].begin_stream(200, "text/plain");
  BOOST_TEST(!waiting[1].send_chunk("too late"));
  waiting[1].end();
  waiting[2].abort(/*reset=*/true);

  // A slot that has found another client is not disturbed by them.
  const auto second = connect();
  send(*second, "GET /3 HTTP/1.1\r\n\r\n");
  run_until([&] { return waiting.size() == 4; });
  waiting[2].send({.body = "not for you"});
  waiting[3].send({.body = "three"});
  expect(*second, answer("three"));

  send(*second, "GET /4 HTTP/1.1\r\n\r\n");
  run_until([&] { return waiting.size() == 5; });
  server.reset();
  BOOST_TEST(!waiting[4].connected());
  waiting[4].send({.body = "too late"});
}

BOOST_AUTO_TEST_CASE(a_responder_dropped_without_an_answer_leaves_silence) {
  handler = [](const http::Request& request, Responder responder) {
    if (request.target != "/silent") {
      responder.send({.body = "x"});
    }
  };
  start();
  const auto client = connect();
  send(*client, "GET /a HTTP/1.1\r\n\r\nGET /silent HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
  expect(*client, answer("x"));
  settle();
  BOOST_TEST(client->received.empty());
  BOOST_TEST(server->connections() == 1U);
  client->stream->close();  // an orderly end: no answer can come, so the server closes too
  run_until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(dropped_after_the_client_has_ended) {
  std::optional<Responder> waiting;
  handler = [&](const http::Request&, Responder responder) { waiting = std::move(responder); };
  start();
  const auto client = connect();
  send(*client, "GET / HTTP/1.1\r\n\r\n");
  client->stream->end_writing();
  run_until([&] { return waiting.has_value(); });
  settle();
  BOOST_TEST(server->connections() == 1U);
  waiting.reset();
  run_until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(abort_breaks_the_connection) {
  bool reset = false;
  handler = [&](const http::Request&, Responder responder) { responder.abort(reset); };
  start();
  for (const int expected : {0, ECONNRESET}) {
    reset = expected != 0;
    const auto client = connect();
    send(*client, "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
    run_until([&] { return client->events.size() > 1; });
    BOOST_TEST(client->events.back() == fmt::format("ended {}", expected));
    BOOST_TEST(client->received.empty());
  }
  BOOST_TEST(requests == (Requests{"GET /a", "GET /a"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(closed_inside_its_own_handler) {
  handler = [&](const http::Request& request, Responder responder) {
    if (request.target == "/close") {
      server->close();
      BOOST_TEST(!responder.connected());
    }
    responder.send({.body = "x"});
  };
  start();
  const auto other = connect();
  const auto client = connect();
  send(*client, "GET /a HTTP/1.1\r\n\r\nGET /close HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
  run_until([&] { return client->events.size() > 1 && other->events.size() > 1; });
  run_until([&] { return server->connections() == 0; });
  BOOST_TEST(server->port() == 0);
  BOOST_TEST(requests == (Requests{"GET /a", "GET /close"}), boost::test_tools::per_element());
  BOOST_REQUIRE(server->listen("127.0.0.1", 0).ok());
  const auto again = connect();
  send(*again, "GET /c HTTP/1.1\r\n\r\n");
  expect(*again, answer("x"));
}

BOOST_AUTO_TEST_CASE(listening_on_a_busy_port_is_an_error) {
  start();
  HttpServer second(loop, {}, [](const http::Request&, Responder) {});
  BOOST_TEST(!second.listen("127.0.0.1", server->port()).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::server
