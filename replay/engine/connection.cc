// SPDX-License-Identifier: MIT
//
// See connection.h.

#include "connection.h"

#include <cerrno>

#include "macaw/base/check.h"

namespace macaw::replay {

Connection::Connection(net::Loop& loop, ConnectionOwner& owner, uint16_t slot,
                       const ProtocolSettings& settings)
    : owner_(owner), stream_(loop, *this), slot_(slot), settings_(settings) {}

Connection::~Connection() = default;

int Connection::connect(const net::Address& remote, bool http2) {
  MACAW_DCHECK(state_ == State::kClosed);
  const int error = stream_.connect(remote);
  if (error == 0) {
    state_ = State::kConnecting;
    wants_http2_ = http2;
    protocol_ = nullptr;
  }
  return error;
}

Protocol& Connection::protocol_for(bool http2) {
  ProtocolHost& host = *this;
  if (http2) {
    if (http2_ == nullptr) {
      http2_ = std::make_unique<Http2Protocol>(
          host, Http2Protocol::Settings{.streams_max = settings_.streams_max,
                                        .answers_max = settings_.answers_max,
                                        .body_kept_max = settings_.body_kept_max,
                                        .session_headers = settings_.session_headers});
    }
    return *http2_;
  }
  if (http1_ == nullptr) {
    http1_ = std::make_unique<Http1Protocol>(
        host, settings_.answers_max,
        http::ResponseParser::Limits{.body_kept_max = settings_.body_kept_max,
                                     .session_headers = settings_.session_headers});
  }
  return *http1_;
}

void Connection::stream_connected(int error) {
  if (error != 0) {
    owner_.connect_failed(*this, error, {});
    return;
  }
  connected_ = owner_.now();
  protocol_ = &protocol_for(wants_http2_);
  protocol_->open();
}

stats::ConnectionCell Connection::described() const {
  stats::ConnectionCell cell;
  cell.http_version = protocol_->version();
  cell.connection = slot_;
  cell.target = target;
  cell.at_ns = connect_started.count();
  cell.connect_ns = static_cast<uint64_t>((connected_ - connect_started).count());
  cell.local_port = stream_.local_port();
  return cell;
}

void Connection::opened() {
  state_ = State::kOpen;
  owner_.connection_opened(*this);
}

void Connection::open_failed(std::string_view reason) {
  owner_.connect_failed(*this, EPROTO, reason);
}

void Connection::send(Exchange& exchange) {
  exchange.connection_in_use = this;
  protocol_->send(exchange);
}

void Connection::flush() {
  if (state_ == State::kOpen) {
    protocol_->flush();
  }
}

void Connection::abandon(Exchange& exchange) {
  protocol_->abandon(exchange);
}

void Connection::resend(Exchange& exchange, bool on_new_one) {
  exchange.connection_in_use = nullptr;
  owner_.resend(*this, exchange, on_new_one);
}

void Connection::close(bool reset) {
  if (state_ == State::kClosed || state_ == State::kClosing) {
    return;
  }
  state_ = State::kClosing;
  if (protocol_ != nullptr) {
    protocol_->closed();
  }
  stream_.close(reset);
  owner_.lanes_changed(*this);
}

void Connection::stream_read(std::string_view bytes) {
  protocol_->read(bytes);
}

void Connection::stream_ended(int error) {
  if (state_ == State::kConnecting && protocol_ == nullptr) {
    owner_.connect_failed(*this, error != 0 ? error : ECONNRESET, {});
    return;
  }
  protocol_->ended(error);
}

void Connection::stream_drained() {
  protocol_->drained();
}

void Connection::stream_closed() {
  state_ = State::kClosed;
  owner_.connection_closed(*this);
}

}  // namespace macaw::replay
