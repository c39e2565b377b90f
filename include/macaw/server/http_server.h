// SPDX-License-Identifier: MIT
//
// A small HTTP server for our own purposes (the stub, the UI, test fixtures): keep-alive, pipelined
// requests answered in order, answers now or later, streaming answers for server-sent events. What
// a client makes it hold is bounded: one request within the limits, 64 waiting requests, 1 MB of
// unread answers (and the one that went beyond); then it stops reading. Malformed input is answered
// with 400, 413 or 431, and the connection ends. A client whose first bytes are HTTP/2's preface
// gets HTTP/2 (also over TLS, whatever was agreed on there), with the bounds of h2_server.h. Knows
// nothing of what it serves.
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "macaw/base/result.h"
#include "macaw/http/h2_server.h"
#include "macaw/http/request_parser.h"
#include "macaw/net/loop.h"
#include "macaw/net/tls.h"

namespace macaw::server {

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string extra_headers = {};  ///< whole lines, each ended by "\r\n"
  std::string body = {};
  bool close = false;  ///< close the connection after this answer
  /// After the body; names in lower case. HTTP/2 only: HTTP/1.1 leaves them out.
  http::Trailers trailers = {};
};

/// Where the answer to one request goes. Copyable handle; outlives its connection, and the server,
/// harmlessly (then everything is a no-op). When the last copy goes without an answer, the client
/// gets none: the connection (or HTTP/2's stream) stays until the client ends it; a begun stream is
/// reset.
class Responder {
 public:
  /// Answers; once per request. May be called now or from a later event of the same loop.
  void send(Response response);
  /// Begins a streaming answer (chunked, or to the end of the connection where the client does not
  /// keep it), then any number of send_chunk(), then end(). send_chunk() returns false when the
  /// client has gone or has not read for long (more than 1 MB waits; it is reset then); the stream
  /// is over then.
  void begin_stream(int status, std::string_view content_type, std::string_view extra_headers = {});
  bool send_chunk(std::string_view bytes);
  /// Trailers are for HTTP/2 and for chunked answers.
  void end(const http::Trailers& trailers = {});
  /// Breaks the connection: `reset` with RST, else FIN. Earlier answers that still wait are lost.
  /// Of HTTP/2 it breaks the stream only: RST_STREAM with INTERNAL_ERROR, else CANCEL.
  void abort(bool reset);
  /// False when the client has gone, and after the answer.
  bool connected() const;
  /// Distinguishes connections within one server, from 1.
  uint64_t connection_id() const;

 private:
  friend class HttpServer;
  struct State;
  explicit Responder(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

struct HttpServerOptions {
  /// Further connections are reset.
  size_t connections_max = 20000;
  http::RequestParser::Limits limits = {};
  /// Closes a connection with so many answers (0: never), as servlet containers do.
  uint64_t requests_per_connection = 0;
  /// Whether HTTP/2 is spoken to clients that speak it; else they are answered with 400.
  bool http2 = true;
  uint32_t http2_streams_max = 100;  ///< requests at once on a connection
  /// How much of a body may come before it was looked at: of one request, of a connection's.
  uint32_t http2_stream_window = 64 * 1024;
  uint32_t http2_connection_window = 1024 * 1024;
  /// With it, all connections are over TLS.
  std::shared_ptr<net::TlsServer> tls = {};
  /// Value of the Server header; empty: none.
  std::string server_name = {};
};

class HttpServer {
 public:
  /// The request is valid during the call only. The handler may close() the server, not destroy it.
  using Handler = std::function<void(const http::Request&, Responder)>;

  HttpServer(net::Loop& loop, HttpServerOptions options, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  Status listen(const std::string& host, uint16_t port);
  /// On a Unix socket; see net::Listener.
  Status listen_unix(const std::string& path);
  uint16_t port() const;
  /// Closes the listener and all connections; listen() may follow.
  void close();
  size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::server
