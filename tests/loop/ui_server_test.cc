// SPDX-License-Identifier: MIT
//
// The UI over a socket: ports, HEAD, and answers as a raw client sees them.
#include "macaw/ui/ui_server.h"

#include "browser/made_run.h"
#include "stream_recorder.h"
#include "support/temp_dir.h"

namespace macaw::test {

BOOST_AUTO_TEST_SUITE(ui_server_test)

namespace {

struct UiServerFixture : LoopFixture {
  ui::UiOptions options() const {
    ui::UiOptions options;
    options.port = 0;
    options.database = folder / "macaw.sqlite";
    return options;
  }

  /// Everything that the server sends before it ends the connection.
  std::string ask(uint16_t port, const std::string& request) {
    StreamRecorder client(loop);
    BOOST_REQUIRE(client.stream->connect(net::resolve("127.0.0.1", port)->front()) == 0);
    run_until([&] { return client.saw("connected 0"); }, "the connection");
    int error = 0;
    const std::string bytes = request + "Connection: close\r\n\r\n";
    BOOST_REQUIRE(client.stream->write(bytes, &error) == net::Stream::WriteState::kDone);
    run_until([&] { return client.saw("ended 0"); }, "the answer's end");
    client.stream->close();
    run_until([&] { return client.saw("closed"); }, "the close");
    return client.received;
  }

  TempDir folder;
};

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(answers_and_heads, UiServerFixture) {
  MadeRunOptions made;
  made.database = folder / "macaw.sqlite";
  made.planned_s = 2;
  MadeRun(made).finish();
  ui::UiServer server(loop, options());
  BOOST_REQUIRE(server.start().ok());
  const std::string host = "Host: localhost\r\n";
  const std::string path = "/graph_data/counter:client/requests";
  const std::string get = ask(server.port(), "GET " + path + " HTTP/1.1\r\n" + host);
  const std::string json = "{\"counter:client/requests\":[[1795228201,100],[1795228202,100]]}\n";
  BOOST_TEST(body_of(get) == json);
  BOOST_TEST(
      get.starts_with(fmt::format("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                  "Content-Length: {}\r\n",
                                  json.size())));
  const std::string head = ask(server.port(), "HEAD " + path + " HTTP/1.1\r\n" + host);
  BOOST_TEST(head == get.substr(0, get.find("\r\n\r\n") + 4));
  const std::string foreign = ask(server.port(), "GET / HTTP/1.1\r\nHost: rebound.example:80\r\n");
  BOOST_TEST(foreign.starts_with("HTTP/1.1 403 Forbidden\r\n"));
}

BOOST_FIXTURE_TEST_CASE(a_free_port_and_its_url, UiServerFixture) {
  ui::UiServer server(loop, options());
  BOOST_REQUIRE(server.start().ok());
  BOOST_TEST(server.port() != 0);
  BOOST_TEST(server.graph_url() == fmt::format("http://127.0.0.1:{}/graph/?g=metric:client/"
                                               "request_latency_ms",
                                               server.port()));
}

BOOST_FIXTURE_TEST_CASE(a_busy_port, UiServerFixture) {
  ui::UiServer first(loop, options());
  BOOST_REQUIRE(first.start().ok());
  ui::UiOptions same = options();
  same.port = first.port();
  ui::UiServer second(loop, same);
  BOOST_REQUIRE(second.start().ok());
  BOOST_TEST(second.port() != first.port());
  BOOST_TEST(ask(second.port(), "GET /health HTTP/1.1\r\nHost: localhost\r\n").ends_with("OK\n"));
  same.port_may_change = false;
  ui::UiServer third(loop, same);
  const Status status = third.start();
  BOOST_REQUIRE(!status.ok());
  BOOST_TEST(status.error().message().find(std::to_string(first.port())) != std::string::npos,
             status.error().message());
}

BOOST_FIXTURE_TEST_CASE(every_address, UiServerFixture) {
  ui::UiOptions every = options();
  every.host = "*";
  ui::UiServer server(loop, every);
  BOOST_REQUIRE(server.start().ok());
  BOOST_TEST(server.graph_url().starts_with("http://127.0.0.1:"));
  BOOST_TEST(ask(server.port(), "GET /health HTTP/1.1\r\nHost: 10.1.2.3\r\n").ends_with("OK\n"));
}

BOOST_FIXTURE_TEST_CASE(a_host_that_is_not_ours, UiServerFixture) {
  ui::UiOptions elsewhere = options();
  elsewhere.host = "192.0.2.1";
  ui::UiServer server(loop, elsewhere);
  const Status status = server.start();
  BOOST_REQUIRE(!status.ok());
  BOOST_TEST(status.error().message().find("192.0.2.1") != std::string::npos,
             status.error().message());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
