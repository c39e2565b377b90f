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

int Connection::connect(const net::Address& remote, const TargetEntry& entry, net::TlsClient* tls) {
  MACAW_DCHECK(state_ == State::kClosed);
  wanted_ = entry.protocol;
  is_tls_ = entry.place.tls;
  protocol_ = nullptr;
  int error = 0;
  if (is_tls_) {
    const net::TlsConnect how{.client = tls,
                              .server_name = entry.server_name,
                              .offer = wanted_ == TargetProtocol::kHttp1   ? net::Alpn::kHttp1
                                       : wanted_ == TargetProtocol::kHttp2 ? net::Alpn::kHttp2
                                                                           : net::Alpn::kEither};
    error = stream_.connect(remote, &how);
  } else {
    error = stream_.connect(remote);
  }
  if (error == 0) {
    state_ = State::kConnecting;
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
    owner_.connect_failed(*this, error, stream_.tls_trouble());
    return;
  }
  const std::string_view agreed = stream_.connect_info().alpn;
  if (is_tls_ && wanted_ == TargetProtocol::kHttp2 && agreed != "h2") {
    open_failed("the server does not speak HTTP/2 (ALPN)");
    return;
  }
  const bool http2 = is_tls_ ? agreed == "h2" : wanted_ == TargetProtocol::kHttp2;
  protocol_ = &protocol_for(http2);
  protocol_->open();
}

stats::ConnectionCell Connection::described() const {
  const net::ConnectInfo& info = stream_.connect_info();
  stats::ConnectionCell cell;
  cell.http_version = protocol_->version();
  cell.tls_version = static_cast<uint8_t>(info.tls);
  cell.resumed = info.resumed ? 1 : 0;
  cell.connection = slot_;
  cell.target = target;
  cell.at_ns = connect_started.count();
  cell.connect_ns = static_cast<uint64_t>((info.connected - info.started).count());
  cell.handshake_ns = static_cast<uint64_t>((info.secured - info.connected).count());
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
