// SPDX-License-Identifier: MIT
//
// See call_proxy.h.
// Thread: the loop's.

#include "call_proxy.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "grpc_desk.h"
#include "macaw/base/check.h"
#include "macaw/base/units.h"
#include "relay.h"

namespace macaw::stub {
namespace {

constexpr size_t kCallOutputPiece = 64 * 1024;

}  // namespace

/// One call under way, and its answer as it comes.
class CallProxy::Hop final : public http::H2Stream {
 public:
  Hop(CallProxy& proxy, std::string call, server::Responder responder)
      : call_(std::move(call)), responder_(std::move(responder)), proxy_(proxy) {}

  const std::string& call() const { return call_; }

  bool wanted() const { return responder_.connected(); }

  void fail(const std::string& reason) {
    if (begun_) {
      responder_.abort(/*reset=*/true);
    } else {
      responder_.send(grpc_error(GrpcCode::kUnavailable, reason));
    }
  }

  void frame_sent(size_t /*bytes*/) override {}

  void frame_begins(size_t /*bytes*/) override {}

  void header_came(std::string_view name, std::string_view value) override {
    if (begun_) {
      trailers_.emplace_back(name, value);
    } else if (name == ":status") {
      const auto status = parse_u64(value);
      response_.status = status ? static_cast<int>(*status) : 0;
    } else if (name == "content-type") {
      response_.content_type = value;
    } else if (name != "content-length") {
      fmt::format_to(std::back_inserter(response_.extra_headers), "{}: {}\r\n", name, value);
    }
  }

  void body_came(std::string_view bytes) override {
    if (!std::exchange(begun_, true)) {
      responder_.begin_stream(response_.status, response_.content_type, response_.extra_headers);
    }
    if (!responder_.send_chunk(bytes)) {
      proxy_.session_.cancel(*this);
      proxy_.let_go(*this);
    }
  }

  void answer_ended() override {
    if (begun_) {
      responder_.end(trailers_);
    } else {
      responder_.send(std::move(response_));
    }
    proxy_.let_go(*this);
  }

  void answer_failed(http::H2Failure failure, std::string_view reason) override {
    if (failure == http::H2Failure::kNotProcessed && !begun_ && !std::exchange(again_, true)) {
      proxy_.waiting_.push_back(
          std::make_unique<Hop>(proxy_, std::move(call_), std::move(responder_)));
      proxy_.waiting_.back()->again_ = true;
    } else {
      fail(fmt::format("{}: {}", proxy_.name_, reason));
    }
    proxy_.let_go(*this);
  }

 private:
  std::string call_;
  server::Responder responder_;
  CallProxy& proxy_;
  server::Response response_{.content_type = {}};
  http::Trailers trailers_;
  bool begun_ = false;
  bool again_ = false;
};

CallProxy::CallProxy(net::Loop& loop, std::vector<net::Address> addresses, std::string name)
    : loop_(loop),
      addresses_(std::move(addresses)),
      name_(std::move(name)),
      stream_(loop, *this),
      session_(http::H2ClientSession::Settings{}) {
  MACAW_CHECK(!addresses_.empty());
}

CallProxy::~CallProxy() {
  for (const auto& hop : under_way_) {
    session_.cancel(*hop);
  }
}

void CallProxy::forward(std::string call, server::Responder responder) {
  if (!responder.connected()) {
    return;  // the client has gone while the delay ran
  }
  waiting_.push_back(std::make_unique<Hop>(*this, std::move(call), std::move(responder)));
  if (sweeper_ == nullptr) {
    sweeper_ = std::make_unique<net::PeriodicTimer>(loop_, from_seconds(1), [this] { sweep(); });
  }
  settle();
}

/// Brings forward whatever can be.
void CallProxy::settle() {
  over_.clear();
  switch (stream_.state()) {
    case net::Stream::State::kClosed:
      if (!waiting_.empty()) {
        connect();
      }
      break;
    case net::Stream::State::kOpen:
      submit_waiting();
      flush();
      if (stream_.state() == net::Stream::State::kOpen && session_.is_over()) {
        break_off(
            fmt::format("{}: {}", name_,
                        session_.trouble().empty() ? "the connection ended" : session_.trouble()));
      }
      break;
    default:
      break;  // a callback will come
  }
}

void CallProxy::connect() {
  write_pending_ = false;
  writing_.clear();
  if (const int error = stream_.connect(addresses_[address_]); error != 0) {
    connect_failed(error);
  }
}

void CallProxy::connect_failed(int error) {
  address_ = (address_ + 1) % addresses_.size();
  if (++addresses_tried_ < addresses_.size()) {
    return;  // stream_closed() tries it, or sweep()
  }
  addresses_tried_ = 0;
  for (const auto& hop : std::exchange(waiting_, {})) {
    hop->fail(fmt::format("cannot connect to {}: {}", name_, net::error_text(error)));
  }
}

void CallProxy::stream_connected(int error) {
  if (error != 0) {
    connect_failed(error);
    stream_.close();
    return;
  }
  addresses_tried_ = 0;
  session_.start();
  settle();
}

void CallProxy::submit_waiting() {
  if (!session_.takes_requests()) {
    return;  // when this connection is over there will be another
  }
  for (auto& hop : std::exchange(waiting_, {})) {
    if (hop->wanted()) {
      under_way_.push_back(std::move(hop));
      session_.submit(under_way_.back()->call(), *under_way_.back());
    }
  }
}

void CallProxy::flush() {
  while (stream_.state() == net::Stream::State::kOpen && !write_pending_) {
    writing_.clear();
    if (!session_.take_output(kCallOutputPiece, writing_)) {
      return;
    }
    int error = 0;
    switch (stream_.write(writing_, &error)) {
      case net::Stream::WriteState::kDone:
        break;
      case net::Stream::WriteState::kPending:
        write_pending_ = true;
        break;
      case net::Stream::WriteState::kFailed:
        break_off(fmt::format("{}: {}", name_, net::error_text(error)));
        break;
    }
  }
}

void CallProxy::stream_read(std::string_view bytes) {
  if (!session_.feed(bytes)) {
    break_off(fmt::format("{}: {}", name_, session_.trouble()));
    return;
  }
  settle();
}

void CallProxy::stream_ended(int error) {
  break_off(
      fmt::format("{}: {}", name_, error != 0 ? net::error_text(error) : "the connection ended"));
}

void CallProxy::stream_drained() {
  write_pending_ = false;
  settle();
}

void CallProxy::stream_closed() {
  settle();
}

void CallProxy::break_off(const std::string& reason) {
  for (const auto& hop : std::exchange(under_way_, {})) {
    session_.cancel(*hop);
    hop->fail(reason);
  }
  stream_.close();
}

void CallProxy::let_go(Hop& hop) {
  const auto found = std::find_if(under_way_.begin(), under_way_.end(),
                                  [&hop](const auto& each) { return each.get() == &hop; });
  if (found != under_way_.end()) {
    over_.push_back(std::move(*found));
    under_way_.erase(found);
  }
}

void CallProxy::sweep() {
  for (size_t k = under_way_.size(); k-- > 0;) {
    Hop& hop = *under_way_[k];
    if (!hop.wanted()) {
      session_.cancel(hop);
      let_go(hop);
    }
  }
  settle();
  if (under_way_.empty() && waiting_.empty()) {
    sweeper_.reset();
  }
}

std::string forwarded_call(const http::Request& call) {
  std::string bytes = forwarded_request(call);
  // A field of each hop's own, and every hop of gRPC has it.
  bytes.insert(bytes.find("\r\n") + 2, "te: trailers\r\n");
  return bytes;
}

}  // namespace macaw::stub
