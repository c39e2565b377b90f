// SPDX-License-Identifier: MIT
//
// HTTP/2 on a connection: a session of macaw/http/h2_server.h, and who answers its streams.
// Thread: the loop's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "macaw/http/h2_server.h"
#include "protocol.h"

namespace macaw::server {

class Connection;

class Http2Protocol final : public Protocol, private http::H2Requests {
 public:
  Http2Protocol(Connection& connection, const HttpServerOptions& options);

  void start() override;
  void stop() override;
  void clear() override;
  void take_input(std::string_view bytes) override;
  bool can_go_on() const override;
  void go_on() override;
  void take_output(std::string& out) override;
  bool is_over() const override;
  bool is_idle() const override;
  void send(Exchange& exchange, Response response) override;
  void begin_stream(Exchange& exchange, int status, std::string_view content_type,
                    std::string_view extra_headers) override;
  bool send_chunk(Exchange& exchange, std::string_view bytes) override;
  void end(Exchange& exchange, const http::Trailers& trailers) override;
  void abort(Exchange& exchange, bool reset) override;
  void abandon(Exchange& exchange) override;

 private:
  void request_came(int32_t stream, const http::Request& request) override;
  void stream_gone(int32_t stream) override;

  /// It needs no answer any more.
  void let_go(Exchange& exchange);
  void reset(Exchange& exchange, uint32_t error_code);

  Connection& connection_;
  http::H2ServerSession session_;
  std::unordered_map<int32_t, std::shared_ptr<Exchange>> exchanges_;  ///< by stream
  bool reading_paused_ = false;
};

}  // namespace macaw::server
