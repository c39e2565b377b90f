// SPDX-License-Identifier: MIT
//
// An H2ServerSession under test: what it is told is written down, what it says is taken apart.
// Thread: the test's.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/http/h2_client.h"
#include "macaw/http/h2_server.h"
#include "support/h2_script.h"

namespace macaw::test {

struct ServerRecorder : http::H2Requests {
  void request_came(int32_t stream, const http::Request& request) override {
    std::string line = std::to_string(stream) + " " + request.method + " " + request.target;
    for (const auto& [name, value] : request.headers) {
      line += " " + name + "=" + value;
    }
    told.push_back(line + (request.body.size() > 100 ? " long" : " " + request.body));
    if (handler) {
      handler(stream, request);
    }
  }

  void stream_gone(int32_t stream) override {
    told.push_back(std::to_string(stream) + " gone");
    if (gone_handler) {
      gone_handler(stream);
    }
  }

  std::vector<std::string> told;
  std::function<void(int32_t, const http::Request&)> handler;
  std::function<void(int32_t)> gone_handler;
};

/// A session and raw frames.
struct ServerSession {
  explicit ServerSession(const http::H2ServerSession::Settings& settings = {})
      : session(settings, recorder) {
    session.start();
  }

  /// The client's preface and settings, and ours taken.
  void shake_hands(std::string_view entries = {}) {
    session.feed(std::string(h2::kPreface) + h2::settings(entries));
    frames();
  }

  std::vector<h2::Frame> frames(size_t bytes = SIZE_MAX) {
    std::string out;
    session.take_output(bytes, out);
    std::vector<h2::Frame> list;
    while (auto frame = h2::take_frame(out)) {
      list.push_back(std::move(*frame));
    }
    return list;
  }

  ServerRecorder recorder;
  http::H2ServerSession session;
};

/// The payload of the first frame of this type; "none" without.
inline std::string payload_of(const std::vector<h2::Frame>& frames, uint8_t type) {
  for (const h2::Frame& frame : frames) {
    if (frame.type == type) {
      return frame.payload;
    }
  }
  return "none";
}

inline std::string get_request(uint32_t stream, std::string_view path = "/",
                               bool end_stream = true) {
  return h2::headers(
      stream,
      {{":method", "GET"}, {":scheme", "http"}, {":path", std::string(path)}, {":authority", "h"}},
      end_stream);
}

inline std::string post_head(uint32_t stream) {
  return h2::headers(
      stream, {{":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {":authority", "h"}});
}

}  // namespace macaw::test
