// SPDX-License-Identifier: MIT
//
// A stream whose callbacks are written down, and pairs of them.
// Thread: the test's.
#pragma once

#include <fmt/format.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "macaw/net/stream.h"
#include "support/loop_fixture.h"

namespace macaw::test {

class StreamRecorder final : public net::StreamHandler {
 public:
  explicit StreamRecorder(net::Loop& loop) : stream(std::make_unique<net::Stream>(loop, *this)) {}

  void stream_connected(int error) override { note(fmt::format("connected {}", error)); }

  void stream_read(std::string_view bytes) override {
    received.append(bytes);
    if (on_event) {
      on_event("read");
    }
  }

  void stream_ended(int error) override { note(fmt::format("ended {}", error)); }

  void stream_drained() override { note("drained"); }

  void stream_closed() override { note("closed"); }

  bool saw(const std::string& event) const {
    return std::find(events.begin(), events.end(), event) != events.end();
  }

  std::unique_ptr<net::Stream> stream;
  std::string received;
  std::vector<std::string> events;  ///< all but reads
  /// Called at the end of every callback, reads included.
  std::function<void(const std::string& event)> on_event;

 private:
  void note(const std::string& event) {
    events.push_back(event);
    if (on_event) {
      on_event(event);
    }
  }
};

/// A listener on a free port of 127.0.0.1; what it accepts goes to `accepted` (a closed recorder
/// there is used again).
struct StreamFixture : LoopFixture {
  StreamFixture()
      : listener(std::make_unique<net::Listener>(loop, [this](net::Listener& from) {
          if (accepted.empty() || accepted.back()->stream->state() != net::Stream::State::kClosed) {
            accepted.push_back(std::make_unique<StreamRecorder>(loop));
          }
          accept_result = from.accept_into(*accepted.back()->stream);
          ++accepts;
        })) {
    BOOST_REQUIRE(listener->listen("127.0.0.1", 0).ok());
    address = net::resolve("127.0.0.1", listener->port())->front();
  }

  /// Connects the client and waits until both ends are open.
  StreamRecorder& connect_pair(StreamRecorder& client) {
    const size_t before = accepts;
    BOOST_REQUIRE(client.stream->connect(address) == 0);
    run_until(
        [&] { return client.stream->state() == net::Stream::State::kOpen && accepts > before; });
    return *accepted.back();
  }

  std::unique_ptr<net::Listener> listener;
  net::Address address;
  std::vector<std::unique_ptr<StreamRecorder>> accepted;
  size_t accepts = 0;
  int accept_result = -1;
};

}  // namespace macaw::test
