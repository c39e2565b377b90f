// SPDX-License-Identifier: MIT
//
// See http1_protocol.h.
// Thread: the loop's.

#include "http1_protocol.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "buffers.h"
#include "connection.h"
#include "macaw/base/check.h"

namespace macaw::server {

Http1Protocol::Http1Protocol(Connection& connection, const HttpServerOptions& options)
    : connection_(connection),
      parser_(options.limits),
      requests_max_(options.requests_per_connection) {}

void Http1Protocol::start() {
  requests_ = 0;
  parser_.reset();
  clear();
  input_refused_ = false;
  last_answer_out_ = false;
}

void Http1Protocol::stop() {
  for (const auto& exchange : exchanges_) {
    exchange->protocol = nullptr;
  }
  exchanges_.clear();
}

void Http1Protocol::clear() {
  empty(held_input_);
  empty(queued_);
}

bool Http1Protocol::may_take_requests() const {
  return connection_.is_open() && !input_refused_ && exchanges_.size() < kPipelineMax &&
         output_bytes() < kOutputBytesMax;
}

void Http1Protocol::take_input(std::string_view bytes) {
  MACAW_CHECK(held_input_.empty());
  while (!bytes.empty() && may_take_requests()) {
    const http::ParseState parsed = parser_.feed(bytes);
    bytes.remove_prefix(parser_.consumed());
    if (parsed == http::ParseState::kNeedMore) {
      break;
    }
    if (parsed == http::ParseState::kMalformed) {
      refuse_input();
      break;
    }
    take_request(parser_.request());
    parser_.reset();
  }
  if (connection_.is_open() && !input_refused_ && !bytes.empty()) {
    held_input_.assign(bytes);
    connection_.stream().pause_reading();
  }
}

bool Http1Protocol::can_go_on() const {
  return !held_input_.empty() && may_take_requests();
}

void Http1Protocol::go_on() {
  const std::string bytes = std::exchange(held_input_, {});
  connection_.stream().resume_reading();  // take_input() pauses again if need be
  take_input(bytes);
}

void Http1Protocol::take_request(const http::Request& request) {
  const auto exchange = add_exchange();
  exchange->head = request.method == "HEAD";
  exchange->keep_alive = request.keep_alive && ++requests_ != requests_max_;
  input_refused_ = !exchange->keep_alive;
  connection_.owner().handle_request(request, exchange);
}

/// What cannot be parsed is answered in its turn, and is the connection's last.
void Http1Protocol::refuse_input() {
  input_refused_ = true;
  const auto exchange = add_exchange();
  exchange->keep_alive = false;
  exchange->answered = true;
  http::encode_response({.status = parser_.error_status(),
                         .content_type = "text/plain; charset=utf-8",
                         .extra_headers = connection_.owner().server_headers(),
                         .body = fmt::format("{}\n", parser_.error()),
                         .keep_alive = false},
                        exchange->bytes);
  exchange_advanced();
}

std::shared_ptr<Exchange> Http1Protocol::add_exchange() {
  auto exchange = std::make_shared<Exchange>();
  exchange->protocol = this;
  exchange->connection_id = connection_.id();
  exchanges_.push_back(exchange);
  return exchange;
}

void Http1Protocol::exchange_advanced() {
  collect_output();
  connection_.answers_advanced();
}

size_t Http1Protocol::output_bytes() const {
  size_t bytes = queued_.size() + connection_.writing_bytes();
  for (const auto& exchange : exchanges_) {
    bytes += exchange->bytes.size();
  }
  return bytes;
}

void Http1Protocol::collect_output() {
  while (!exchanges_.empty()) {
    Exchange& first = *exchanges_.front();
    if (queued_.empty()) {
      queued_.swap(first.bytes);
    } else {
      queued_.append(first.bytes);
    }
    first.bytes.clear();
    if (!first.answered) {
      return;
    }
    first.protocol = nullptr;
    const bool last = !first.keep_alive;
    exchanges_.pop_front();
    if (last) {
      last_answer_out_ = true;
      input_refused_ = true;
      empty(held_input_);
      stop();
    }
  }
}

void Http1Protocol::take_output(std::string& out) {
  out.swap(queued_);
}

bool Http1Protocol::is_over() const {
  return last_answer_out_;
}

bool Http1Protocol::is_idle() const {
  return held_input_.empty() && (exchanges_.empty() || exchanges_.front()->abandoned);
}

void Http1Protocol::send(Exchange& exchange, Response response) {
  exchange.answered = true;
  exchange.keep_alive = exchange.keep_alive && !response.close;
  response.extra_headers.append(connection_.owner().server_headers());
  http::encode_response({.status = response.status,
                         .content_type = response.content_type,
                         .extra_headers = response.extra_headers,
                         .body = response.body,
                         .head = exchange.head,
                         .keep_alive = exchange.keep_alive},
                        exchange.bytes);
  exchange_advanced();
}

void Http1Protocol::begin_stream(Exchange& exchange, int status, std::string_view content_type,
                                 std::string_view extra_headers) {
  exchange.streaming = true;
  // A client that does not keep the connection may be of HTTP/1.0, which knows no chunks: for it
  // the end of the connection is the end of the answer.
  exchange.chunked = exchange.keep_alive;
  std::string status_line;
  http::encode_response({.status = status}, status_line);
  status_line.resize(status_line.find("\r\n") + 2);
  exchange.bytes =
      fmt::format("{}Content-Type: {}\r\n{}{}Connection: {}\r\n\r\n", status_line, content_type,
                  extra_headers, connection_.owner().server_headers(),
                  exchange.chunked ? "keep-alive\r\nTransfer-Encoding: chunked" : "close");
  exchange_advanced();
}

bool Http1Protocol::send_chunk(Exchange& exchange, std::string_view bytes) {
  if (bytes.empty() || exchange.head) {
    return true;  // an empty chunk would be the end
  }
  if (output_bytes() > kOutputBytesMax) {
    connection_.shut(/*reset=*/true);
    return false;
  }
  if (exchange.chunked) {
    fmt::format_to(std::back_inserter(exchange.bytes), "{:x}\r\n{}\r\n", bytes.size(), bytes);
  } else {
    exchange.bytes.append(bytes);
  }
  exchange_advanced();
  return exchange.protocol != nullptr;
}

void Http1Protocol::end(Exchange& exchange, const http::Trailers& trailers) {
  exchange.answered = true;
  if (exchange.chunked && !exchange.head) {
    exchange.bytes.append("0\r\n");
    for (const auto& [name, value] : trailers) {
      fmt::format_to(std::back_inserter(exchange.bytes), "{}: {}\r\n", name, value);
    }
    exchange.bytes.append("\r\n");
  }
  exchange_advanced();
}

void Http1Protocol::abort(Exchange& /*exchange*/, bool reset) {
  connection_.shut(reset);
}

void Http1Protocol::abandon(Exchange& exchange) {
  if (exchange.streaming) {
    connection_.shut(/*reset=*/true);  // so that it cannot be taken for a whole answer
    return;
  }
  exchange.abandoned = true;
  connection_.settle();
}

}  // namespace macaw::server
