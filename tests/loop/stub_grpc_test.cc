// SPDX-License-Identifier: MIT
//
// The stub's gRPC services over HTTP/2: codes, trailers, pace, deadlines, errors to order, the hop.
// What each method answers is in tests/unit/stub/grpc_desk_test.cc.

#include <boost/test/unit_test.hpp>

#include "http2_client.h"
#include "macaw/grpc/frame.h"
#include "macaw/grpc/schema.h"
#include "stub_fixture.h"
#include "support/h2_script.h"

namespace macaw::stub {
namespace {

using test::Http2Answer;
using test::Http2Client;
namespace h2 = test::h2;

const std::string kLive = "/inference.GRPCInferenceService/ServerLive";
const std::string kDecode = "/jetstream_proto.Orchestrator/Decode";
/// DecodeRequest of "hi" with three tokens.
const std::string kDecodeThree = "\x20\x03\x2a\x04\x0a\x02hi";

std::string grpc_call(const std::string& path, std::string_view message = {},
                      const std::string& headers = {}) {
  std::string call = "POST " + path + " HTTP/1.1\r\nHost: h\r\ncontent-type: application/grpc\r\n" +
                     "te: trailers\r\n" + headers + "\r\n";
  grpc::append_frame(message, call);
  return call;
}

LatencyRule all_paths(std::string_view model) {
  return {"", LatencyModel::parse(model).value()};
}

struct GrpcFixture : test::StubFixture {
  std::unique_ptr<Http2Client> connect_http2() {
    return std::make_unique<Http2Client>(*this, connect());
  }

  std::string status_of(const std::string& call) {
    const auto client = connect_http2();
    return client->ask(call).field("grpc-status");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(stub_grpc_test, GrpcFixture)

BOOST_AUTO_TEST_CASE(unary) {
  start({});
  const auto client = connect_http2();
  const Http2Answer& answer = client->ask(grpc_call(kLive));
  BOOST_TEST(answer.field(":status") == "200");
  BOOST_TEST(answer.field("content-type") == "application/grpc");
  BOOST_TEST(answer.trailers == "grpc-status: 0\n");
  BOOST_TEST(answer.body == h2::grpc_message("\x08\x01"));  // live: true
  const Http2Answer& unknown = client->ask(grpc_call("/a.B/C"));
  BOOST_TEST(unknown.field(":status") == "200");
  BOOST_TEST(unknown.field("grpc-status") == "12");
  BOOST_TEST(unknown.body.empty());
  const Http2Answer& stats = client->ask("GET /macaw/stats HTTP/1.1\r\nHost: h\r\n\r\n");
  BOOST_TEST(stats.body.find("\"" + kLive + "\":1") != std::string::npos, stats.body);
  BOOST_TEST(stub->requests() == 2U);
}

/// Everything that is served over HTTP/1.1 is, too.
BOOST_AUTO_TEST_CASE(other_services_over_http2) {
  start({});
  const auto client = connect_http2();
  const Http2Answer& answer =
      client->ask("POST /v1/models/m:predict HTTP/1.1\r\nHost: h\r\n\r\n{\"instances\":[1,2]}");
  BOOST_TEST(answer.field(":status") == "200");
  BOOST_TEST(answer.field("content-type") == "application/json");
  BOOST_TEST(answer.body.starts_with("{\"predictions\":["));
}

BOOST_AUTO_TEST_CASE(calls_need_http2) {
  start({});
  const auto client = connect();
  send_all(*client, grpc_call(kLive, "", "Content-Length: 5\r\n"));
  BOOST_TEST(receive(*client).status == 505);
}

BOOST_AUTO_TEST_CASE(a_stream_goes_out_message_by_message) {
  start({.latency = {all_paths("30ms")}});
  const auto client = connect_http2();
  const MonoTime begin = MonoClock::now();
  Http2Answer& answer = client->submit(grpc_call(kDecode, kDecodeThree));
  // A third of the time for each; none is early.
  for (size_t k = 1; k <= 3; ++k) {
    run_until([&] { return answer.pieces >= k; });
    BOOST_TEST((MonoClock::now() - begin >= std::chrono::milliseconds(10 * k)));
  }
  run_until([&] { return !answer.end.empty(); });
  BOOST_TEST(answer.trailers == "grpc-status: 0\n");
  grpc::FrameReader reader;
  reader.start(0);
  BOOST_TEST(reader.feed(answer.body));
  BOOST_TEST(reader.messages() == 3U);
}

BOOST_AUTO_TEST_CASE(a_stream_without_latency) {
  start({});
  const auto client = connect_http2();
  const Http2Answer& answer = client->ask(grpc_call(kDecode, kDecodeThree));
  BOOST_TEST(answer.trailers == "grpc-status: 0\n");
}

/// An hour's work: only the deadline can end it.
BOOST_AUTO_TEST_CASE(deadlines) {
  start({.latency = {all_paths("1h")}});
  const auto client = connect_http2();
  const MonoTime begin = MonoClock::now();
  const Http2Answer& unary = client->ask(grpc_call(kLive, "", "grpc-timeout: 20m\r\n"));
  BOOST_TEST((MonoClock::now() - begin >= std::chrono::milliseconds(20)));
  BOOST_TEST(unary.field("grpc-status") == "4");
  const Http2Answer& stream =
      client->ask(grpc_call(kDecode, kDecodeThree, "grpc-timeout: 1000u\r\n"));
  BOOST_TEST(stream.field("grpc-status") == "4");
  BOOST_TEST(client->ask(grpc_call(kLive, "", "grpc-timeout: soon\r\n")).field("grpc-status") ==
             "3");
}

BOOST_AUTO_TEST_CASE(errors_to_order) {
  const auto answer_to = [this](std::string_view rules) -> Http2Answer {
    start({.errors = parse_error_rules(rules).value()});
    const auto client = connect_http2();
    const Http2Answer& answer = client->ask(grpc_call(kLive));
    Http2Answer copy;
    copy.head = answer.head;
    copy.trailers = answer.trailers;
    copy.body = answer.body;
    copy.end = answer.end;
    return copy;
  };
  BOOST_TEST(answer_to("grpc14=100%").field("grpc-status") == "14");
  const Http2Answer http = answer_to("503=100%");
  BOOST_TEST(http.field(":status") == "503");
  BOOST_TEST(http.field("grpc-status").empty());
  BOOST_TEST(answer_to("seldon=100%").field("grpc-status") == "2");
  const Http2Answer empty = answer_to("empty=100%");
  BOOST_TEST(empty.field(":status") == "200");
  BOOST_TEST(empty.field("grpc-status").empty());
  BOOST_TEST(answer_to("reset=100%").end == "the server reset the stream (INTERNAL_ERROR)");
  // Rules for calls leave other requests alone.
  start({.errors = parse_error_rules("grpc14=100%").value()});
  const auto client = connect();
  BOOST_TEST(ask(*client, "/js/user/new?consumer_key=k&user=1&jsonpCallback=j").status == 200);
}

BOOST_AUTO_TEST_CASE(what_a_call_must_bring) {
  start({.require = {.hosts = {"h"}, .token = true}});
  BOOST_TEST(status_of(grpc_call(kLive)) == "7");
  const auto client = connect_http2();
  const Http2Answer& given =
      client->ask("GET /token?consumer_key=k&consumer_secret=s HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string key = "\"access_token\":\"";
  const size_t at = given.body.find(key) + key.size();
  const std::string token = given.body.substr(at, given.body.find('"', at) - at);
  BOOST_TEST(
      client->ask(grpc_call(kLive, "", "oauth_token: " + token + "\r\n")).field("grpc-status") ==
      "0");
  std::string elsewhere = grpc_call(kLive);
  elsewhere.replace(elsewhere.find("Host: h"), 7, "Host: x");
  BOOST_TEST(client->ask(elsewhere).field(":status") == "404");
}

/// Two stubs: the hop passes on messages, codes, metadata, and what cannot be had is UNAVAILABLE.
BOOST_AUTO_TEST_CASE(a_hop) {
  SeldonStub model(loop, {.latency = {{kDecode, LatencyModel::parse("5ms").value()}},
                          .require = {.token = true},
                          .requests_per_connection = 2});
  BOOST_REQUIRE(model.start().ok());
  start({.latency = {all_paths("1ms")}, .proxy = http::HostPort{"127.0.0.1", model.port()}});
  const auto client = connect_http2();
  // Three connections to the next server, one after the other.
  for (int k = 0; k < 5; ++k) {
    const Http2Answer& refused = client->ask(grpc_call(kLive, "", "oauth_token: x\r\n"));
    BOOST_TEST(refused.field("grpc-status") == "7", refused.head << refused.end);
    BOOST_TEST(refused.field("grpc-message") == "Invalid access token");
  }
  BOOST_TEST(model.requests() == 5U);
}

BOOST_AUTO_TEST_CASE(a_hop_passes_streams_on) {
  SeldonStub model(loop, {.latency = {{kDecode, LatencyModel::parse("30ms").value()}}});
  BOOST_REQUIRE(model.start().ok());
  start({.proxy = http::HostPort{"127.0.0.1", model.port()}});
  const auto client = connect_http2();
  const Http2Answer& streamed = client->ask(grpc_call(kDecode, kDecodeThree));
  BOOST_TEST(streamed.trailers == "grpc-status: 0\n");
  BOOST_TEST(streamed.pieces >= 1U);
  grpc::FrameReader reader;
  reader.start(0);
  BOOST_TEST(reader.feed(streamed.body));
  BOOST_TEST(reader.messages() == 3U);
  const Http2Answer& live = client->ask(grpc_call(kLive));
  BOOST_TEST(live.body == h2::grpc_message("\x08\x01"));
}

BOOST_AUTO_TEST_CASE(a_hop_to_nowhere) {
  uint16_t closed_port = 0;
  {
    SeldonStub gone(loop, {});
    BOOST_REQUIRE(gone.start().ok());
    closed_port = gone.port();
  }
  start({.proxy = http::HostPort{"127.0.0.1", closed_port}});
  const auto client = connect_http2();
  for (int k = 0; k < 2; ++k) {
    const Http2Answer& answer = client->ask(grpc_call(kLive));
    BOOST_TEST(answer.field("grpc-status") == "14");
    BOOST_TEST(answer.field("grpc-message").starts_with("cannot connect to 127.0.0.1:"));
  }
}

/// The next server goes while a call is under way.
BOOST_AUTO_TEST_CASE(a_hop_that_loses_its_server) {
  auto model = std::make_unique<SeldonStub>(loop, StubOptions{.latency = {all_paths("1h")}});
  BOOST_REQUIRE(model->start().ok());
  start({.proxy = http::HostPort{"127.0.0.1", model->port()}});
  const auto client = connect_http2();
  Http2Answer& answer = client->submit(grpc_call(kLive));
  run_until([&] { return model->requests() == 1; });
  model.reset();
  run_until([&] { return !answer.end.empty(); });
  BOOST_TEST(answer.field("grpc-status") == "14", answer.head);
}

BOOST_AUTO_TEST_CASE(a_client_that_gives_up_is_let_go_of) {
  start({.latency = {all_paths("1h")}});
  const auto client = connect_http2();
  Http2Answer& answer = client->submit(grpc_call(kLive));
  run_until([&] { return stub->requests() == 1; });
  client->cancel(answer);
  BOOST_TEST(client->ask(grpc_call(kLive, "", "grpc-timeout: 1m\r\n")).field("grpc-status") == "4");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stub
