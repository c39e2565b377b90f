// SPDX-License-Identifier: MIT
//
// Our calls against a server made with Google's library (grpc_peer.cc): statuses, streams, messages
// that no window holds, and what becomes of calls when it shuts down. Skipped, with a word, where
// it was not built (under sanitizers: the library is not instrumented).

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>

#include "engine_run.h"
#include "macaw/base/base64.h"
#include "support/process.h"

using macaw::stats::Outcome;
using macaw::test::EngineRun;
using macaw::test::Process;

namespace {

struct Peer {
  Peer() : process(MACAW_GRPC_PEER, {.args = {}}) {
    BOOST_REQUIRE_MESSAGE(process.wait_for_out("\n"), process.err());
    port = static_cast<uint16_t>(std::stoi(process.out()));
  }

  Process process;
  uint16_t port = 0;
};

/// Null, and a word, where there is none.
std::unique_ptr<Peer> start_peer() {
  if (std::filesystem::exists(MACAW_GRPC_PEER)) {
    return std::make_unique<Peer>();
  }
  BOOST_TEST_MESSAGE("skipped: grpc_peer was not built");
  return nullptr;
}

std::string call(const std::string& method, const std::string& message,
                 const std::string& more = "") {
  std::string base64;
  macaw::encode_base64(message, base64);
  return R"({"call":"peer.Echo/)" + method + R"(","body":")" + base64 + "\"" + more + "}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(grpc_peer_test)

BOOST_AUTO_TEST_CASE(unary_calls_and_statuses) {
  const auto peer = start_peer();
  if (peer == nullptr) {
    return;
  }
  EngineRun run(peer->port);
  for (int code = 0; code <= 16; ++code) {
    run.lines.push_back(call("Unary", "hello " + std::to_string(code),
                             R"(,"header":{"want-status":")" + std::to_string(code) + "\"}"));
  }
  run.options.transmission.connections = 2;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 1U);
  BOOST_TEST(run.count(Outcome::kGrpcError) == 16U);
  for (const auto& sample : run.samples) {
    BOOST_TEST((sample.status == 1000 + sample.index));
  }
}

BOOST_AUTO_TEST_CASE(streams) {
  const auto peer = start_peer();
  if (peer == nullptr) {
    return;
  }
  EngineRun run(peer->port);
  run.lines.assign(100, call("Stream", "token"));
  run.options.transmission.connections = 1;
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 100U);
  BOOST_TEST(run.streams.size() == 100U);
  for (const auto& stream : run.streams) {
    BOOST_TEST(stream.messages == 5U);
    BOOST_TEST(stream.message_bytes == 25U);
  }
}

/// Neither side's window holds them: both have to be opened again and again.
BOOST_AUTO_TEST_CASE(large_messages_at_once) {
  const auto peer = start_peer();
  if (peer == nullptr) {
    return;
  }
  EngineRun run(peer->port);
  run.folder.write("large.bin", std::string(3'000'000, 'm'));
  run.lines.assign(20, R"({"call":"peer.Echo/Unary","body_file":"large.bin"})");
  run.options.transmission.connections = 1;
  run.options.transmission.timeout = std::chrono::seconds(60);
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) == 20U);
  for (const auto& sample : run.samples) {
    BOOST_TEST(sample.bytes_in > 3'000'000U);
    BOOST_TEST(sample.bytes_out > 3'000'000U);
  }
}

/// GOAWAY: what is in flight is answered (the library calls some CANCELLED itself), what it did not
/// look at goes elsewhere; then there is nobody, and that is what is told.
BOOST_AUTO_TEST_CASE(a_server_that_shuts_down_leaves_no_call_without_an_answer) {
  const auto peer = start_peer();
  if (peer == nullptr) {
    return;
  }
  EngineRun run(peer->port);
  run.lines.assign(1000, call("Unary", "x"));
  run.rate = "2k";
  size_t answers = 0;
  run.on_sample = [&](const macaw::stats::Sample&) {
    if (++answers == 300) {
      peer->process.signal(SIGTERM);
    }
  };
  run.play();
  BOOST_TEST(run.count(Outcome::kOk) >= 300U);
  BOOST_TEST(run.count(Outcome::kOk) + run.count(Outcome::kGrpcError) +
                 run.count(Outcome::kRefused) ==
             1000U);
  BOOST_TEST(run.count(Outcome::kRefused) > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
