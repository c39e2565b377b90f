// SPDX-License-Identifier: MIT
//
// See connection.h.
// Thread: the loop's.

#include "connection.h"

#include <fmt/format.h>

#include <utility>

#include "macaw/base/check.h"

namespace macaw::server {
namespace {

/// A buffer that a rare large answer has grown is not kept.
constexpr size_t kBufferKeptMax = 256 * 1024;

void empty(std::string& buffer) {
  if (buffer.capacity() > kBufferKeptMax) {
    std::string().swap(buffer);
  } else {
    buffer.clear();
  }
}

}  // namespace

Connection::Connection(net::Loop& loop, ConnectionOwner& owner, const HttpServerOptions& options)
    : owner_(owner),
      stream_(loop, *this),
      parser_(options.limits),
      requests_max_(options.requests_per_connection) {}

void Connection::start(uint64_t id) {
  id_ = id;
  requests_ = 0;
  parser_.reset();
  empty(held_input_);
  empty(queued_);
  empty(writing_);
  write_pending_ = false;
  taking_input_ = false;
  input_refused_ = false;
  input_ended_ = false;
  last_answer_out_ = false;
  lingers_ = false;
  lingers_long_ = false;
}

void Connection::shut(bool reset) {
  for (const auto& exchange : exchanges_) {
    exchange->connection = nullptr;
  }
  exchanges_.clear();
  lingers_ = false;
  stream_.close(reset);
}

void Connection::stream_read(std::string_view bytes) {
  take_input(bytes);
  flush();
  take_held_input();
}

bool Connection::may_take_requests() const {
  return is_open() && !input_refused_ && exchanges_.size() < kPipelineMax &&
         output_bytes() < kOutputBytesMax;
}

void Connection::take_input(std::string_view bytes) {
  MACAW_CHECK(held_input_.empty());
  taking_input_ = true;
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
  taking_input_ = false;
  if (is_open() && !input_refused_ && !bytes.empty()) {
    held_input_.assign(bytes);
    stream_.pause_reading();
  }
}

void Connection::take_held_input() {
  // Room for more is made by flush(), at once or (stream_drained()) later.
  while (!held_input_.empty() && may_take_requests()) {
    const std::string bytes = std::exchange(held_input_, {});
    stream_.resume_reading();  // take_input() pauses again if need be
    take_input(bytes);
    flush();
  }
  settle();
}

void Connection::take_request(const http::Request& request) {
  const auto exchange = add_exchange();
  exchange->head = request.method == "HEAD";
  exchange->keep_alive = request.keep_alive && ++requests_ != requests_max_;
  input_refused_ = !exchange->keep_alive;
  owner_.handle_request(request, exchange);
}

/// What cannot be parsed is answered in its turn, and is the connection's last.
void Connection::refuse_input() {
  input_refused_ = true;
  const auto exchange = add_exchange();
  exchange->keep_alive = false;
  exchange->answered = true;
  http::encode_response({.status = parser_.error_status(),
                         .content_type = "text/plain; charset=utf-8",
                         .extra_headers = owner_.server_headers(),
                         .body = fmt::format("{}\n", parser_.error()),
                         .keep_alive = false},
                        exchange->bytes);
  exchange_advanced();
}

std::shared_ptr<Exchange> Connection::add_exchange() {
  auto exchange = std::make_shared<Exchange>();
  exchange->connection = this;
  exchange->connection_id = id_;
  exchanges_.push_back(exchange);
  return exchange;
}

void Connection::exchange_advanced() {
  collect_output();
  if (taking_input_) {
    return;
  }
  flush();
  if (!held_input_.empty() && may_take_requests()) {
    owner_.input_waits(*this);  // not now: whoever answers does not expect to be asked meanwhile
  }
  settle();
}

void Connection::exchange_abandoned() {
  settle();
}

size_t Connection::output_bytes() const {
  size_t bytes = queued_.size() + writing_.size();
  for (const auto& exchange : exchanges_) {
    bytes += exchange->bytes.size();
  }
  return bytes;
}

void Connection::collect_output() {
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
    first.connection = nullptr;
    const bool last = !first.keep_alive;
    exchanges_.pop_front();
    if (last) {
      last_answer_out_ = true;
      input_refused_ = true;
      for (const auto& later : exchanges_) {
        later->connection = nullptr;
      }
      exchanges_.clear();
    }
  }
}

void Connection::flush() {
  if (!is_open() || write_pending_ || queued_.empty()) {
    return;
  }
  writing_.swap(queued_);
  int error = 0;
  switch (stream_.write(writing_, &error)) {
    case net::Stream::WriteState::kDone:
      empty(writing_);
      break;
    case net::Stream::WriteState::kPending:
      write_pending_ = true;
      break;
    case net::Stream::WriteState::kFailed:
      shut(/*reset=*/true);
      break;
  }
}

void Connection::stream_drained() {
  write_pending_ = false;
  empty(writing_);
  flush();
  take_held_input();
}

/// Ends the connection when there is nothing left that could happen on it.
void Connection::settle() {
  if (taking_input_ || !is_open() || lingers_ || write_pending_ || !queued_.empty()) {
    return;
  }
  if (last_answer_out_) {
    linger();
  } else if (input_ended_ && held_input_.empty() &&
             (exchanges_.empty() || exchanges_.front()->abandoned)) {
    shut(/*reset=*/false);
  }
}

/// Closing with unread input would make the kernel send RST, which can destroy an answer on its
/// way. So only our side ends, and what the client still sends is read and dropped until it ends
/// too.
void Connection::linger() {
  if (input_ended_ || stream_.end_writing() != 0) {
    shut(/*reset=*/false);
    return;
  }
  empty(held_input_);
  lingers_ = true;
  lingers_long_ = false;
  stream_.resume_reading();
  owner_.connection_lingers();
}

void Connection::give_up_lingering() {
  if (lingers_ && std::exchange(lingers_long_, true)) {
    shut(/*reset=*/true);
  }
}

void Connection::stream_ended(int error) {
  if (error != 0 || lingers_) {
    shut(/*reset=*/false);
    return;
  }
  input_ended_ = true;
  settle();
}

void Connection::stream_closed() {
  owner_.connection_closed(*this);
}

}  // namespace macaw::server
