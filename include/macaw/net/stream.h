// SPDX-License-Identifier: MIT
//
// A stream and a listener, of TCP or of Unix sockets, with or without TLS. A stream is a reusable
// slot: closed -> connecting -> open -> closing -> closed, and connect() again. Nothing is
// allocated per connection (but by OpenSSL) or per write. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "macaw/base/result.h"
#include "macaw/net/address.h"
#include "macaw/net/loop.h"
#include "macaw/net/tls.h"

namespace macaw::net {

/// Called by a stream, never from inside one of the stream's own functions (connect, write, close):
/// always from a later event of the loop. After close() no call but stream_closed() follows. The
/// stream may be closed, used again (from stream_closed()) or destroyed inside any of the calls.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;

  /// The connect ended, and the TLS handshake with it; `error` is 0 or an errno value
  /// (ECONNREFUSED, ETIMEDOUT, ...; EPROTO: the handshake failed, see tls_trouble()). After an
  /// error the stream is to be close()d.
  virtual void stream_connected(int error) = 0;
  /// Bytes arrived. They lie in the loop's scratch buffer: valid during the call only.
  virtual void stream_read(std::string_view bytes) = 0;
  /// The peer ended its side (error 0; writing still works) or the connection broke (errno:
  /// ECONNRESET, EPIPE, ...; EPROTO: TLS was broken, or cut off without a goodbye, so that nobody
  /// can tell whether all has come; see tls_trouble()). Each comes at most once, the break last,
  /// and both behind all bytes that had arrived (unless reading is paused). The stream is to be
  /// close()d.
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

  /// Starts to connect, with TCP_NODELAY; reading starts by itself once open. Errors that the
  /// kernel reports at once (no descriptors: EMFILE, no ports: EADDRNOTAVAIL, no way: ENETUNREACH)
  /// are returned as errno, and the stream is still closed: no callback follows. 0 means that
  /// stream_connected() follows. A server whose queue of new connections is full is waited for,
  /// also that of a Unix socket. With `tls` (needed during the call only; its client as long as the
  /// stream) the handshake follows. REQUIRES: state() == kClosed, an address
  int connect(const Address& address, const TlsConnect* tls = nullptr);

  /// Writes as much as the socket takes at once; the rest goes out by itself, and the bytes must
  /// stay where they are until stream_drained(), close() or destruction. Returns kDone when nothing
  /// is left to do, kPending when stream_drained() will follow, kFailed (errno in `*error`) when
  /// the connection is broken and is to be close()d. REQUIRES: state() == kOpen, no write pending.
  enum class WriteState : uint8_t { kDone, kPending, kFailed };
  WriteState write(std::string_view bytes, int* error);

  /// Sends FIN and goes on reading. Returns an errno value, 0 for success. REQUIRES: state() ==
  /// kOpen, no write pending.
  int end_writing();

  /// While paused nothing is read, so a peer that sends on is held back by its window. Neither its
  /// end nor (without a pending write) a break is noticed. Harmless when not open.
  void pause_reading();
  void resume_reading();

  /// Starts to close; stream_closed() follows. Harmless when closing or closed. `reset` sends RST
  /// instead of FIN (no TIME_WAIT is left); Unix sockets have no RST. Unread input makes the kernel
  /// send RST in any case, and tell ECONNRESET to the peer of a Unix socket.
  void close(bool reset = false);

  /// Of the present connection, or the last one: valid once it is open, `alpn` as long as it is.
  const ConnectInfo& connect_info() const;
  /// Why TLS failed, one line; empty: it did not.
  std::string_view tls_trouble() const;

  /// Local port of an open stream (0 when unknown or a Unix socket): to join with packet captures.
  uint16_t local_port() const;

 private:
  friend class Listener;
  friend struct DeliveryQueue;
  friend struct RoomQueue;
  struct Impl;
  Impl* impl_;
};

/// Accepts connections.
class Listener {
 public:
  /// `accepted(listener)` is called for each waiting connection; it must call accept_into() with a
  /// closed stream of the same loop, or reject(), or close the listener.
  Listener(Loop& loop, std::function<void(Listener&)> accepted);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Port 0 picks a free one. The first address of the name that works is taken. SO_REUSEADDR is
  /// set. The error names address, port and reason. REQUIRES: not listening
  Status listen(const std::string& host, uint16_t port, int backlog = 1024);
  /// On a Unix socket, which is made at `path`, and removed by close(). One that an earlier process
  /// has left there without listening any more is replaced; the error says what else is there.
  /// REQUIRES: not listening
  Status listen_unix(const std::string& path, int backlog = 1024);
  /// 0 when not listening, or on a Unix socket.
  uint16_t port() const;

  /// The stream becomes open and starts reading, without stream_connected(). With `tls` it is
  /// connecting until the client has shaken hands; a handshake that fails is stream_ended().
  /// Returns an errno value, 0 for success; after an error the stream is still closed.
  int accept_into(Stream& stream, TlsServer* tls = nullptr);
  /// Resets the waiting connection (closes it, of a Unix socket).
  void reject();
  /// Stops accepting (the port is closed, the Unix socket removed); listening may follow.
  void close();

 private:
  struct Impl;
  Impl* impl_;
};

}  // namespace macaw::net
