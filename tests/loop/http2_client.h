// SPDX-License-Identifier: MIT
//
// An HTTP/2 client on the test's loop: our own session over a recorded stream, for what our own
// servers answer.
// Thread: the test's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/http/h2_client.h"
#include "stream_recorder.h"

namespace macaw::test {

/// An answer as it comes; fields are lines "name: value".
struct Http2Answer : http::H2Stream {
  void frame_sent(size_t /*bytes*/) override {}

  void frame_begins(size_t /*bytes*/) override {}

  void header_came(std::string_view name, std::string_view value) override {
    // Without a body a client cannot tell trailers from the head; nor do our tests.
    std::string& to = body_began ? trailers : head;
    to.append(name).append(": ").append(value).append("\n");
  }

  void body_came(std::string_view bytes) override {
    body_began = true;
    body.append(bytes);
    ++pieces;
  }

  void answer_ended() override { end = "ended"; }

  void answer_failed(http::H2Failure /*failure*/, std::string_view reason) override {
    end = reason;
  }

  /// Of the head, or else of the trailers; empty when it is in neither.
  std::string field(std::string_view name) const {
    const std::string all = "\n" + head + trailers;
    const size_t at = all.find("\n" + std::string(name) + ": ");
    const size_t from = at + name.size() + 3;
    return at == std::string::npos ? "" : all.substr(from, all.find('\n', from) - from);
  }

  std::string head;
  std::string body;
  std::string trailers;
  std::string end;  ///< "ended", or why it failed
  size_t pieces = 0;
  bool body_began = false;
};

class Http2Client {
 public:
  Http2Client(LoopFixture& fixture, std::unique_ptr<StreamRecorder> stream)
      : fixture_(fixture), stream_(std::move(stream)) {
    session_.start();
    stream_->on_event = [this](const std::string& event) { handle(event); };
  }

  ~Http2Client() {
    for (const auto& answer : answers_) {
      session_.cancel(*answer);
    }
  }

  /// `request` as HTTP/1.1 has it.
  Http2Answer& submit(std::string request) {
    requests_.push_back(std::make_unique<std::string>(std::move(request)));
    answers_.push_back(std::make_unique<Http2Answer>());
    session_.submit(*requests_.back(), *answers_.back());
    flush();
    return *answers_.back();
  }

  Http2Answer& ask(std::string request) {
    Http2Answer& answer = submit(std::move(request));
    fixture_.run_until([&] { return !answer.end.empty(); }, "an answer");
    return answer;
  }

  void cancel(Http2Answer& answer) {
    session_.cancel(answer);
    flush();
  }

  bool is_over() const { return session_.is_over(); }

  bool takes_requests() const { return session_.takes_requests(); }

  StreamRecorder& stream() { return *stream_; }

 private:
  void handle(const std::string& event) {
    if (event == "read") {
      BOOST_REQUIRE(session_.feed(stream_->received));
      stream_->received.clear();
    } else if (event == "drained") {
      writing_.clear();
    }
    flush();
  }

  void flush() {
    const auto open = [&] { return stream_->stream->state() == net::Stream::State::kOpen; };
    while (open() && writing_.empty() && session_.take_output(64 * 1024, writing_)) {
      int error = 0;
      if (stream_->stream->write(writing_, &error) == net::Stream::WriteState::kPending) {
        return;
      }
      writing_.clear();
    }
  }

  LoopFixture& fixture_;
  http::H2ClientSession session_{{}};
  std::unique_ptr<StreamRecorder> stream_;
  std::string writing_;
  std::vector<std::unique_ptr<std::string>> requests_;
  std::vector<std::unique_ptr<Http2Answer>> answers_;
};

}  // namespace macaw::test
