// SPDX-License-Identifier: MIT
//
// One slot of the HTTP/1.1 pool: a stream, a response parser and at most one exchange. Knows the
// protocol, not the pool's policy. Thread: one worker's.
#pragma once

#include <cstdint>
#include <string_view>

#include "exchange.h"
#include "macaw/http/response_parser.h"
#include "macaw/net/loop.h"
#include "macaw/net/stream.h"
#include "transport.h"

namespace macaw::replay {

class Http1Connection;

/// What a connection tells its pool. Each call may reuse the connection: nothing runs in it
/// afterwards.
class Http1Pool {
 public:
  virtual ~Http1Pool() = default;
  virtual Nanos now() const = 0;
  virtual TransportObserver& observer() = 0;
  /// Connected; carries nothing yet.
  virtual void connection_opened(Http1Connection& connection) = 0;
  /// The answer is complete and the connection may carry another request.
  virtual void connection_idle(Http1Connection& connection) = 0;
  /// Closed by the peer, or spoken to without having asked, while idle. It is closing.
  virtual void idle_connection_lost(Http1Connection& connection) = 0;
  /// `error` is an errno value. The connection is still in connecting state.
  virtual void connect_failed(Http1Connection& connection, int error) = 0;
  /// The slot can be opened again.
  virtual void connection_closed(Http1Connection& connection) = 0;
  /// The exchange met a stale keep-alive connection, which is closing.
  virtual void resend_on_new(Http1Connection& connection, Exchange& exchange) = 0;
};

class Http1Connection final : private net::StreamHandler {
 public:
  enum class State : uint8_t { kClosed, kConnecting, kIdle, kBusy, kClosing };

  /// It is closed after `answers_max` answers; 0: never for their number.
  Http1Connection(net::Loop& loop, Http1Pool& pool, uint16_t slot, uint32_t answers_max,
                  const http::ResponseParser::Limits& limits);

  State state() const { return state_; }

  uint16_t slot() const { return slot_; }

  /// REQUIRES: kClosed. Returns an errno value; 0: connection_opened() or connect_failed() follows.
  int connect(const net::Address& remote);
  /// REQUIRES: kIdle, or kConnecting inside connection_opened(). May end the exchange before it
  /// returns.
  void send(Exchange& exchange);
  /// connection_closed() follows, unless it is closed already. An exchange that it carries is
  /// forgotten.
  void close(bool reset);

  void become_idle() { state_ = State::kIdle; }

  // The pool's notes about this slot.
  uint16_t target = 0;
  uint32_t address = 0;         ///< which of the target's addresses
  uint32_t addresses_left = 0;  ///< to be tried after this one
  bool reopen = false;          ///< connect again to `target` once closed
  Exchange* resend = nullptr;   ///< goes out first on the next connection of this slot
  Nanos connect_started{};

 private:
  void stream_connected(int error) override;
  void stream_read(std::string_view bytes) override;
  void stream_ended(int error) override;

  void stream_drained() override { write_is_pending_ = false; }

  void stream_closed() override;

  void answered(Nanos done, bool reusable);
  void failed(Nanos done, stats::Outcome outcome, std::string_view reason);
  void broken(Nanos done, int error);

  Http1Pool& pool_;
  net::Stream stream_;
  http::ResponseParser parser_;
  const uint16_t slot_;
  const uint32_t answers_max_;
  State state_ = State::kClosed;
  Exchange* exchange_ = nullptr;
  uint64_t answers_ = 0;  // on the present connection
  bool write_is_pending_ = false;
};

/// "connection refused", "connection reset by peer", ...: the usual errno texts in lower case,
/// without allocation.
std::string_view errno_text(int error);

}  // namespace macaw::replay
