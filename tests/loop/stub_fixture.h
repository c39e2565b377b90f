// SPDX-License-Identifier: MIT
//
// A stub and its clients on one loop.
// Thread: the test's.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "macaw/http/response_parser.h"
#include "macaw/stub/seldon_stub.h"
#include "stream_recorder.h"

namespace macaw::test {

struct StubAnswer {
  int status = 0;
  std::string type;
  std::string body;
  std::string head;
};

struct StubFixture : LoopFixture {
  void start(macaw::stub::StubOptions options) {
    stub = std::make_unique<macaw::stub::SeldonStub>(loop, std::move(options));
    const Status status = stub->start();
    BOOST_REQUIRE(status.ok());
  }

  std::unique_ptr<StreamRecorder> connect() {
    auto client = std::make_unique<StreamRecorder>(loop);
    BOOST_REQUIRE(client->stream->connect(net::resolve("127.0.0.1", stub->port())->front()) == 0);
    run_until([&] { return client->saw("connected 0"); });
    return client;
  }

  static void send(StreamRecorder& client, const std::string& target,
                   const std::string& headers = "") {
    const std::string bytes = "GET " + target + " HTTP/1.1\r\nHost: stub\r\n" + headers + "\r\n";
    int error = 0;
    BOOST_REQUIRE(client.stream->write(bytes, &error) == net::Stream::WriteState::kDone);
  }

  /// Any bytes, also more than the socket takes at once.
  void send_all(StreamRecorder& client, const std::string& bytes) {
    const size_t drains = client.events.size();
    int error = 0;
    const auto state = client.stream->write(bytes, &error);
    BOOST_REQUIRE(state != net::Stream::WriteState::kFailed);
    if (state == net::Stream::WriteState::kPending) {
      run_until([&] { return client.events.size() > drains; });
      BOOST_REQUIRE(client.events.back() == "drained");
    }
  }

  /// Takes the next answer out of what has come.
  StubAnswer receive(StreamRecorder& client) {
    http::ResponseParser parser({.body_kept_max = 8 * 1024 * 1024});
    parser.start(/*head_request=*/false);
    size_t fed = 0;
    http::ParseState state = http::ParseState::kNeedMore;
    run_until([&] {
      state = parser.feed(std::string_view(client.received).substr(fed));
      fed += parser.consumed();
      return state != http::ParseState::kNeedMore;
    });
    BOOST_REQUIRE(state == http::ParseState::kComplete);
    StubAnswer answer{.status = parser.status(),
                      .type = std::string(parser.content_type()),
                      .body = std::string(parser.body()),
                      .head = client.received.substr(0, client.received.find("\r\n\r\n") + 2)};
    client.received.erase(0, fed);
    return answer;
  }

  StubAnswer ask(StreamRecorder& client, const std::string& target,
                 const std::string& headers = "") {
    send(client, target, headers);
    return receive(client);
  }

  std::unique_ptr<macaw::stub::SeldonStub> stub;
};

}  // namespace macaw::test
