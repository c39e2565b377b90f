// SPDX-License-Identifier: MIT
//
// See http2_protocol.h.
// Thread: the loop's.

#include "http2_protocol.h"

#include <algorithm>
#include <utility>

#include "connection.h"

namespace macaw::server {
namespace {

/// One write of the socket.
constexpr size_t kOutputPiece = 64 * 1024;
/// An answer of which more than this waits is given up (send_chunk()).
constexpr size_t kStreamBytesMax = 1024 * 1024;
/// RFC 9113 section 7.
constexpr uint32_t kInternalError = 2;
constexpr uint32_t kCancel = 8;

http::H2ServerSession::Settings session_settings(const HttpServerOptions& options) {
  return {.limits = options.limits,
          .streams_max = options.http2_streams_max,
          .stream_window = options.http2_stream_window,
          .connection_window = options.http2_connection_window,
          .requests_max = options.requests_per_connection};
}

}  // namespace

Http2Protocol::Http2Protocol(Connection& connection, const HttpServerOptions& options)
    : connection_(connection), session_(session_settings(options), *this) {}

void Http2Protocol::start() {
  reading_paused_ = false;
  session_.start();
}

void Http2Protocol::stop() {
  session_.stop();
  for (const auto& entry : exchanges_) {
    entry.second->protocol = nullptr;
  }
  exchanges_.clear();
}

void Http2Protocol::clear() {
  session_.clear();
}

void Http2Protocol::take_input(std::string_view bytes) {
  session_.feed(bytes);
  if (connection_.is_open() && session_.is_full()) {
    reading_paused_ = true;
    connection_.stream().pause_reading();
  }
}

bool Http2Protocol::can_go_on() const {
  return session_.can_go_on() || (reading_paused_ && !session_.is_full());
}

void Http2Protocol::go_on() {
  if (reading_paused_ && !session_.is_full()) {
    reading_paused_ = false;
    connection_.stream().resume_reading();
  }
  session_.go_on();
}

void Http2Protocol::take_output(std::string& out) {
  session_.take_output(kOutputPiece, out);
}

bool Http2Protocol::is_over() const {
  return session_.is_over();
}

bool Http2Protocol::is_idle() const {
  // What waits for a window waits for ever: the client can give none any more.
  return std::all_of(exchanges_.begin(), exchanges_.end(),
                     [](const auto& entry) { return entry.second->abandoned; });
}

void Http2Protocol::request_came(int32_t stream, const http::Request& request) {
  auto exchange = std::make_shared<Exchange>();
  exchange->protocol = this;
  exchange->connection_id = connection_.id();
  exchange->stream = stream;
  exchanges_.emplace(stream, exchange);
  connection_.owner().handle_request(request, std::move(exchange));
}

void Http2Protocol::stream_gone(int32_t stream) {
  const auto found = exchanges_.find(stream);
  if (found != exchanges_.end()) {
    found->second->protocol = nullptr;
    exchanges_.erase(found);
  }
}

void Http2Protocol::let_go(Exchange& exchange) {
  exchange.protocol = nullptr;
  exchanges_.erase(exchange.stream);
}

void Http2Protocol::send(Exchange& exchange, Response response) {
  exchange.answered = true;
  response.extra_headers.append(connection_.owner().server_headers());
  if (response.close) {
    session_.say_goodbye();
  }
  session_.answer(exchange.stream,
                  {.status = response.status,
                   .content_type = response.content_type,
                   .extra_headers = response.extra_headers,
                   .body = response.body},
                  response.trailers);
  let_go(exchange);
  connection_.answers_advanced();
}

void Http2Protocol::begin_stream(Exchange& exchange, int status, std::string_view content_type,
                                 std::string_view extra_headers) {
  exchange.streaming = true;
  const std::string headers =
      std::string(extra_headers).append(connection_.owner().server_headers());
  session_.begin_answer(exchange.stream,
                        {.status = status, .content_type = content_type, .extra_headers = headers});
  connection_.answers_advanced();
}

bool Http2Protocol::send_chunk(Exchange& exchange, std::string_view bytes) {
  if (session_.output_bytes(exchange.stream) > kStreamBytesMax) {
    reset(exchange, kCancel);
    return false;
  }
  session_.add_body(exchange.stream, bytes);
  connection_.answers_advanced();
  return exchange.protocol != nullptr;
}

void Http2Protocol::end(Exchange& exchange, const http::Trailers& trailers) {
  exchange.answered = true;
  session_.end_answer(exchange.stream, trailers);
  let_go(exchange);
  connection_.answers_advanced();
}

void Http2Protocol::reset(Exchange& exchange, uint32_t error_code) {
  session_.reset(exchange.stream, error_code);
  let_go(exchange);
  connection_.answers_advanced();
}

void Http2Protocol::abort(Exchange& exchange, bool reset_hard) {
  reset(exchange, reset_hard ? kInternalError : kCancel);
}

void Http2Protocol::abandon(Exchange& exchange) {
  if (exchange.streaming) {
    reset(exchange, kInternalError);  // so that it cannot be taken for a whole answer
    return;
  }
  exchange.abandoned = true;
  connection_.settle();
}

}  // namespace macaw::server
