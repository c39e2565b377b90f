// SPDX-License-Identifier: MIT
//
// See h2_script.h.

#include "support/h2_script.h"

namespace macaw::test {
namespace {

constexpr size_t kFrameHead = 9;

uint32_t byte_at(std::string_view text, size_t at) {
  return static_cast<unsigned char>(text[at]);
}

}  // namespace

namespace h2 {

std::string number(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((value >> shift) & 0xFFU);
  }
  return bytes;
}

std::string frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
  std::string bytes = number(static_cast<uint32_t>(payload.size())).substr(1);
  bytes += static_cast<char>(type);
  bytes += static_cast<char>(flags);
  bytes += number(stream);
  bytes += payload;
  return bytes;
}

std::optional<Frame> take_frame(std::string& bytes) {
  if (bytes.size() < kFrameHead) {
    return std::nullopt;
  }
  const size_t size = (byte_at(bytes, 0) << 16U) + (byte_at(bytes, 1) << 8U) + byte_at(bytes, 2);
  if (bytes.size() < kFrameHead + size) {
    return std::nullopt;
  }
  Frame frame;
  frame.type = static_cast<uint8_t>(bytes[3]);
  frame.flags = static_cast<uint8_t>(bytes[4]);
  frame.stream = (byte_at(bytes, 5) << 24U) + (byte_at(bytes, 6) << 16U) +
                 (byte_at(bytes, 7) << 8U) + byte_at(bytes, 8);
  frame.payload = bytes.substr(kFrameHead, size);
  bytes.erase(0, kFrameHead + size);
  return frame;
}

std::string setting(uint16_t id, uint32_t value) {
  return number(id).substr(2) + number(value);
}

std::string settings(std::string_view entries) {
  return frame(kSettings, 0, 0, entries);
}

std::string rst(uint32_t stream, uint32_t code) {
  return frame(kRstStream, 0, stream, number(code));
}

std::string goaway(uint32_t last_stream, uint32_t code) {
  return frame(kGoaway, 0, 0, number(last_stream) + number(code));
}

namespace {

/// An integer with a prefix of seven bits whose eighth is 0 (RFC 7541 section 5.1).
std::string length(size_t value) {
  constexpr size_t kPrefix = 127;
  if (value < kPrefix) {
    return {static_cast<char>(value)};
  }
  std::string bytes{static_cast<char>(kPrefix)};
  for (value -= kPrefix; value >= 128; value /= 128) {
    bytes += static_cast<char>(value % 128 + 128);
  }
  bytes += static_cast<char>(value);
  return bytes;
}

}  // namespace

std::string field(std::string_view name, std::string_view value) {
  return std::string(1, '\0') + length(name.size()) + std::string(name) + length(value.size()) +
         std::string(value);
}

std::string fields(const std::vector<std::pair<std::string, std::string>>& list) {
  std::string block;
  for (const auto& [name, value] : list) {
    block += field(name, value);
  }
  return block;
}

std::string headers(uint32_t stream, const std::vector<std::pair<std::string, std::string>>& list,
                    bool end_stream) {
  const auto flags = static_cast<uint8_t>(kEndHeaders | (end_stream ? kEndStream : 0));
  return frame(kHeaders, flags, stream, fields(list));
}

std::string data(uint32_t stream, std::string_view bytes, bool end_stream) {
  return frame(kData, end_stream ? kEndStream : 0, stream, bytes);
}

std::string answer(uint32_t stream, std::string_view body) {
  return headers(stream, {{":status", "200"}, {"content-type", "text/plain"}}) + data(stream, body);
}

std::string grpc_message(std::string_view message) {
  return std::string(1, '\0') + number(static_cast<uint32_t>(message.size())) +
         std::string(message);
}

std::string grpc_answer(uint32_t stream, const std::vector<std::string>& messages,
                        std::string_view status, std::string_view message) {
  std::string bytes = headers(stream, {{":status", "200"}, {"content-type", "application/grpc"}});
  for (const std::string& each : messages) {
    bytes += data(stream, grpc_message(each), /*end_stream=*/false);
  }
  std::vector<std::pair<std::string, std::string>> trailers{{"grpc-status", std::string(status)}};
  if (!message.empty()) {
    trailers.emplace_back("grpc-message", message);
  }
  return bytes + headers(stream, trailers, /*end_stream=*/true);
}

}  // namespace h2

H2Peer::H2Peer(ScriptedConnection& client, std::string_view entries, std::string input)
    : client_(client), input_(std::move(input)) {
  client_.send(h2::settings(entries));
}

std::optional<h2::Frame> H2Peer::next_frame() {
  for (;;) {
    if (!preface_seen_ && input_.size() >= h2::kPreface.size()) {
      if (!input_.starts_with(h2::kPreface)) {
        return std::nullopt;
      }
      input_.erase(0, h2::kPreface.size());
      preface_seen_ = true;
    }
    if (preface_seen_) {
      if (auto frame = h2::take_frame(input_)) {
        return frame;
      }
    }
    const std::string more = client_.take_some();
    if (more.empty()) {
      return std::nullopt;
    }
    input_ += more;
  }
}

std::optional<h2::Frame> H2Peer::next_of_requests() {
  while (auto frame = next_frame()) {
    if (frame->type == h2::kHeaders || frame->type == h2::kData) {
      return frame;
    }
    if (frame->type == h2::kSettings && (frame->flags & h2::kAck) == 0) {
      send(h2::frame(h2::kSettings, h2::kAck, 0, {}));
    }
  }
  return std::nullopt;
}

std::optional<uint32_t> H2Peer::next_request() {
  while (const auto frame = next_of_requests()) {
    if ((frame->flags & h2::kEndStream) != 0) {
      return frame->stream;
    }
  }
  return std::nullopt;
}

std::optional<uint32_t> H2Peer::next_head() {
  while (const auto frame = next_of_requests()) {
    if (frame->type == h2::kHeaders) {
      return frame->stream;
    }
  }
  return std::nullopt;
}

}  // namespace macaw::test
