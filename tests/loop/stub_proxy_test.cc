// SPDX-License-Identifier: MIT
//
// The stub as a hop, before servers that behave well and badly.

#include <fmt/format.h>

#include <atomic>
#include <boost/test/unit_test.hpp>

#include "stub_fixture.h"
#include "support/scripted_server.h"

namespace macaw::stub {
namespace {

using test::http_answer;
using test::http_ok;
using test::ScriptedConnection;
using test::ScriptedServer;
namespace script = test::script;

struct ProxyFixture : test::StubFixture {
  void start_before(const ScriptedServer& server, std::string_view delay = "0ms") {
    start({.latency = {{"", LatencyModel::parse(delay).value()}},
           .proxy = http::HostPort{"127.0.0.1", server.port()}});
  }

  /// For what the script's thread does: that wakes no loop.
  template <typename Condition>
  void poll_until(Condition condition) {
    const MonoTime limit = MonoClock::now() + from_seconds(30);
    while (!condition()) {
      BOOST_REQUIRE((MonoClock::now() < limit));
      loop.run_once(std::chrono::milliseconds(1));
    }
  }

  test::StubAnswer ask_once(const ScriptedServer& server) {
    start_before(server);
    const auto client = connect();
    return ask(*client, "/x");
  }
};

BOOST_FIXTURE_TEST_SUITE(stub_proxy_test, ProxyFixture)

BOOST_AUTO_TEST_CASE(passes_requests_and_answers_on) {
  const ScriptedServer server(script::answer(
      "HTTP/1.1 404 Nowhere\r\nServer: next\r\nContent-Type: text/x; q=\"1\"\r\nX-A: 1\r\n"
      "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nContent-Length: 4\r\n\r\na\nb\n"));
  start_before(server);
  const auto client = connect();
  send_all(*client,
           "POST /v1/models/flowers/:predict?q=%7B%22a%22:[1]} HTTP/1.1\r\nHost: model:8000\r\n"
           "User-Agent: t\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\n{1}");
  const test::StubAnswer answer = receive(*client);
  BOOST_TEST(answer.head ==
             "HTTP/1.1 404 Not Found\r\nContent-Type: text/x; q=\"1\"\r\nContent-Length: 4\r\n"
             "Server: next\r\nX-A: 1\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n"
             "Connection: keep-alive\r\n");
  BOOST_TEST(answer.body == "a\nb\n");
  BOOST_REQUIRE(server.requests().size() == 1U);
  BOOST_TEST(server.requests()[0].raw ==
             "POST /v1/models/flowers/:predict?q=%7B%22a%22:[1]} HTTP/1.1\r\nHost: model:8000\r\n"
             "User-Agent: t\r\nContent-Length: 3\r\n\r\n{1}");
}

BOOST_AUTO_TEST_CASE(long_bodies_go_through_whole) {
  std::string body;
  for (int k = 0; body.size() < 3'000'000; ++k) {
    body += static_cast<char>(k * 7 + k / 256);
  }
  const ScriptedServer server(script::answer(http_ok(body)));
  start_before(server);
  const auto client = connect();
  send_all(*client, fmt::format("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{}",
                                body.size(), body));
  BOOST_TEST((receive(*client).body == body));
  BOOST_REQUIRE(server.requests().size() == 1U);
  BOOST_TEST(server.requests()[0].raw.ends_with("\r\n\r\n" + body));
}

BOOST_AUTO_TEST_CASE(every_framing_of_answers) {
  const std::vector<std::string> framings = {
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"};
  for (const std::string& bytes : framings) {
    const ScriptedServer server([&bytes](ScriptedConnection& client) {
      if (client.read_request()) {
        client.drip(bytes);
      }
    });
    const test::StubAnswer answer = ask_once(server);
    BOOST_TEST(answer.status == 200, bytes);
    BOOST_TEST(answer.body == "hello", bytes);
    BOOST_TEST(answer.head.find("Content-Length: 5\r\n") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(connections_are_kept_and_shared) {
  const ScriptedServer server(script::answer(http_ok("a")));
  start_before(server);
  const auto one = connect();
  const auto two = connect();
  for (int k = 0; k < 5; ++k) {
    BOOST_TEST(ask(*one, "/1").status == 200);
    BOOST_TEST(ask(*two, "/2").status == 200);
  }
  BOOST_TEST(server.connections() == 1U);
  BOOST_TEST(server.requests().size() == 10U);
  BOOST_TEST(ask(*one, "/macaw/stats").body.find(R"("/1":5,"/2":5)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(requests_at_the_same_time_have_connections_of_their_own) {
  test::Gate gate;
  const ScriptedServer server(script::answer_behind(gate, http_ok("a")));
  start_before(server);
  const auto one = connect();
  const auto two = connect();
  send(*one, "/1");
  send(*two, "/2");
  poll_until([&] { return server.requests().size() == 2; });
  BOOST_TEST(server.connections() == 2U);
  gate.open();
  BOOST_TEST(receive(*one).status == 200);
  BOOST_TEST(receive(*two).status == 200);
}

BOOST_AUTO_TEST_CASE(an_answer_to_head_has_no_body) {
  const ScriptedServer server(
      script::answer("HTTP/1.1 200 OK\r\nX-Length: 5\r\nContent-Length: 5\r\n\r\n"));
  start_before(server);
  const auto client = connect();
  for (int k = 0; k < 2; ++k) {
    send_all(*client, "HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
    const test::StubAnswer answer = receive(*client);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.head.find("X-Length: 5\r\n") != std::string::npos);
    BOOST_TEST(answer.body.empty());
  }
  BOOST_TEST(server.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(the_delay_is_added) {
  const ScriptedServer server(script::answer(http_ok("a")));
  start_before(server, "3ms");
  const auto client = connect();
  for (int k = 0; k < 5; ++k) {
    const MonoTime asked = MonoClock::now();
    BOOST_TEST(ask(*client, "/").status == 200);
    BOOST_TEST((MonoClock::now() - asked >= std::chrono::milliseconds(3)));
  }
}

BOOST_AUTO_TEST_CASE(a_kept_connection_that_ended_is_no_error) {
  for (const bool swallow : {false, true}) {
    const ScriptedServer server(swallow ? script::swallow_after(1, http_ok("a"))
                                        : script::close_after(1, http_ok("a")));
    start_before(server);
    const auto client = connect();
    for (int k = 0; k < 4; ++k) {
      const test::StubAnswer answer = ask(*client, "/");
      BOOST_TEST(answer.status == 200, answer.body);
    }
    BOOST_TEST(server.connections() == 4U);
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_answered_well_is_a_502) {
  const auto check = [this](const ScriptedServer& server, const std::string& what) {
    const test::StubAnswer answer = ask_once(server);
    BOOST_TEST(answer.status == 502, what);
    BOOST_TEST(answer.body.starts_with("Bad gateway: 127.0.0.1:" + std::to_string(server.port())),
               answer.body);
    BOOST_TEST(answer.body.find(what) != std::string::npos, answer.body);
  };
  check(ScriptedServer(script::send_and_close("")), "the connection ended before the answer did");
  check(ScriptedServer(script::send_and_close("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")),
        "the connection ended before the answer did");
  check(ScriptedServer(script::send_and_reset("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")),
        "Connection reset by peer");
  check(ScriptedServer(script::answer("SSH-2.0\r\n\r\n")), " answered ");
  check(ScriptedServer(script::answer(http_ok(std::string(5'000'000, 'x')))),
        "answered 5000000 bytes, at most 4194304 are passed on");
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_is_a_502) {
  ScriptedServer server(script::answer(http_ok("a")));
  server.stop_listening();
  start_before(server);
  const auto client = connect();
  for (int k = 0; k < 3; ++k) {
    const test::StubAnswer answer = ask(*client, "/");
    BOOST_TEST(answer.status == 502);
    BOOST_TEST(answer.body == fmt::format("Bad gateway: cannot connect to 127.0.0.1:{}: "
                                          "Connection refused\n",
                                          server.port()));
  }
}

// A client that only ends its side (FIN) may still wait for its answer, so it has not gone.
BOOST_AUTO_TEST_CASE(a_client_that_has_gone_frees_the_next_server) {
  std::atomic<bool> ended = false;
  const ScriptedServer server([&ended](ScriptedConnection& client) {
    if (client.read_request()) {
      client.hold();
      ended = true;
    }
  });
  start_before(server);
  const auto client = connect();
  send(*client, "/");
  poll_until([&] { return server.requests().size() == 1; });
  client->stream->close(/*reset=*/true);
  poll_until([&] { return ended.load(); });
}

BOOST_AUTO_TEST_CASE(checks_and_errors_are_the_hops_own) {
  const ScriptedServer server(script::answer(http_ok("a")));
  start({.require = {.hosts = {"model"}, .api_keys = {"K"}},
         .proxy = http::HostPort{"127.0.0.1", server.port()},
         .errors = parse_error_rules("503=100%").value()});
  const auto client = connect();
  BOOST_TEST(ask(*client, "/x").status == 404);
  BOOST_TEST(ask(*client, "/macaw/stats").body.find(R"("requests":1,)") != std::string::npos);
  BOOST_TEST(server.requests().empty());
}

BOOST_AUTO_TEST_CASE(stops_while_requests_are_under_way) {
  const ScriptedServer server(script::say_nothing());
  start_before(server);
  const auto client = connect();
  send(*client, "/");
  poll_until([&] { return server.requests().size() == 1; });
  stub.reset();
  run_until([&] { return client->events.size() > 1; });
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_resolve) {
  SeldonStub hop(loop, {.proxy = http::HostPort{"macaw-test.invalid", 80}});
  BOOST_TEST(!hop.start().ok());
}

// The same request, past a hop and directly: the same answer.
BOOST_AUTO_TEST_CASE(a_stub_behind_a_stub) {
  SeldonStub behind(loop, {});
  BOOST_REQUIRE(behind.start().ok());
  start({.proxy = http::HostPort{"127.0.0.1", behind.port()}});
  const auto client = connect();
  const std::string list = "/js/recommendations?consumer_key=K&user=1&item=2&jsonpCallback=j";
  const test::StubAnswer relayed = ask(*client, list);
  BOOST_TEST(relayed.status == 200);
  BOOST_TEST(relayed.type == "application/json;charset=UTF-8");
  BOOST_TEST(relayed.head.find("Server: macaw-stub\r\n") != std::string::npos);
  BOOST_TEST(relayed.head.find("Set-Cookie: JSESSIONID=") != std::string::npos);
  BOOST_TEST(relayed.body.starts_with("j({\"size\":10"));
  BOOST_TEST(behind.requests() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
