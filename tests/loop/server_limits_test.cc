// SPDX-License-Identifier: MIT
//
// What clients must not be able to do to a server.

#include <boost/test/unit_test.hpp>

#include "macaw/server/http_server.h"
#include "server_fixture.h"

namespace macaw::server {
namespace {

using net::Stream;
using test::ServerFixture;
using test::StreamRecorder;

constexpr size_t kMegabyte = 1024 * 1024;

BOOST_FIXTURE_TEST_SUITE(server_limits_test, ServerFixture)

BOOST_AUTO_TEST_CASE(malformed_requests_are_answered_and_end_the_connection) {
  HttpServerOptions options;
  options.limits = {.header_bytes_max = 1000, .body_bytes_max = 100};
  start(options);
  const std::string long_name(2000, 'x');

  const struct {
    std::string request;
    std::string status_line;
  } cases[] = {
      {"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
      {"GET /a HTTP/1.1\r\nbad header\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
      {"GET /" + long_name + " HTTP/1.1\r\n\r\n",
       "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
      {"POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n", "HTTP/1.1 413 Content Too Large\r\n"},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" + std::string(128, 'x'),
       "HTTP/1.1 413 Content Too Large\r\n"},
  };

  for (const auto& bad : cases) {
    requests.clear();
    const auto client = connect();
    send(*client, "GET /good HTTP/1.1\r\n\r\n" + bad.request);
    expect_end(*client);
    const std::string good = answer("GET /good");
    BOOST_TEST(client->received.starts_with(good));
    client->received.erase(0, good.size());
    BOOST_TEST(client->received.starts_with(bad.status_line), client->received);
    BOOST_TEST(client->received.find("Connection: close\r\n") != std::string::npos);
    BOOST_TEST(client->received.ends_with("\n"));
    BOOST_TEST(requests.size() == 1U);
    client->stream->close();
    run_until([&] { return server->connections() == 0; });
  }
}

// The answer to a request that is too large must not be destroyed by a reset that the kernel sends
// for what the client is still sending.
BOOST_AUTO_TEST_CASE(an_early_answer_survives_a_client_that_still_sends) {
  HttpServerOptions options;
  options.limits.body_bytes_max = 100;
  start(options);
  const auto client = connect();
  const std::string upload =
      "POST / HTTP/1.1\r\nContent-Length: 8388608\r\n\r\n" + std::string(8 * kMegabyte, 'x');
  int error = 0;
  BOOST_CHECK(client->stream->write(upload, &error) != Stream::WriteState::kFailed);
  run_until([&] { return client->saw("ended 0") && client->saw("drained"); });
  BOOST_TEST(client->received.starts_with("HTTP/1.1 413 "));
  BOOST_TEST(server->connections() == 1U);
  client->stream->close();
  run_until([&] { return server->connections() == 0; });
}

// A client that never ends its side is let go after a while.
BOOST_AUTO_TEST_CASE(lingering_ends) {
  start();
  const auto client = connect();
  send(*client, "GET / HTTP/1.0\r\n\r\n");
  expect_end(*client);
  BOOST_TEST(server->connections() == 1U);
  run_until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(large_bodies_both_ways) {
  const std::string answer_body(5 * kMegabyte, 'a');
  size_t body_size = 0;
  handler = [&](const http::Request& request, Responder responder) {
    body_size = request.body.size();
    responder.send({.body = answer_body});
  };
  start();
  const auto client = connect();
  const std::string request =
      "POST / HTTP/1.1\r\nContent-Length: 5242880\r\n\r\n" + std::string(5 * kMegabyte, 'x');
  const std::string expected = answer(answer_body);
  for (int round = 0; round < 2; ++round) {
    int error = 0;
    BOOST_CHECK(client->stream->write(request, &error) != Stream::WriteState::kFailed);
    run_until([&] { return client->received.size() >= expected.size(); });
    BOOST_TEST((client->received == expected));
    client->received.clear();
    BOOST_TEST(body_size == 5 * kMegabyte);
  }
}

// Answers that nobody reads pile up to a bound; then the server stops reading, and goes on when
// the client does.
BOOST_AUTO_TEST_CASE(a_client_that_never_reads_is_no_longer_served) {
  const std::string body(100'000, 'a');
  handler = [&](const http::Request&, Responder responder) { responder.send({.body = body}); };
  start();
  const auto client = connect();
  client->stream->pause_reading();
  constexpr size_t kRequests = 500;  // 50 MB of answers, far beyond what sockets buffer
  std::string pipeline;
  for (size_t k = 0; k < kRequests; ++k) {
    pipeline.append("GET / HTTP/1.1\r\n\r\n");
  }
  send(*client, pipeline);
  settle(1000);
  const size_t served = requests.size();
  BOOST_TEST(served < kRequests / 2);
  settle(1000);
  BOOST_TEST(requests.size() == served);

  client->stream->resume_reading();
  const size_t expected = kRequests * answer(body).size();
  run_until([&] { return client->received.size() >= expected; });
  BOOST_TEST(client->received.size() == expected);
  BOOST_TEST(requests.size() == kRequests);
}

// The same bound in requests, for answers that come late.
BOOST_AUTO_TEST_CASE(pipelines_are_bounded) {
  std::vector<Responder> waiting;
  handler = [&](const http::Request&, Responder responder) { waiting.push_back(responder); };
  start();
  const auto client = connect();
  constexpr size_t kRequests = 1000;
  std::string pipeline;
  std::string expected;
  for (size_t k = 0; k < kRequests; ++k) {
    pipeline.append(fmt::format("GET /{} HTTP/1.1\r\n\r\n", k));
    expected.append(answer(fmt::format("{}", k)));
  }
  send(*client, pipeline);
  settle(20);
  BOOST_TEST(waiting.size() == 64U);
  for (size_t k = 0; k < kRequests; ++k) {
    run_until([&] { return waiting.size() > k; });
    const size_t before = waiting.size();
    waiting[k].send({.body = fmt::format("{}", k)});
    BOOST_TEST(waiting.size() == before);  // the handler is never called from inside send()
  }
  expect(*client, expected);
}

BOOST_AUTO_TEST_CASE(a_paused_pipeline_of_a_half_closed_client_is_served_to_its_end) {
  std::vector<Responder> waiting;
  handler = [&](const http::Request&, Responder responder) { waiting.push_back(responder); };
  start();
  const auto client = connect();
  std::string pipeline;
  for (size_t k = 0; k < 200; ++k) {
    pipeline.append("GET / HTTP/1.1\r\n\r\n");
  }
  send(*client, pipeline);
  client->stream->end_writing();
  for (size_t k = 0; k < 200; ++k) {
    run_until([&] { return waiting.size() > k; });
    waiting[k].send({});
  }
  expect_end(*client);
  BOOST_TEST(client->received.size() == 200 * answer("").size());
}

BOOST_AUTO_TEST_CASE(connections_beyond_the_limit_are_reset) {
  start({.connections_max = 2});
  auto first = connect();
  auto second = connect();
  settle();
  StreamRecorder third(loop);
  BOOST_REQUIRE(third.stream->connect(net::resolve("127.0.0.1", server->port())->front()) == 0);
  run_until([&] {
    return third.saw(fmt::format("ended {}", ECONNRESET)) ||
           third.saw(fmt::format("connected {}", ECONNRESET));
  });
  BOOST_TEST(server->connections() == 2U);
  first->stream->close();
  run_until([&] { return server->connections() == 1; });
  const auto fourth = connect();
  send(*fourth, "GET /4 HTTP/1.1\r\n\r\n");
  expect(*fourth, answer("GET /4"));
}

BOOST_AUTO_TEST_CASE(a_client_that_breaks_off_in_mid_request) {
  start();
  for (const bool reset : {false, true}) {
    const auto client = connect();
    send(*client, "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n123");
    settle();
    client->stream->close(reset);
    run_until([&] { return server->connections() == 0; });
  }
  BOOST_TEST(requests.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::server
