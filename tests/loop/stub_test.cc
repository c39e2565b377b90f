// SPDX-License-Identifier: MIT
//
// The stub over sockets: what is not in its pure parts.

#include <boost/test/unit_test.hpp>

#include "stub_fixture.h"

namespace macaw::stub {
namespace {

const std::string kAction = "/js/action/new?consumer_key=K&user=1&item=2&type=1&jsonpCallback=j";
const std::string kList = "/js/recommendations?consumer_key=K&user=1&item=2&jsonpCallback=j";

using test::StubFixture;
using Answer = test::StubAnswer;

BOOST_FIXTURE_TEST_SUITE(stub_test, StubFixture)

BOOST_AUTO_TEST_CASE(answers_and_counts) {
  start({.consumer_keys = {"K"}});
  const auto client = connect();
  const Answer action = ask(*client, kAction);
  BOOST_TEST(action.status == 200);
  BOOST_TEST(action.type == "application/json;charset=UTF-8");
  BOOST_TEST(
      action.body.starts_with(R"~(j({"actionId":null,"user":"1","item":"2","type":1,"date":)~"));
  BOOST_TEST(ask(*client, kList).body.starts_with(R"~(j({"size":10,"requested":10,"list":[)~"));
  BOOST_TEST(ask(*client, "/js/recommendations?consumer_key=X&user=1").body ==
             R"({"error_id":3,"error_msg":"Consumer not Authorized","http_response":400})");
  BOOST_TEST(ask(*client, "/nowhere").status == 404);
  BOOST_TEST(stub->requests() == 4U);
  const Answer stats = ask(*client, "/macaw/stats");
  BOOST_TEST(stats.type == "application/json");
  BOOST_TEST(stats.body ==
             R"({"requests":4,"waiting":0,"connections":1,"paths":{"/js/action/new":1,)"
             R"("/js/recommendations":2,"/nowhere":1},"errors":{}})");
  BOOST_TEST(stub->requests() == 4U);
}

BOOST_AUTO_TEST_CASE(paths_beyond_a_hundred_are_counted_together) {
  start({});
  const auto client = connect();
  for (int k = 0; k < 103; ++k) {
    ask(*client, fmt::format("/{}", k));
  }
  BOOST_TEST(ask(*client, "/macaw/stats").body.find(R"~("(other)":3,)~") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_session_for_each_client_without_cookies) {
  start({});
  const auto client = connect();
  const auto session = [](const Answer& answer) {
    const size_t at = answer.head.find("Set-Cookie: JSESSIONID=");
    return at == std::string::npos ? "" : answer.head.substr(at + 23, 32);
  };
  const std::string first = session(ask(*client, kAction));
  const std::string second = session(ask(*client, kAction));
  BOOST_TEST(first.size() == 32U);
  BOOST_TEST(first.find_first_not_of("0123456789ABCDEF") == std::string::npos);
  BOOST_TEST(first != second);
  BOOST_TEST(session(ask(*client, kAction, "Cookie: a=b; JSESSIONID=" + first + "\r\n")).empty());
}

// Slow and fast requests on connections of their own: the fast one overtakes; on one connection
// the order of the requests holds.
BOOST_AUTO_TEST_CASE(answers_come_when_they_are_due) {
  start({.latency = {{"", LatencyModel::parse("1h").value()},
                     {"/js/action", LatencyModel::parse("200us").value()},
                     {"/js/action/old", LatencyModel::parse("2h").value()}}});
  const auto slow = connect();
  const auto fast = connect();
  send(*slow, kList);
  const MonoTime asked = MonoClock::now();
  BOOST_TEST(ask(*fast, kAction).status == 200);
  BOOST_TEST((MonoClock::now() - asked >= std::chrono::microseconds(200)));
  BOOST_TEST(slow->received.empty());
  send(*slow, kAction);  // waits behind the first
  for (int k = 0; k < 20; ++k) {
    BOOST_TEST(ask(*fast, kAction).status == 200);
  }
  BOOST_TEST(slow->received.empty());
  BOOST_TEST(ask(*fast, "/macaw/stats").body.find(R"("waiting":1,)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(many_latencies_at_once) {
  start({.latency = {{"", LatencyModel::parse("uniform:0ms..20ms").value()}}});
  std::vector<std::unique_ptr<test::StreamRecorder>> clients;
  for (int k = 0; k < 50; ++k) {
    clients.push_back(connect());
    for (int round = 0; round < 4; ++round) {
      send(*clients.back(), kAction);
    }
  }
  for (const auto& client : clients) {
    for (int round = 0; round < 4; ++round) {
      BOOST_TEST(receive(*client).status == 200);
    }
  }
  BOOST_TEST(stub->requests() == 200U);
}

BOOST_AUTO_TEST_CASE(errors_to_order) {
  const auto with = [&](const char* rules) {
    start({.errors = parse_error_rules(rules).value()});
    return connect();
  };
  {
    const auto client = with("503=100%");
    const Answer answer = ask(*client, kAction);
    BOOST_TEST(answer.status == 503);
    BOOST_TEST(answer.type == "text/html;charset=utf-8");
    BOOST_TEST(ask(*client, "/macaw/stats").body.ends_with(R"("errors":{"503":1}})"));
  }
  BOOST_TEST(ask(*with("seldon=100%"), kAction).body ==
             R"(j({"error_id":13,"error_msg":"A generic error occurred","http_response":400}))");
  const Answer empty = ask(*with("empty=100%"), kAction);
  BOOST_TEST(empty.status == 200);
  BOOST_TEST(empty.body.empty());
  {
    const auto client = with("reset=100%");
    send(*client, kAction);
    run_until([&] { return client->saw(fmt::format("ended {}", ECONNRESET)); });
  }
  {
    const auto client = with("silent=100%");
    send(*client, kAction);
    run_until([&] { return stub->requests() == 1; });
    settle();
    BOOST_TEST(client->received.empty());
    BOOST_TEST(client->events.size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(connections_end_after_so_many_answers) {
  start({.requests_per_connection = 2});
  const auto client = connect();
  BOOST_TEST(ask(*client, kAction).head.find("Connection: keep-alive\r\n") != std::string::npos);
  BOOST_TEST(ask(*client, kAction).head.find("Connection: close\r\n") != std::string::npos);
  run_until([&] { return client->saw("ended 0"); });
}

BOOST_AUTO_TEST_CASE(stops_while_answers_are_due) {
  start({.latency = {{"", LatencyModel::parse("1h").value()}}});
  const auto client = connect();
  send(*client, kAction);
  run_until([&] { return stub->requests() == 1; });
  stub.reset();
  run_until([&] { return client->events.size() > 1; });
}

BOOST_AUTO_TEST_CASE(what_is_not_let_in_is_refused_at_once) {
  start({.latency = {{"", LatencyModel::parse("1h").value()}},
         .require = {.hosts = {"stub"}, .api_keys = {"K"}}});
  const auto client = connect();
  BOOST_TEST(ask(*client, "/v1/models/m:predict").status == 401);
  BOOST_TEST(ask(*client, "/v1/models/m:predict", "Authorization: ApiKey X\r\n").status == 403);
  send_all(*client, "GET /js/predict HTTP/1.1\r\nHost: other\r\n\r\n");
  BOOST_TEST(receive(*client).status == 404);
  BOOST_TEST(stub->requests() == 3U);
}

BOOST_AUTO_TEST_CASE(predictions_have_no_session) {
  start({});
  const auto client = connect();
  send_all(*client,
           "POST /v1/models/m:predict HTTP/1.1\r\nHost: h\r\nContent-Length: 17\r\n\r\n"
           "{\"instances\":[7]}");
  const Answer answer = receive(*client);
  BOOST_TEST(answer.head ==
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n"
             "Server: macaw-stub\r\nConnection: keep-alive\r\n");
  BOOST_TEST(answer.body == R"({"predictions":[0]})");
}

BOOST_AUTO_TEST_CASE(later_requests_wait_in_line) {
  start({.latency = {{"", LatencyModel::parse("4ms").value()}}, .at_a_time = 1});
  const MonoTime asked = MonoClock::now();
  std::vector<std::unique_ptr<test::StreamRecorder>> clients;
  for (int k = 0; k < 5; ++k) {
    clients.push_back(connect());
    send(*clients.back(), kAction);
  }
  for (int k = 0; k < 5; ++k) {
    BOOST_TEST(receive(*clients[static_cast<size_t>(k)]).status == 200);
    BOOST_TEST((MonoClock::now() - asked >= (k + 1) * std::chrono::milliseconds(4)));
  }
}

BOOST_AUTO_TEST_CASE(a_busy_port_is_an_error) {
  start({});
  SeldonStub second(loop, {.port = stub->port()});
  const Status status = second.start();
  BOOST_REQUIRE(!status.ok());
  BOOST_TEST(status.error().message().starts_with("cannot listen on 127.0.0.1:"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
