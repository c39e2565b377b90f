// SPDX-License-Identifier: MIT
//
// An HttpServer and raw clients on one loop.
// Thread: the test's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/server/http_server.h"
#include "stream_recorder.h"

namespace macaw::test {

struct ServerFixture : LoopFixture {
  /// Answers each request with "METHOD target [body]" unless the test sets another handler first.
  void start(server::HttpServerOptions options = {}) {
    server = std::make_unique<server::HttpServer>(
        loop, std::move(options),
        [this](const http::Request& request, server::Responder responder) {
          requests.push_back(request.method + " " + request.target +
                             (request.body.empty() ? "" : " " + request.body));
          if (handler) {
            handler(request, std::move(responder));
          } else {
            responder.send({.body = requests.back()});
          }
        });
    BOOST_REQUIRE(server->listen("127.0.0.1", 0).ok());
  }

  std::unique_ptr<StreamRecorder> connect() {
    auto client = std::make_unique<StreamRecorder>(loop);
    BOOST_REQUIRE(client->stream->connect(net::resolve("127.0.0.1", server->port())->front()) == 0);
    run_until([&] { return client->saw("connected 0"); });
    return client;
  }

  /// Small enough to go out at once.
  static void send(StreamRecorder& client, std::string_view bytes) {
    int error = 0;
    BOOST_REQUIRE(client.stream->write(bytes, &error) == net::Stream::WriteState::kDone);
  }

  void expect(StreamRecorder& client, const std::string& bytes) {
    run_until([&] { return client.received.size() >= bytes.size() || client.events.size() > 1; },
              bytes);
    BOOST_TEST(client.received == bytes);
    client.received.clear();
  }

  /// The server has closed its side, without an error.
  void expect_end(StreamRecorder& client) {
    run_until([&] { return client.events.size() > 1; }, "the end of the connection");
    BOOST_TEST(client.events.back() == "ended 0");
  }

  static std::string answer(std::string_view body, bool keep_alive = true, int status = 200,
                            std::string_view reason = "OK") {
    return fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n"
        "Connection: {}\r\n\r\n{}",
        status, reason, body.size(), keep_alive ? "keep-alive" : "close", body);
  }

  std::unique_ptr<server::HttpServer> server;
  server::HttpServer::Handler handler;
  std::vector<std::string> requests;
};

}  // namespace macaw::test
