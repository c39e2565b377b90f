// SPDX-License-Identifier: MIT
//
// See upstream_connection.h.
// Thread: the loop's.

#include "upstream_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "macaw/base/check.h"
#include "relay.h"

namespace macaw::stub {

UpstreamConnection::UpstreamConnection(net::Loop& loop, Proxy& proxy)
    : proxy_(proxy), stream_(loop, *this), parser_({.body_kept_max = kBodyMax}) {}

void UpstreamConnection::open(Forwarding forwarding, const net::Address& address) {
  MACAW_CHECK(!busy() && stream_.state() == net::Stream::State::kClosed);
  used_ = false;
  write_pending_ = false;
  forwarding_ = std::move(forwarding);
  if (const int error = stream_.connect(address); error != 0) {
    // The stream is still closed, so no callback will bring this slot back.
    Forwarding lost = take_forwarding();
    proxy_.closed_.push_back(this);
    Proxy::fail(std::move(lost),
                fmt::format("cannot connect to {}: {}", proxy_.name_, net::error_text(error)));
  }
}

void UpstreamConnection::send(Forwarding forwarding) {
  MACAW_CHECK(!busy());
  used_ = true;
  forwarding_ = std::move(forwarding);
  write_request();
}

void UpstreamConnection::write_request() {
  parser_.start(forwarding_->head);
  head_.clear();
  head_end_ = std::string::npos;
  int error = 0;
  switch (stream_.write(forwarding_->request, &error)) {
    case net::Stream::WriteState::kDone:
      break;
    case net::Stream::WriteState::kPending:
      write_pending_ = true;
      break;
    case net::Stream::WriteState::kFailed:
      handle_loss(net::error_text(error));
      break;
  }
}

void UpstreamConnection::stream_connected(int error) {
  if (error == 0) {
    proxy_.connected(forwarding_->address);
    write_request();
    return;
  }
  Forwarding lost = take_forwarding();
  stream_.close();
  if (proxy_.try_next_address(lost)) {
    proxy_.dispatch(std::move(lost), /*fresh=*/true);
  } else {
    Proxy::fail(std::move(lost),
                fmt::format("cannot connect to {}: {}", proxy_.name_, net::error_text(error)));
  }
}

void UpstreamConnection::stream_read(std::string_view bytes) {
  if (!busy()) {
    leave_idle();  // nobody asked
    stream_.close();
    return;
  }
  if (head_end_ == std::string::npos) {
    head_.append(bytes);
    head_end_ = final_head_end(head_, head_begin_);
  }
  switch (parser_.feed(bytes)) {
    case http::ParseState::kNeedMore:
      break;
    case http::ParseState::kComplete: {
      const bool keep =
          parser_.keep_alive() && parser_.consumed() == bytes.size() && !write_pending_;
      if (!keep) {
        stream_.close();
      }
      answer();
      if (keep) {
        proxy_.idle_.push_back(this);
      }
      break;
    }
    case http::ParseState::kMalformed: {
      stream_.close(/*reset=*/true);
      Forwarding lost = take_forwarding();
      Proxy::fail(std::move(lost), fmt::format("{} answered {}", proxy_.name_, parser_.error()));
      break;
    }
  }
}

/// The answer is complete.
void UpstreamConnection::answer() {
  Forwarding done = take_forwarding();
  if (parser_.body_bytes() > kBodyMax) {
    Proxy::fail(std::move(done), fmt::format("{} answered {} bytes, at most {} are passed on",
                                             proxy_.name_, parser_.body_bytes(), kBodyMax));
    return;
  }
  if (head_end_ == std::string::npos) {
    Proxy::fail(std::move(done),
                fmt::format("{} answered with lines that do not end in CR LF", proxy_.name_));
    return;
  }
  const std::string_view head =
      std::string_view(head_).substr(head_begin_, head_end_ - head_begin_);
  done.responder.send(relayed_answer(parser_.status(), head, parser_.body()));
}

void UpstreamConnection::stream_ended(int error) {
  if (!busy()) {
    leave_idle();
    stream_.close();
    return;
  }
  if (error == 0 && parser_.started() && parser_.finish() == http::ParseState::kComplete) {
    stream_.close();
    answer();
    return;
  }
  handle_loss(error != 0 ? net::error_text(error)
                         : std::string("the connection ended before the answer did"));
}

void UpstreamConnection::handle_loss(std::string_view reason) {
  const bool stale = used_ && !parser_.started();
  stream_.close(/*reset=*/true);
  Forwarding lost = take_forwarding();
  if (stale && !lost.again) {
    lost.again = true;
    proxy_.dispatch(std::move(lost), /*fresh=*/true);
  } else {
    Proxy::fail(std::move(lost), fmt::format("{}: {}", proxy_.name_, reason));
  }
}

void UpstreamConnection::stream_drained() {
  write_pending_ = false;
}

void UpstreamConnection::stream_closed() {
  proxy_.closed_.push_back(this);
}

void UpstreamConnection::drop_if_abandoned() {
  if (busy() && !forwarding_->responder.connected()) {
    stream_.close(/*reset=*/true);
    forwarding_.reset();
  }
}

void UpstreamConnection::leave_idle() {
  std::erase(proxy_.idle_, this);
}

/// What is being written must stay where it is until the write is done or the stream closed: close
/// first where a write may be unfinished.
Forwarding UpstreamConnection::take_forwarding() {
  Forwarding taken = std::move(*forwarding_);
  forwarding_.reset();
  return taken;
}

}  // namespace macaw::stub
