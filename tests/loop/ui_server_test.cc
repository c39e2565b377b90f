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

BOOST_FIXTURE_TEST_CASE(a_page_is_told_of_each_second, UiServerFixture) {
  MadeRunOptions made;
  made.database = folder / "macaw.sqlite";
  MadeRun run(made);
  ui::UiServer server(loop, options());
  BOOST_REQUIRE(server.start().ok());
  StreamRecorder page(loop);
  BOOST_REQUIRE(page.stream->connect(net::resolve("127.0.0.1", server.port())->front()) == 0);
  run_until([&] { return page.saw("connected 0"); }, "the connection");
  int error = 0;
  const std::string request =
      "GET /api/live?of=1&next=0 HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 1:0\r\n\r\n";
  BOOST_REQUIRE(page.stream->write(request, &error) == net::Stream::WriteState::kDone);
  const auto heard = [&page](std::string_view text) {
    return page.received.find(text) != std::string::npos;
  };
  run_until([&] { return heard("event: beat\n"); }, "the first beat");
  BOOST_TEST(heard("Content-Type: text/event-stream\r\n"));
  BOOST_TEST(heard("Content-Security-Policy: "));
  for (int second = 0; second < 3; ++second) {
    run.add_second();
  }
  run_until([&] { return heard("id: 1:1\nevent: second\ndata: {\"run\":1,"); }, "second 1");
  BOOST_TEST((server.last_request() > MonoClock::now() - from_seconds(1)));
  run.finish();
  run_until([&] { return heard("event: end\n"); }, "the end");
  BOOST_TEST(heard("\"verdict\":\"VALID\""));
  page.stream->close();
  run_until([&] { return page.saw("closed"); }, "the close");
}

// Pages that never read are let go instead of being kept for ever, and the others go on.
BOOST_FIXTURE_TEST_CASE(pages_are_bounded_in_number, UiServerFixture) {
  ui::UiServer server(loop, options());
  BOOST_REQUIRE(server.start().ok());
  const std::string request = "GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  std::vector<std::unique_ptr<StreamRecorder>> pages;
  constexpr size_t kPages = 64;
  for (size_t k = 0; k < kPages; ++k) {
    pages.push_back(std::make_unique<StreamRecorder>(loop));
    StreamRecorder& page = *pages.back();
    BOOST_REQUIRE(page.stream->connect(net::resolve("127.0.0.1", server.port())->front()) == 0);
    run_until([&] { return page.saw("connected 0"); }, "the connection");
    int error = 0;
    BOOST_REQUIRE(page.stream->write(request, &error) == net::Stream::WriteState::kDone);
    run_until([&] { return page.received.find("event: ") != std::string::npos; }, "a stream");
  }
  BOOST_TEST(ask(server.port(), "GET /api/live HTTP/1.1\r\nHost: localhost\r\n")
                 .starts_with("HTTP/1.1 503 "));
  BOOST_TEST(ask(server.port(), "GET /health HTTP/1.1\r\nHost: localhost\r\n").ends_with("OK\n"));
  pages.front()->stream->close();
  run_until([&] { return pages.front()->saw("closed"); }, "the close");
  // Its place is free as soon as the server has tried to tell it something.
  StreamRecorder late(loop);
  BOOST_REQUIRE(late.stream->connect(net::resolve("127.0.0.1", server.port())->front()) == 0);
  run_until([&] { return late.saw("connected 0"); }, "the connection");
  bool asked = false;
  run_until(
      [&] {
        if (late.received.ends_with("already\n")) {
          late.received.clear();
          asked = false;
        }
        if (!asked) {
          int error = 0;
          asked = late.stream->write(request, &error) == net::Stream::WriteState::kDone;
        }
        return late.received.starts_with("HTTP/1.1 200 ");
      },
      "a place");
  late.stream->close();
  for (const auto& page : pages) {
    page->stream->close();
  }
  run_until([&] { return late.saw("closed"); }, "the close");
}

BOOST_FIXTURE_TEST_CASE(a_foreign_page_hears_nothing, UiServerFixture) {
  ui::UiServer server(loop, options());
  BOOST_REQUIRE(server.start().ok());
  BOOST_TEST(ask(server.port(), "GET /api/live HTTP/1.1\r\nHost: rebound.example:80\r\n")
                 .starts_with("HTTP/1.1 403 "));
  BOOST_TEST(ask(server.port(), "POST /api/live HTTP/1.1\r\nHost: localhost\r\n")
                 .starts_with("HTTP/1.1 405 "));
  BOOST_TEST(ask(server.port(), "GET /api/live?run=x HTTP/1.1\r\nHost: localhost\r\n")
                 .starts_with("HTTP/1.1 400 "));
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
