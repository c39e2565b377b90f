// SPDX-License-Identifier: MIT
//
// `replay stub` over HTTP/2 and to gRPC calls, as others see it: curl, nghttp, h2load and Google's
// gRPC library (each skipped, with a word, where it is not installed), and our own replayer.
#include <csignal>
#include <filesystem>

#include "replay_fixture.h"

namespace macaw::test {

BOOST_AUTO_TEST_SUITE(stub_http2_test)

namespace {

constexpr std::string_view kPredictBody = R"({"instances":[1]})";
constexpr std::string_view kDecodePath = "/jetstream_proto.Orchestrator/Decode";
/// Of "hi", with eight tokens.
constexpr std::string_view kDecodeEight = "20082a040a026869";

/// Whether it is there; a word when it is not.
bool can_run(const std::string& program, const std::string& option) {
  try {
    return run_process(program, {.args = {option}}).code == 0;
  } catch (const std::runtime_error&) {
    BOOST_TEST_MESSAGE("skipped: " << program << " is not installed");
    return false;
  }
}

bool has_grpc_caller() {
  if (std::filesystem::exists(MACAW_GRPC_CALLER)) {
    return true;
  }
  BOOST_TEST_MESSAGE("skipped: grpc_caller was not built");
  return false;
}

std::string port_of(const StubTarget& stub) {
  return stub.host_port().substr(stub.host_port().rfind(':') + 1);
}

/// What grpc_caller says: "CODE MESSAGES BYTES TEXT".
std::string call(const StubTarget& stub, std::vector<std::string> args) {
  args.insert(args.begin(), port_of(stub));
  const ProcessResult result = run_process(MACAW_GRPC_CALLER, {.args = std::move(args)});
  BOOST_TEST(result.code == 0, result.err);
  return lines_of(result.out).empty() ? "" : lines_of(result.out).front();
}

/// The stub's own count of something.
uint64_t counted(const StubTarget& stub, const char* what) {
  const ProcessResult result =
      run_process("curl", {.args = {"-s", "http://" + stub.host_port() + "/macaw/stats"}});
  return json_of(result.out)[what].GetUint64();
}

}  // namespace

BOOST_AUTO_TEST_CASE(curl) {
  if (!can_run("curl", "--version")) {
    return;
  }
  const StubTarget stub;
  const std::string url = "http://" + stub.host_port() + "/v1/models/m:predict";
  for (const std::string protocol : {"--http1.1", "--http2-prior-knowledge"}) {
    const ProcessResult result =
        run_process("curl", {.args = {"-s", protocol, "-d", std::string(kPredictBody), "-w",
                                      " %{http_version} %{response_code}", url}});
    BOOST_TEST(result.out == R"({"predictions":[0]})" +
                                 std::string(protocol == "--http1.1" ? " 1.1 200" : " 2 200"));
  }
}

BOOST_AUTO_TEST_CASE(nghttp) {
  if (!can_run("nghttp", "--version")) {
    return;
  }
  const StubTarget stub;
  const std::string url = "http://" + stub.host_port() + "/macaw/stats";
  const ProcessResult result = run_process("nghttp", {.args = {"-v", url, url}});
  BOOST_TEST(result.code == 0);
  BOOST_TEST(contains(result.out, ":status: 200"), result.out);
  BOOST_TEST(contains(result.out, "SETTINGS_MAX_CONCURRENT_STREAMS(0x03):100"), result.out);
}

/// More streams than are allowed at once, over a few connections that say goodbye: none is lost.
BOOST_AUTO_TEST_CASE(h2load) {
  if (!can_run("h2load", "--version")) {
    return;
  }
  const StubTarget stub;
  const ProcessResult result =
      run_process("h2load", {.args = {"-n", "2000", "-c", "4", "-m", "50",
                                      "http://" + stub.host_port() +
                                          "/js/user/new?consumer_key=k&user=1&jsonpCallback=j"}});
  BOOST_TEST(contains(result.out, "2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed"),
             result.out);
  BOOST_TEST(contains(result.out, "status codes: 2000 2xx"), result.out);
  BOOST_TEST(counted(stub, "requests") == 2000U);
}

BOOST_AUTO_TEST_CASE(googles_library) {
  if (!has_grpc_caller()) {
    return;
  }
  const StubTarget stub(
      {"--latency", std::string(kDecodePath) + "=20ms", "--latency", "/inference.=1h"});
  const std::string decode(kDecodePath);
  const std::string eight(kDecodeEight);
  const std::string streamed = call(stub, {decode, eight, "60000"});
  BOOST_TEST(streamed.starts_with("0 8 "), streamed);
  BOOST_TEST(call(stub, {"/a.B/C", "", "60000"}) == "12 0 0 unknown method /a.B/C");
  BOOST_TEST(call(stub, {decode, "ffff", "60000"}).starts_with("3 0 0 "));
  BOOST_TEST(
      call(stub, {"/inference.GRPCInferenceService/ServerLive", "", "50"}).starts_with("4 0 0 "));
  // Its "flowers" of two bytes (the guide's message, but for the image).
  const std::string flowers =
      "0a1a0a07666c6f776572731a0f73657276696e675f64656661756c74121b0a0b696d6167655f6279746573"
      "120c08071204120208014202414212120a036b6579120b08071204120208"
      "01420131";
  BOOST_TEST(call(stub, {"/tensorflow.serving.PredictionService/Predict", flowers, "60000"})
                 .starts_with("0 1 "));
}

BOOST_AUTO_TEST_CASE(googles_library_and_tokens) {
  if (!has_grpc_caller()) {
    return;
  }
  const StubTarget stub({"--require-token", "--errors", "grpc14=0%"});
  const std::string decode(kDecodePath);
  const std::string eight(kDecodeEight);
  BOOST_TEST(call(stub, {decode, eight, "60000"}) == "7 0 0 oauth_token is missing");
  BOOST_TEST(call(stub, {decode, eight, "60000", "oauth_token", "x"}) ==
             "7 0 0 Invalid access token");
  const ProcessResult given = run_process(
      "curl",
      {.args = {"-s", "http://" + stub.host_port() + "/token?consumer_key=k&consumer_secret=s"}});
  const std::string token = json_of(given.out)["access_token"].GetString();
  BOOST_TEST(call(stub, {decode, eight, "60000", "oauth_token", token}).starts_with("0 8 "));
}

/// Google's library, the hop, the model: a code and messages come through.
BOOST_AUTO_TEST_CASE(googles_library_through_a_hop) {
  if (!has_grpc_caller()) {
    return;
  }
  const StubTarget model;
  const StubTarget hop({"--proxy", model.host_port(), "--delay", "1ms"});
  BOOST_TEST(call(hop, {std::string(kDecodePath), std::string(kDecodeEight), "60000"})
                 .starts_with("0 8 "));
  BOOST_TEST(call(hop, {"/a.B/C", "", "60000"}) == "12 0 0 unknown method /a.B/C");
}

/// Our own replayer: as many calls as were sent were counted there, with the codes to order.
BOOST_AUTO_TEST_CASE(our_own_calls) {
  const ReplayFolder folder;
  const StubTarget stub({"--errors", "grpc14=20%", "--seed", "7"});
  std::string lines;
  for (int k = 0; k < 100; ++k) {
    lines += R"({"call":"seldon.protos.Seldon/Predict","message":{"data":{"ndarray":[[1]]}}})"
             "\n"
             R"({"call":"jetstream_proto.Orchestrator/Decode","message":)"
             R"({"textContent":{"text":"hi"},"maxTokens":4}})"
             "\n";
  }
  folder.dir().write("calls.jsonl", lines);
  check_ended_well(folder.play(
      {"calls.jsonl", "--target", "http://" + stub.host_port(), "--rps", "400", "--no-probe"}));
  Sql sql(folder.db());
  folder.check_stored(sql);
  BOOST_TEST(counted(stub, "requests") == 200U);
  const ProcessResult stats =
      run_process("curl", {.args = {"-s", "http://" + stub.host_port() + "/macaw/stats"}});
  const uint64_t failed = json_of(stats.out)["errors"]["grpc14"].GetUint64();
  BOOST_TEST(failed > 0U);
  BOOST_TEST(sql.count("select count(*) from requests where outcome = 'grpc_error'") == failed);
  BOOST_TEST(sql.count("select count(*) from requests where outcome = 'ok'") == 200 - failed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
