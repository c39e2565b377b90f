// SPDX-License-Identifier: MIT
//
// See http1_connection.h.

#include "http1_connection.h"

#include <cerrno>

#include "macaw/base/check.h"

namespace macaw::replay {

std::string_view errno_text(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "connection refused";
    case ECONNRESET:
      return "connection reset by peer";
    case EPIPE:
      return "connection closed by peer while writing";
    case ETIMEDOUT:
      return "connection timed out";
    case EHOSTUNREACH:
      return "no route to host";
    case ENETUNREACH:
      return "network is unreachable";
    case ECONNABORTED:
      return "connection aborted";
    case EMFILE:
    case ENFILE:
      return "no free file descriptor on our side (EMFILE)";
    case EADDRNOTAVAIL:
      return "no free local port on our side (EADDRNOTAVAIL)";
    case EADDRINUSE:
      return "local address in use";
    case ENOBUFS:
    case ENOMEM:
      return "no buffer space on our side";
    case EACCES:
    case EPERM:
      return "not permitted";
    case ENOENT:
      return "no such socket file";
    default:
      return "connection failed";
  }
}

Http1Connection::Http1Connection(net::Loop& loop, Http1Pool& pool, uint16_t slot,
                                 uint32_t answers_max, const http::ResponseParser::Limits& limits)
    : pool_(pool), stream_(loop, *this), parser_(limits), slot_(slot), answers_max_(answers_max) {}

int Http1Connection::connect(const net::Address& remote) {
  MACAW_DCHECK(state_ == State::kClosed);
  const int error = stream_.connect(remote);
  if (error == 0) {
    state_ = State::kConnecting;
    answers_ = 0;
    write_is_pending_ = false;
  }
  return error;
}

void Http1Connection::send(Exchange& exchange) {
  exchange_ = &exchange;
  exchange.connection_in_use = this;
  exchange.connection = slot_;
  exchange.new_connection = answers_ == 0;
  state_ = State::kBusy;
  parser_.start(exchange.head);
  exchange.sent = pool_.now();
  exchange.sent_once = true;
  pool_.observer().exchange_sent(exchange);
  int error = 0;
  switch (stream_.write(exchange.wire, &error)) {
    case net::Stream::WriteState::kDone:
      break;
    case net::Stream::WriteState::kPending:
      write_is_pending_ = true;
      break;
    case net::Stream::WriteState::kFailed:
      broken(pool_.now(), error);
      break;
  }
}

void Http1Connection::close(bool reset) {
  if (state_ == State::kClosed || state_ == State::kClosing) {
    return;
  }
  exchange_ = nullptr;
  state_ = State::kClosing;
  stream_.close(reset);
}

void Http1Connection::stream_connected(int error) {
  if (error != 0) {
    pool_.connect_failed(*this, error);
    return;
  }
  pool_.connection_opened(*this);
}

void Http1Connection::stream_read(std::string_view bytes) {
  if (exchange_ == nullptr) {
    close(/*reset=*/true);
    pool_.idle_connection_lost(*this);
    return;
  }
  const Nanos now = pool_.now();
  if (!exchange_->first_byte_seen) {
    exchange_->first_byte_seen = true;
    exchange_->first_byte = now;
  }
  const http::ParseState parsed = parser_.feed(bytes);
  exchange_->bytes_in += parsed == http::ParseState::kComplete ? parser_.consumed() : bytes.size();
  switch (parsed) {
    case http::ParseState::kNeedMore:
      return;
    case http::ParseState::kMalformed:
      failed(now, stats::Outcome::kMalformed, parser_.error());
      return;
    case http::ParseState::kComplete:
      answered(now, parser_.consumed() == bytes.size() && parser_.keep_alive());
      return;
  }
}

void Http1Connection::answered(Nanos done, bool reusable) {
  Exchange& exchange = *exchange_;
  const TransportAnswer answer{.status = parser_.status(),
                               .content_type = parser_.content_type(),
                               .content_encoding = parser_.content_encoding(),
                               .body = parser_.body(),
                               .body_is_whole = parser_.body_bytes() == parser_.body().size(),
                               .location = parser_.location(),
                               .set_cookies = parser_.set_cookies()};
  exchange_ = nullptr;
  exchange.connection_in_use = nullptr;
  ++answers_;
  const bool used_up = answers_max_ > 0 && answers_ >= answers_max_;
  // An answer that came before the whole request was written leaves the rest of it in the way.
  const bool reuse = reusable && !used_up && !write_is_pending_;
  if (!reuse) {
    // Where it is we who close, again and again, an orderly close would leave each local port in
    // TIME_WAIT for a minute, and there would soon be none left.
    close(/*reset=*/used_up);
  }
  pool_.observer().exchange_answered(exchange, done, answer);
  if (reuse) {
    pool_.connection_idle(*this);
  }
}

void Http1Connection::failed(Nanos done, stats::Outcome outcome, std::string_view reason) {
  Exchange& exchange = *exchange_;
  exchange.connection_in_use = nullptr;
  close(/*reset=*/true);
  pool_.observer().exchange_failed(exchange, done, outcome, reason);
}

void Http1Connection::broken(Nanos done, int error) {
  // The server may close an idle connection at the very moment at which we use it. That race is not
  // an answer.
  const bool stale = answers_ > 0 && !parser_.started() && !exchange_->resent;
  if (stale) {
    Exchange& exchange = *exchange_;
    exchange.resent = true;
    close(/*reset=*/true);
    pool_.resend_on_new(*this, exchange);
    return;
  }
  if (error != 0) {
    failed(done, stats::Outcome::kReset, errno_text(error));
  } else {
    failed(done, stats::Outcome::kReset,
           parser_.started() ? "closed in the middle of the answer" : "closed without an answer");
  }
}

void Http1Connection::stream_ended(int error) {
  if (state_ == State::kConnecting) {
    pool_.connect_failed(*this, error != 0 ? error : ECONNRESET);
    return;
  }
  if (exchange_ == nullptr) {
    close(/*reset=*/false);
    pool_.idle_connection_lost(*this);
    return;
  }
  const Nanos now = pool_.now();
  if (error == 0 && parser_.finish() == http::ParseState::kComplete) {
    answered(now, /*reusable=*/false);
    return;
  }
  broken(now, error);
}

void Http1Connection::stream_closed() {
  state_ = State::kClosed;
  pool_.connection_closed(*this);
}

}  // namespace macaw::replay
