// SPDX-License-Identifier: MIT
//
// One client connection of HttpServer: the socket, and which protocol is spoken on it, as the
// client's first bytes tell. Knows nothing of what is served.
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http1_protocol.h"
#include "http2_protocol.h"
#include "macaw/http/request_parser.h"
#include "macaw/net/stream.h"
#include "macaw/server/http_server.h"
#include "protocol.h"

namespace macaw::server {

/// What a connection needs of its server.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;

  /// The answer may come inside of this call.
  virtual void handle_request(const http::Request& request, std::shared_ptr<Exchange> exchange) = 0;
  virtual std::string_view server_headers() const = 0;
  /// The connection has sent its last byte and waits for the client's end: give_up_lingering() is
  /// to be called after a while.
  virtual void connection_lingers() = 0;
  /// take_held_input() is to be called from a later event.
  virtual void input_waits(Connection& connection) = 0;
  /// The slot may be used again.
  virtual void connection_closed(Connection& connection) = 0;
};

/// A reusable slot, like its stream.
class Connection final : public net::StreamHandler {
 public:
  Connection(net::Loop& loop, ConnectionOwner& owner, const HttpServerOptions& options);

  net::Stream& stream() { return stream_; }

  /// The stream has been accepted into.
  void start(uint64_t id);
  /// Closes at once; whatever waits for an answer is told so.
  void shut(bool reset);

  bool lingers() const { return lingers_; }

  /// To be called twice, a while apart: the first call only takes note.
  void give_up_lingering();

  /// Goes on with input that has waited for room. Harmless when there is none.
  void take_held_input();

  // For its protocol:

  ConnectionOwner& owner() { return owner_; }

  uint64_t id() const { return id_; }

  bool is_open() const { return stream_.state() == net::Stream::State::kOpen; }

  /// In the stream's hands.
  size_t writing_bytes() const { return writing_.size(); }

  /// There is more to be written, or an answer is complete.
  void answers_advanced();
  /// Ends the connection when there is nothing left that could happen on it.
  void settle();

 private:
  void stream_connected(int /*error*/) override {}

  void stream_read(std::string_view bytes) override;
  void stream_ended(int error) override;
  void stream_drained() override;
  void stream_closed() override;

  Protocol* choose_protocol(std::string_view first);
  void flush();
  void linger();

  ConnectionOwner& owner_;
  const HttpServerOptions& options_;
  net::Stream stream_;
  Http1Protocol http1_;
  std::unique_ptr<Http2Protocol> http2_;  ///< made when a client first speaks it
  Protocol* protocol_ = nullptr;          ///< null until the client has said enough
  uint64_t id_ = 0;
  std::string first_bytes_;  ///< while they may be either protocol's
  std::string writing_;      ///< in the stream's hands while a write pends
  bool write_pending_ = false;
  bool taking_input_ = false;  ///< answers are gathered and written together afterwards
  bool input_ended_ = false;   ///< the client has closed its side
  bool lingers_ = false;
  bool lingers_long_ = false;
};

}  // namespace macaw::server
