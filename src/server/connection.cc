// SPDX-License-Identifier: MIT
//
// See connection.h.
// Thread: the loop's.

#include "connection.h"

#include <utility>

#include "buffers.h"
#include "macaw/base/check.h"

namespace macaw::server {

Connection::Connection(net::Loop& loop, ConnectionOwner& owner, const HttpServerOptions& options)
    : owner_(owner), options_(options), stream_(loop, *this), http1_(*this, options) {}

void Connection::start(uint64_t id) {
  id_ = id;
  protocol_ = nullptr;
  first_bytes_.clear();
  empty(writing_);
  write_pending_ = false;
  taking_input_ = false;
  input_ended_ = false;
  lingers_ = false;
  lingers_long_ = false;
}

void Connection::shut(bool reset) {
  if (protocol_ != nullptr) {
    protocol_->stop();
  }
  lingers_ = false;
  stream_.close(reset);
}

/// Null while the bytes are too few to tell.
Protocol* Connection::choose_protocol(std::string_view first) {
  const std::string_view preface = http::H2ServerSession::preface();
  if (!options_.http2 || !preface.starts_with(first.substr(0, preface.size()))) {
    return &http1_;
  }
  if (first.size() < preface.size()) {
    return nullptr;
  }
  if (http2_ == nullptr) {
    http2_ = std::make_unique<Http2Protocol>(*this, options_);
  }
  return http2_.get();
}

void Connection::stream_read(std::string_view bytes) {
  if (lingers_) {
    return;
  }
  if (protocol_ == nullptr) {
    if (!first_bytes_.empty()) {
      bytes = first_bytes_.append(bytes);
    }
    protocol_ = choose_protocol(bytes);
    if (protocol_ == nullptr) {
      first_bytes_ = std::string(bytes);
      return;
    }
    protocol_->start();
  }
  taking_input_ = true;
  protocol_->take_input(bytes);
  taking_input_ = false;
  flush();
  take_held_input();
}

void Connection::take_held_input() {
  // Room for more is made by flush(), at once or (stream_drained()) later.
  while (is_open() && protocol_ != nullptr && protocol_->can_go_on()) {
    taking_input_ = true;
    protocol_->go_on();
    taking_input_ = false;
    flush();
  }
  settle();
}

void Connection::answers_advanced() {
  if (taking_input_) {
    return;
  }
  flush();
  if (is_open() && protocol_->can_go_on()) {
    owner_.input_waits(*this);  // not now: whoever answers does not expect to be asked meanwhile
  }
  settle();
}

void Connection::flush() {
  while (is_open() && !write_pending_ && protocol_ != nullptr) {
    protocol_->take_output(writing_);
    if (writing_.empty()) {
      return;
    }
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
}

void Connection::stream_drained() {
  write_pending_ = false;
  empty(writing_);
  flush();
  take_held_input();
}

void Connection::settle() {
  if (taking_input_ || !is_open() || lingers_ || write_pending_) {
    return;
  }
  if (protocol_ != nullptr && protocol_->is_over()) {
    linger();
  } else if (input_ended_ && (protocol_ == nullptr || protocol_->is_idle())) {
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
  if (protocol_ != nullptr) {
    std::exchange(protocol_, nullptr)->clear();
  }
  owner_.connection_closed(*this);
}

}  // namespace macaw::server
