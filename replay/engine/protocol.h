// SPDX-License-Identifier: MIT
//
// The seam between a connection (a socket, whoever is at its end) and what is spoken over it:
// HTTP/1.1 with one request at a time, HTTP/2 with many. Chosen when the connection has come up,
// because the server may have a say (ALPN). Thread: one worker's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "exchange.h"
#include "macaw/net/stream.h"
#include "transport.h"

namespace macaw::replay {

/// What a protocol needs of the connection that it runs on. Where it says so, a call may reuse the
/// connection: the protocol does nothing afterwards.
class ProtocolHost {
 public:
  virtual ~ProtocolHost() = default;
  virtual net::Stream& stream() = 0;
  virtual uint16_t slot() const = 0;
  virtual bool is_tls() const = 0;
  virtual Nanos now() const = 0;
  virtual TransportObserver& observer() = 0;

  /// Requests may be sent. May reuse the connection.
  virtual void opened() = 0;
  /// There never was anybody who speaks this protocol. Closes. May reuse the connection.
  virtual void open_failed(std::string_view reason) = 0;
  /// The number of free lanes may have changed.
  virtual void lanes_changed() = 0;
  /// There is something to write: flush() is to be called when the worker has handed out what it
  /// has.
  virtual void wants_flush() = 0;
  /// The exchange met a connection that was no longer there, or a server that did not look at it:
  /// it goes out again, on another connection. `on_new_one`: on one that is opened from now on.
  virtual void resend(Exchange& exchange, bool on_new_one) = 0;
  /// No requests from now on. What is on its way is forgotten.
  virtual void close(bool reset) = 0;
};

/// One for each slot and version of HTTP, used for one connection after another.
class Protocol {
 public:
  virtual ~Protocol() = default;

  /// The connection has come up. Ends in opened() or open_failed() of the host, now or later,
  /// unless it is closed before.
  virtual void open() = 0;
  /// REQUIRES: lanes_free() > 0. The exchange is stamped when its first byte is about to be
  /// written. May end the exchange before it returns.
  virtual void send(Exchange& exchange) = 0;
  /// Writes what is to be written.
  virtual void flush() = 0;
  /// Tells the end of nothing: who gives an exchange up knows it.
  virtual void abandon(Exchange& exchange) = 0;
  /// As the stream's handler is told it.
  virtual void read(std::string_view bytes) = 0;
  virtual void ended(int error) = 0;
  virtual void drained() = 0;
  /// The stream is being closed: all exchanges are forgotten.
  virtual void closed() = 0;

  virtual uint32_t lanes_free() const = 0;
  virtual uint32_t in_flight() const = 0;
  /// How many requests such a connection carries at once, as far as is known.
  virtual uint32_t lanes() const = 0;
  /// Of HTTP: 1 or 2.
  virtual uint8_t version() const = 0;
};

}  // namespace macaw::replay
