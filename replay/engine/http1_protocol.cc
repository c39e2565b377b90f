// SPDX-License-Identifier: MIT
//
// See http1_protocol.h.

#include "http1_protocol.h"

#include "errno_text.h"
#include "macaw/base/check.h"

namespace macaw::replay {

Http1Protocol::Http1Protocol(ProtocolHost& host, uint32_t answers_max,
                             const http::ResponseParser::Limits& limits)
    : host_(host), parser_(limits), answers_max_(answers_max) {}

void Http1Protocol::open() {
  answers_ = 0;
  write_is_pending_ = false;
  is_free_ = true;
  host_.opened();
}

void Http1Protocol::send(Exchange& exchange) {
  MACAW_DCHECK(is_free_);
  is_free_ = false;
  exchange_ = &exchange;
  exchange.connection = host_.slot();
  exchange.new_connection = answers_ == 0;
  exchange.wire_bytes = exchange.wire.size();
  parser_.start(exchange.head);
  exchange.sent = host_.now();
  exchange.sent_once = true;
  host_.observer().exchange_sent(exchange);
  int error = 0;
  switch (host_.stream().write(exchange.wire, &error)) {
    case net::Stream::WriteState::kDone:
      break;
    case net::Stream::WriteState::kPending:
      write_is_pending_ = true;
      break;
    case net::Stream::WriteState::kFailed:
      broken(host_.now(), error);
      break;
  }
}

/// Its answer may still come, and nothing else can be told from it.
void Http1Protocol::abandon(Exchange& /*exchange*/) {
  host_.close(/*reset=*/true);
}

void Http1Protocol::closed() {
  exchange_ = nullptr;
  is_free_ = false;
}

void Http1Protocol::read(std::string_view bytes) {
  if (exchange_ == nullptr) {
    host_.close(/*reset=*/true);  // nobody has asked
    return;
  }
  const Nanos now = host_.now();
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

void Http1Protocol::answered(Nanos done, bool reusable) {
  Exchange& exchange = *exchange_;
  const TransportAnswer answer{.status = parser_.status(),
                               .content_type = parser_.content_type(),
                               .content_encoding = parser_.content_encoding(),
                               .body = parser_.body(),
                               .body_is_whole = parser_.body_bytes() == parser_.body().size(),
                               .location = parser_.location(),
                               .set_cookies = parser_.set_cookies(),
                               .grpc_status = 0,
                               .grpc_message = {}};
  exchange_ = nullptr;
  exchange.connection_in_use = nullptr;
  ++answers_;
  const bool used_up = answers_max_ > 0 && answers_ >= answers_max_;
  // An answer that came before the whole request was written leaves the rest of it in the way.
  const bool reuse = reusable && !used_up && !write_is_pending_;
  if (!reuse) {
    // Where it is we who close, again and again, an orderly close would leave each local port in
    // TIME_WAIT for a minute, and there would soon be none left.
    host_.close(/*reset=*/used_up);
  }
  host_.observer().exchange_answered(exchange, done, answer);
  if (reuse) {
    is_free_ = true;
    host_.lanes_changed();
  }
}

void Http1Protocol::failed(Nanos done, stats::Outcome outcome, std::string_view reason) {
  Exchange& exchange = *exchange_;
  exchange.connection_in_use = nullptr;
  host_.close(/*reset=*/true);
  host_.observer().exchange_failed(exchange, done, outcome, reason);
}

void Http1Protocol::broken(Nanos done, int error) {
  // The server may close an idle connection at the very moment at which we use it. That race is not
  // an answer.
  const bool stale = answers_ > 0 && !parser_.started() && !exchange_->resent;
  if (stale) {
    Exchange& exchange = *exchange_;
    host_.close(/*reset=*/true);
    host_.resend(exchange, /*on_new_one=*/true);
    return;
  }
  if (error != 0) {
    failed(done, stats::Outcome::kReset, errno_text(error));
  } else {
    failed(done, stats::Outcome::kReset,
           parser_.started() ? "closed in the middle of the answer" : "closed without an answer");
  }
}

void Http1Protocol::ended(int error) {
  if (exchange_ == nullptr) {
    host_.close(/*reset=*/false);
    return;
  }
  const Nanos now = host_.now();
  if (error == 0 && parser_.finish() == http::ParseState::kComplete) {
    answered(now, /*reusable=*/false);
    return;
  }
  broken(now, error);
}

}  // namespace macaw::replay
