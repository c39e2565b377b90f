// SPDX-License-Identifier: MIT
//
// One slot of a pool: a stream that is connected again and again, and what is spoken over it. Knows
// no policy: which target, which exchange, how many connections is the pool's. Thread: one
// worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "http1_protocol.h"
#include "http2_protocol.h"
#include "macaw/net/loop.h"
#include "macaw/net/stream.h"
#include "protocol.h"
#include "target_table.h"

namespace macaw::replay {

class Connection;

/// What a connection tells its pool. Each call may reuse the connection: nothing runs in it
/// afterwards.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual Nanos now() const = 0;
  virtual TransportObserver& observer() = 0;
  /// Connected, and carries nothing yet.
  virtual void connection_opened(Connection& connection) = 0;
  /// `error` is an errno value; `reason` says it in words when it is none of the kernel's. The
  /// connection is still in connecting state.
  virtual void connect_failed(Connection& connection, int error, std::string_view reason) = 0;
  /// Lanes have come free, or are gone: the connection may be closing.
  virtual void lanes_changed(Connection& connection) = 0;
  /// flush() is to be called.
  virtual void wants_flush(Connection& connection) = 0;
  virtual void resend(Connection& connection, Exchange& exchange, bool on_new_one) = 0;
  /// The slot can be opened again.
  virtual void connection_closed(Connection& connection) = 0;
};

struct ProtocolSettings {
  uint32_t answers_max = 0;  ///< of one connection, which we close then; 0: any number
  uint32_t streams_max = 1;  ///< at once, of HTTP/2
  size_t body_kept_max = 0;
  bool session_headers = false;  ///< answers say location and set_cookies
};

class Connection final : private net::StreamHandler, private ProtocolHost {
 public:
  enum class State : uint8_t { kClosed, kConnecting, kOpen, kClosing };

  Connection(net::Loop& loop, ConnectionOwner& owner, uint16_t slot,
             const ProtocolSettings& settings);
  ~Connection() override;

  State state() const { return state_; }

  uint16_t slot() const override { return slot_; }

  /// REQUIRES: kClosed. Returns an errno value; 0: connection_opened() or connect_failed() of the
  /// owner follows.
  int connect(const net::Address& remote, const TargetEntry& entry, net::TlsClient* tls);
  /// REQUIRES: lanes_free() > 0. May end the exchange before it returns.
  void send(Exchange& exchange);
  void flush();
  void abandon(Exchange& exchange);
  /// connection_closed() follows, unless it is closed already. Exchanges that it carries are
  /// forgotten.
  void close(bool reset) override;

  uint32_t lanes_free() const { return state_ == State::kOpen ? protocol_->lanes_free() : 0; }

  uint32_t in_flight() const { return state_ == State::kOpen ? protocol_->in_flight() : 0; }

  /// REQUIRES: it was open once.
  const Protocol& protocol() const { return *protocol_; }

  /// How it came up. REQUIRES: open. The worker's number is not known here.
  stats::ConnectionCell described() const;

  // The pool's notes about this slot.
  uint16_t target = 0;
  uint32_t address = 0;           ///< which of the target's addresses
  uint32_t addresses_left = 0;    ///< to be tried after this one
  bool reopen = false;            ///< connect again to `target` once closed
  bool is_ready = false;          ///< in its target's list of those with a free lane
  bool is_idle = false;           ///< ready, and carries nothing
  bool is_counted = false;        ///< among its target's open ones
  bool is_to_be_flushed = false;  ///< in the pool's list of them
  Nanos connect_started{};

 private:
  void stream_connected(int error) override;
  void stream_read(std::string_view bytes) override;
  void stream_ended(int error) override;
  void stream_drained() override;
  void stream_closed() override;

  // ProtocolHost
  net::Stream& stream() override { return stream_; }

  bool is_tls() const override { return is_tls_; }

  Nanos now() const override { return owner_.now(); }

  TransportObserver& observer() override { return owner_.observer(); }

  void opened() override;
  void open_failed(std::string_view reason) override;

  void lanes_changed() override { owner_.lanes_changed(*this); }

  void wants_flush() override { owner_.wants_flush(*this); }

  void resend(Exchange& exchange, bool on_new_one) override;

  Protocol& protocol_for(bool http2);

  ConnectionOwner& owner_;
  net::Stream stream_;
  const uint16_t slot_;
  const ProtocolSettings& settings_;
  State state_ = State::kClosed;
  TargetProtocol wanted_ = TargetProtocol::kHttp1;
  bool is_tls_ = false;
  Protocol* protocol_ = nullptr;
  std::unique_ptr<Http1Protocol> http1_;  // made when they are needed first
  std::unique_ptr<Http2Protocol> http2_;
};

}  // namespace macaw::replay
