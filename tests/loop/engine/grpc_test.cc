// SPDX-License-Identifier: MIT
//
// gRPC calls against a scripted server: statuses, messages, streams, and answers that are none.

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine_run.h"
#include "macaw/base/base64.h"
#include "macaw/grpc/schema.h"
#include "support/h2_script.h"

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only
using macaw::grpc::Schema;
using macaw::stats::Outcome;
using macaw::test::EngineRun;
using macaw::test::H2Peer;
using macaw::test::ScriptedConnection;
using macaw::test::ScriptedServer;
namespace h2 = macaw::test::h2;

namespace {

constexpr std::string_view kPredict = "seldon.protos.Seldon/Predict";
constexpr std::string_view kDecode = "jetstream_proto.Orchestrator/Decode";

/// The bytes of a reply, made by the schema.
std::string reply(std::string_view call, std::string_view json) {
  static const auto schema = [] {
    auto loaded = Schema::load({});
    BOOST_REQUIRE(loaded.ok());
    return std::move(loaded).value();
  }();
  auto bytes = schema->reply_from_json(*schema->find_method(call), json);
  BOOST_REQUIRE_MESSAGE(bytes.ok(), (bytes.ok() ? "" : bytes.error().message()));
  return std::move(bytes).value();
}

std::string call_line(std::string_view call, std::string_view message, std::string_view more = {}) {
  return R"({"call":")" + std::string(call) + R"(","message":)" + std::string(message) +
         std::string(more) + "}";
}

std::string predict_line(std::string_view more = {}) {
  return call_line(kPredict, R"({"data":{"tensor":{"shape":[1,2],"values":[1,2]}}})", more);
}

struct GrpcRun : EngineRun {
  GrpcRun(uint16_t port, size_t count) : EngineRun(port) {
    options.transmission.connections = 1;
    lines.assign(count, predict_line());
  }

  std::set<std::string> reasons() const {
    std::set<std::string> texts;
    for (const auto& error : errors) {
      texts.emplace(error.text.data(), std::min<size_t>(error.text_size, error.text.size()));
    }
    return texts;
  }
};

/// Answers each call with these bytes, made for its stream.
ScriptedServer::Script answer_calls(std::function<std::string(uint32_t stream)> bytes) {
  return [bytes = std::move(bytes)](ScriptedConnection& client) {
    H2Peer peer(client);
    while (const auto stream = peer.next_request()) {
      peer.send(bytes(*stream));
    }
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(grpc_test)

BOOST_AUTO_TEST_CASE(a_call_goes_out_as_the_specification_wants_it) {
  std::string head;
  std::string body;
  const ScriptedServer server([&](ScriptedConnection& client) {
    H2Peer peer(client, h2::setting(/*HEADER_TABLE_SIZE*/ 1, 0));
    while (const auto frame = peer.next_frame()) {
      if (frame->type == h2::kHeaders) {
        head = frame->payload;
      } else if (frame->type == h2::kData) {
        body = frame->payload;
        peer.send(h2::grpc_answer(frame->stream, {reply(kPredict, "{}")}));
      }
    }
  });
  GrpcRun run(server.port(), 1);
  run.options.transmission.headers = {{"Seldon", "~~~~"}};
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
  // The vector of Seldon Core: shape [1,2], values [1.0, 2.0].
  const std::string message = "\x1a\x18\x12\x16\x0a\x02\x01\x02\x12\x10" +
                              std::string("\0\0\0\0\0\0\xf0\x3f", 8) +
                              std::string("\0\0\0\0\0\0\0\x40", 8);
  BOOST_TEST((body == h2::grpc_message(message)));
  BOOST_TEST(head.find("~~~~") != std::string::npos);
  BOOST_TEST(head.find("*/*") == std::string::npos);
  BOOST_REQUIRE(run.endpoints.size() == 1U);
  BOOST_TEST(run.endpoints[0].path == "/seldon.protos.Seldon/Predict");
  BOOST_TEST((run.samples[0].status == 1000));
}

BOOST_AUTO_TEST_CASE(every_status_is_told_apart) {
  std::atomic<int> code = 0;
  const ScriptedServer server(answer_calls([&code](uint32_t stream) {
    const int now = code++;
    return now == 0 ? h2::grpc_answer(stream, {reply(kPredict, "{}")})
                    // Trailers only, as servers answer that have nothing else to say.
                    : h2::headers(stream,
                                  {{":status", "200"},
                                   {"content-type", "application/grpc"},
                                   {"grpc-status", std::to_string(now)},
                                   {"grpc-message", "no%20luck"}},
                                  /*end_stream=*/true);
  }));
  GrpcRun run(server.port(), 17);
  run.options.transmission.streams = 1;  // one after another
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
  BOOST_TEST(run.count(Outcome::kGrpcError) == 16U);
  for (const auto& sample : run.samples) {
    BOOST_TEST((sample.status == 1000 + sample.index));
  }
  BOOST_TEST(run.reasons().contains("UNAVAILABLE: no luck"));
  BOOST_TEST(run.reasons().contains("UNAUTHENTICATED: no luck"));
}

BOOST_AUTO_TEST_CASE(streams_tell_when_their_messages_came) {
  const ScriptedServer server([](ScriptedConnection& client) {
    H2Peer peer(client);
    while (const auto stream = peer.next_request()) {
      const std::string token =
          reply(kDecode, R"({"stream_content":{"samples":[{"text":"word"}]}})");
      peer.send(h2::headers(*stream, {{":status", "200"}, {"content-type", "application/grpc"}}));
      for (int k = 0; k < 4; ++k) {
        client.stall(k == 2 ? 30ms : 5ms);
        peer.send(h2::data(*stream, h2::grpc_message(token), /*end_stream=*/false));
      }
      peer.send(h2::headers(*stream, {{"grpc-status", "0"}}, /*end_stream=*/true));
    }
  });
  GrpcRun run(server.port(), 0);
  run.lines.assign(3, call_line(kDecode, R"({"text_content":{"text":"hi"},"max_tokens":4})"));
  run.options.transmission.streams = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 3U);
  BOOST_REQUIRE(run.streams.size() == 3U);
  for (const auto& stream : run.streams) {
    BOOST_TEST(stream.messages == 4U);
    const auto& sample = run.samples.at(stream.index);
    BOOST_TEST(stream.intended_ns == sample.intended_ns);
    BOOST_TEST(stream.first_ns >= sample.first_byte_ns);
    BOOST_TEST(stream.last_ns >= stream.first_ns + 40'000'000U);
    BOOST_TEST(stream.gap_max_ns >= 30'000'000U);
    BOOST_TEST(sample.done_ns >= stream.last_ns);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_of_grpc) {
  struct Case {
    std::string name;
    std::function<std::string(uint32_t)> bytes;
    Outcome outcome;
    std::string reason;
  };

  const auto head = [](uint32_t stream, const char* type = "application/grpc+proto") {
    return h2::headers(stream, {{":status", "200"}, {"content-type", type}});
  };
  const auto ok = [](uint32_t stream) {
    return h2::headers(stream, {{"grpc-status", "0"}}, /*end_stream=*/true);
  };
  const std::vector<Case> cases{
      {"a proxy's page",
       [](uint32_t stream) {
         return h2::headers(stream, {{":status", "503"}, {"content-type", "text/html"}}) +
                h2::data(stream, "<html>");
       },
       Outcome::kHttpError, "HTTP 503"},
      {"a page that is fine",
       [&](uint32_t stream) { return head(stream, "text/html") + h2::data(stream, "<html>"); },
       Outcome::kMalformed, "the answer is not of gRPC"},
      {"no status", [&](uint32_t stream) { return head(stream) + h2::data(stream, ""); },
       Outcome::kMalformed, "an answer without a grpc-status"},
      {"a status that is no number",
       [&](uint32_t stream) {
         return head(stream) + h2::headers(stream, {{"grpc-status", "fine"}}, true);
       },
       Outcome::kMalformed, "an answer without a grpc-status"},
      {"no message", [&](uint32_t stream) { return head(stream) + ok(stream); },
       Outcome::kWrongAnswer, "OK without a message"},
      {"two messages",
       [&](uint32_t stream) {
         return head(stream) +
                h2::data(stream, h2::grpc_message("") + h2::grpc_message(""), false) + ok(stream);
       },
       Outcome::kWrongAnswer, "OK with more than one message"},
      {"half a message",
       [&](uint32_t stream) {
         return head(stream) + h2::data(stream, h2::grpc_message("whole").substr(0, 7), false) +
                ok(stream);
       },
       Outcome::kMalformed, "cut off in the middle of a messa"},
      {"a length that is a lie",
       [&](uint32_t stream) {
         return head(stream) + h2::data(stream, std::string("\0\x7f\xff\xff\xff", 5) + "x", false) +
                ok(stream);
       },
       Outcome::kMalformed, "cut off in the middle of a messa"},
      {"compressed",
       [&](uint32_t stream) {
         return head(stream) + h2::data(stream, std::string("\1\0\0\0\1", 5) + "x", false) +
                ok(stream);
       },
       Outcome::kMalformed, "a compressed message, which nobo"},
      {"noise",
       [&](uint32_t stream) {
         return head(stream) + h2::data(stream, "not a message", false) + ok(stream);
       },
       Outcome::kMalformed, "what should be a gRPC message is"},
  };
  for (const Case& one : cases) {
    const ScriptedServer server(answer_calls(one.bytes));
    GrpcRun run(server.port(), 3);
    run.play();
    BOOST_TEST(run.count(one.outcome) == 3U, one.name);
    BOOST_TEST(run.reasons().contains(one.reason), one.name);
  }
}

BOOST_AUTO_TEST_CASE(messages_are_judged_as_json) {
  std::atomic<int> calls = 0;
  const ScriptedServer server(answer_calls([&calls](uint32_t stream) {
    const double value = calls++ == 0 ? 0.5 : 0.25;
    return h2::grpc_answer(stream, {reply(kPredict, R"({"data":{"tensor":{"shape":[1],"values":[)" +
                                                        std::to_string(value) + "]}}}")});
  }));
  GrpcRun run(server.port(), 0);
  run.lines.assign(
      2, predict_line(R"(,"expect":{"json":{"pointer":"/data/tensor/values/0","equals":0.5}})"));
  run.options.transmission.streams = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
  BOOST_TEST(run.count(Outcome::kWrongAnswer) == 1U);
}

BOOST_AUTO_TEST_CASE(calls_and_requests_share_a_file_and_a_host) {
  // The same port speaks both: the preface tells.
  const ScriptedServer server([](ScriptedConnection& client) {
    const std::string first = client.take_some();
    if (first.starts_with("GET ")) {
      client.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      client.hold();
      return;
    }
    H2Peer peer(client, {}, first);
    while (const auto stream = peer.next_request()) {
      peer.send(h2::grpc_answer(*stream, {""}));
    }
  });
  GrpcRun run(server.port(), 1);
  run.lines.emplace_back(R"({"url":"/page"})");
  run.options.transmission.connections = 4;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 2U);
  BOOST_TEST((run.samples[0].status == 1000));
  BOOST_TEST((run.samples[1].status == 200));
}

BOOST_AUTO_TEST_CASE(a_ready_message_needs_no_schema) {
  std::string body;
  const ScriptedServer server([&](ScriptedConnection& client) {
    H2Peer peer(client);
    while (const auto frame = peer.next_frame()) {
      if (frame->type == h2::kData) {
        body = frame->payload;
        peer.send(h2::grpc_answer(frame->stream, {"x"}));
      }
    }
  });
  GrpcRun run(server.port(), 0);
  std::string base64;
  macaw::encode_base64("ready", base64);
  run.lines = {R"({"call":"mine.Own/Call","body":")" + base64 + "\"}"};
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
  BOOST_TEST((body == h2::grpc_message("ready")));
}

BOOST_AUTO_TEST_SUITE_END()
