// SPDX-License-Identifier: MIT
//
// HTTP/2 for ScriptedServer: frames built by hand, right or wrong, and a peer that reads just
// enough of what a client sends. No library: what is tested must not be judged by itself.
//
//   ScriptedServer server([](ScriptedConnection& client) {
//     H2Peer peer(client);
//     while (const auto stream = peer.next_request()) {
//       peer.send(h2::answer(*stream, "hello"));
//     }
//   });
//
// Thread: a script's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/scripted_server.h"

namespace macaw::test {

namespace h2 {

/// Of frames (RFC 9113 section 6).
enum Type : uint8_t {
  kData = 0,
  kHeaders = 1,
  kRstStream = 3,
  kSettings = 4,
  kPushPromise = 5,
  kPing = 6,
  kGoaway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};

inline constexpr uint8_t kEndStream = 1;
inline constexpr uint8_t kAck = 1;
inline constexpr uint8_t kEndHeaders = 4;

/// Of errors (section 7).
inline constexpr uint32_t kNoError = 0;
inline constexpr uint32_t kInternalError = 2;
inline constexpr uint32_t kRefusedStream = 7;
inline constexpr uint32_t kEnhanceYourCalm = 11;

struct Frame {
  uint8_t type = 0;
  uint8_t flags = 0;
  uint32_t stream = 0;
  std::string payload;
};

std::string frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload);
/// The first frame, taken off; nothing when it is not whole yet.
std::optional<Frame> take_frame(std::string& bytes);
/// What a client sends first of all.
inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
std::string number(uint32_t value);  ///< four bytes, big end first
/// One entry of a SETTINGS frame.
std::string setting(uint16_t id, uint32_t value);
std::string settings(std::string_view entries = {});
std::string rst(uint32_t stream, uint32_t code);
std::string goaway(uint32_t last_stream, uint32_t code);
/// HPACK: literal fields without indexing and without Huffman's code.
std::string field(std::string_view name, std::string_view value);
std::string fields(const std::vector<std::pair<std::string, std::string>>& list);
/// HEADERS with these fields and all of them.
std::string headers(uint32_t stream, const std::vector<std::pair<std::string, std::string>>& list,
                    bool end_stream = false);
std::string data(uint32_t stream, std::string_view bytes, bool end_stream = true);
/// 200 with a body.
std::string answer(uint32_t stream, std::string_view body);
/// A gRPC answer: messages in their frames, then trailers.
std::string grpc_message(std::string_view message);
std::string grpc_answer(uint32_t stream, const std::vector<std::string>& messages,
                        std::string_view status = "0", std::string_view message = {});

}  // namespace h2

class H2Peer {
 public:
  /// `entries`: of our SETTINGS, which go out at once; `input`: what has been read already.
  explicit H2Peer(ScriptedConnection& client, std::string_view entries = {},
                  std::string input = {});

  /// The next frame; nothing when the client has ended, or the server stops, or what comes is no
  /// HTTP/2. The client's preface is looked at and left out.
  std::optional<h2::Frame> next_frame();
  /// Reads until a request is whole (its END_STREAM has come): its stream. Requests that came
  /// meanwhile are given by later calls. SETTINGS are acknowledged.
  std::optional<uint32_t> next_request();
  /// Reads until the head of a request is there.
  std::optional<uint32_t> next_head();

  bool send(std::string_view bytes) { return client_.send(bytes); }

 private:
  std::optional<h2::Frame> next_of_requests();

  ScriptedConnection& client_;
  std::string input_;
  bool preface_seen_ = false;
};

}  // namespace macaw::test
