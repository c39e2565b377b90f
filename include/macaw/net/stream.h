// SPDX-License-Identifier: MIT
//
// A TCP stream and a listener. A stream is a reusable slot: closed -> connecting -> open -> closing -> closed, and connect() again. Nothing
// is allocated per connection or per write after the first use of a slot.
// Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "macaw/base/result.h"
#include "macaw/net/address.h"
#include "macaw/net/loop.h"

namespace macaw::net {

/// Called by a stream, never from inside one of the stream's own functions (connect, write, close): always from a later event
/// of the loop. After close() no call but stream_closed() follows.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;

  /// The connect ended; `error` is 0 or an errno value (ECONNREFUSED, ETIMEDOUT, ...). After an error the stream is to be close()d.
  virtual void stream_connected(int error) = 0;
  /// Bytes arrived. They lie in the loop's scratch buffer: valid during the call only.
  virtual void stream_read(std::string_view bytes) = 0;
  /// The peer ended its side (error 0) or the connection broke (errno: ECONNRESET, EPIPE, ...). Comes once; the stream is to be close()d.
  virtual void stream_ended(int error) = 0;
  /// All bytes of a write() that could not be written at once have been handed to the kernel.
  virtual void stream_drained() = 0;
  /// The slot may be used again.
  virtual void stream_closed() = 0;
};

class Stream {
 public:
  enum class State : uint8_t { kClosed, kConnecting, kOpen, kClosing };

  Stream(Loop& loop, StreamHandler& handler);
  /// Closes at once, without further callbacks.
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  State state() const;

  /// Starts to connect, with TCP_NODELAY; reading starts by itself once open. Errors that the kernel reports at once (no descriptors: EMFILE, no ports:
  /// EADDRNOTAVAIL) are returned as errno; 0 means that stream_connected() follows. REQUIRES: state() == kClosed
  int connect(const Address& address);

  /// Writes as much as the socket takes at once; the rest goes out by itself, and the bytes must stay where they are until
  /// stream_drained() or stream_closed(). Returns kDone when nothing is left to do, kPending when stream_drained() will follow, kFailed (see
  /// errno in `*error`) when the connection is broken. REQUIRES: state() == kOpen, no write pending.
  enum class WriteState : uint8_t { kDone, kPending, kFailed };
  WriteState write(std::string_view bytes, int* error);

  /// Starts to close; stream_closed() follows. Harmless when closing or closed. `reset` sends RST instead of FIN (no TIME_WAIT is left).
  void close(bool reset = false);

  /// Local port of an open stream (0 when unknown): to join with packet captures.
  uint16_t local_port() const;

 private:
  friend class Listener;
  struct Impl;
  Impl* impl_;
};

/// Accepts TCP connections.
class Listener {
 public:
  /// `accepted(listener)` is called for each waiting connection; it must call accept_into() a closed stream of the same loop, or reject().
  Listener(Loop& loop, std::function<void(Listener&)> accepted);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Port 0 picks a free one. SO_REUSEADDR is set. The error names address, port and reason.
  Status listen(const std::string& host, uint16_t port, int backlog = 1024);
  uint16_t port() const;

  /// The stream becomes open and starts reading. Returns an errno value, 0 for success.
  int accept_into(Stream& stream);
  void reject();
  /// Stops accepting (the port is closed).
  void close();

 private:
  struct Impl;
  Impl* impl_;
};

}  // namespace macaw::net
