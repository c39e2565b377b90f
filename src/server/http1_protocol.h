// SPDX-License-Identifier: MIT
//
// HTTP/1.1 on a connection: requests in, answers out in the order of the requests, everything in
// between bounded.
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "macaw/http/request_parser.h"
#include "protocol.h"

namespace macaw::server {

class Connection;

class Http1Protocol final : public Protocol {
 public:
  /// More requests than this wait in the kernel's buffer, then in the client.
  static constexpr size_t kPipelineMax = 64;
  /// So does all further input while more output than this waits for the client to read.
  static constexpr size_t kOutputBytesMax = 1024 * 1024;

  Http1Protocol(Connection& connection, const HttpServerOptions& options);

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
  bool may_take_requests() const;
  void take_request(const http::Request& request);
  void refuse_input();
  std::shared_ptr<Exchange> add_exchange();
  /// New bytes in an exchange, or its end.
  void exchange_advanced();
  void collect_output();
  /// Output that waits for the client, the exchanges' own included.
  size_t output_bytes() const;

  Connection& connection_;
  http::RequestParser parser_;
  const uint64_t requests_max_;  ///< 0: no limit
  uint64_t requests_ = 0;
  std::deque<std::shared_ptr<Exchange>> exchanges_;  ///< in the order of their requests
  std::string held_input_;                           ///< not yet parsed; reading is paused then
  std::string queued_;                               ///< to be written next
  bool input_refused_ = false;                       ///< further bytes are no requests to us
  bool last_answer_out_ = false;
};

}  // namespace macaw::server
