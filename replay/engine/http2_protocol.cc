// SPDX-License-Identifier: MIT
//
// See http2_protocol.h.

#include "http2_protocol.h"

#include <algorithm>
#include <utility>

#include "errno_text.h"
#include "macaw/base/check.h"

namespace macaw::replay {
namespace {

/// So much is encrypted and written at a time.
constexpr size_t kWriteBytes = size_t{64} * 1024;

}  // namespace

Http2Protocol::Http2Protocol(ProtocolHost& host, const Settings& settings)
    : host_(host), settings_(settings), session_({.streams_max = settings.streams_max}) {}

Http2Protocol::~Http2Protocol() = default;

void Http2Protocol::open() {
  session_.start(host_.is_tls());
  is_open_ = false;
  write_is_pending_ = false;
  takes_no_more_ = false;
  taken_ = 0;
  answers_ = 0;
  last_read_ = Nanos(0);
  flush();
}

uint32_t Http2Protocol::lanes() const {
  const uint32_t streams = session_.streams_max();
  return settings_.answers_max > 0 ? std::min(streams, settings_.answers_max) : streams;
}

uint32_t Http2Protocol::lanes_free() const {
  if (!is_open_ || takes_no_more_ || !session_.takes_requests()) {
    return 0;
  }
  const uint32_t streams = session_.streams_max();
  uint32_t free = streams > in_flight_ ? streams - in_flight_ : 0;
  if (settings_.answers_max > 0) {
    free = static_cast<uint32_t>(std::min<uint64_t>(free, settings_.answers_max - taken_));
  }
  return free;
}

Http2Lane& Http2Protocol::free_lane() {
  if (free_lanes_.empty()) {
    Http2LaneOwner& owner = *this;
    lanes_.push_back(std::make_unique<Http2Lane>(
        owner, Http2Lane::Settings{.body_kept_max = settings_.body_kept_max,
                                   .session_headers = settings_.session_headers}));
    free_lanes_.push_back(lanes_.back().get());
  }
  Http2Lane& lane = *free_lanes_.back();
  free_lanes_.pop_back();
  return lane;
}

void Http2Protocol::send(Exchange& exchange) {
  MACAW_DCHECK(lanes_free() > 0);
  Http2Lane& lane = free_lane();
  lane.carry(exchange);
  exchange.lane = &lane;
  exchange.connection = host_.slot();
  exchange.new_connection = taken_ == 0;
  exchange.wire_bytes = 0;
  ++taken_;
  ++in_flight_;
  session_.submit(exchange.wire, lane);
  unsent_.push_back(&lane);
  host_.wants_flush();
}

/// The lane is free again.
Exchange& Http2Protocol::let_go(Http2Lane& lane) {
  Exchange& exchange = *lane.exchange();
  exchange.lane = nullptr;
  exchange.connection_in_use = nullptr;
  if (!lane.is_sent) {
    std::erase(unsent_, &lane);
  }
  lane.let_go();
  --in_flight_;
  return exchange;
}

void Http2Protocol::stamp_unsent() {
  if (unsent_.empty()) {
    return;
  }
  const Nanos now = host_.now();
  for (Http2Lane* const lane : unsent_) {
    Exchange& exchange = *lane->exchange();
    lane->is_sent = true;
    exchange.sent = now;
    exchange.sent_once = true;
    host_.observer().exchange_sent(exchange);
  }
  unsent_.clear();
}

void Http2Protocol::flush() {
  if (reading_) {
    return;  // whoever reads flushes
  }
  if (write_out() && is_open_) {
    settle();
  }
}

/// False when the connection is over.
bool Http2Protocol::write_out() {
  while (!write_is_pending_) {
    writing_.clear();
    if (!session_.take_output(kWriteBytes, writing_)) {
      break;
    }
    stamp_unsent();
    int error = 0;
    switch (host_.stream().write(writing_, &error)) {
      case net::Stream::WriteState::kDone:
        break;
      case net::Stream::WriteState::kPending:
        write_is_pending_ = true;
        break;
      case net::Stream::WriteState::kFailed:
        broken(error, /*is_malformed=*/false);
        return false;
    }
  }
  return true;
}

void Http2Protocol::drained() {
  write_is_pending_ = false;
  flush();
}

void Http2Protocol::abandon(Exchange& exchange) {
  Http2Lane& lane = *exchange.lane;
  session_.cancel(lane);
  let_go(lane);
  free_lanes_.push_back(&lane);
  // A server that has stopped reading gets no more; other connections may do better.
  takes_no_more_ = takes_no_more_ || write_is_pending_;
  host_.wants_flush();
}

void Http2Protocol::read(std::string_view bytes) {
  read_at_ = host_.now();
  last_read_ = read_at_;
  reading_ = true;
  const bool goes_on = session_.feed(bytes);
  reading_ = false;
  if (!goes_on) {
    broken(0, /*is_malformed=*/true);
    return;
  }
  const bool opens = !is_open_ && session_.is_ready();
  is_open_ = is_open_ || opens;
  if (!write_out()) {
    return;
  }
  if (session_.is_over()) {
    broken(0, /*is_malformed=*/!session_.trouble().empty());
  } else if (opens) {
    host_.opened();
  } else if (is_open_) {
    settle();
  }
}

/// After what was read or given up: lanes, or the end.
void Http2Protocol::settle() {
  const bool is_used_up = settings_.answers_max > 0 && taken_ >= settings_.answers_max;
  const bool is_over = takes_no_more_ || is_used_up || !session_.takes_requests();
  if (is_over && in_flight_ == 0) {
    host_.close(/*reset=*/is_used_up);  // or there would soon be no ports left: see http1_protocol
    return;
  }
  host_.lanes_changed();
}

void Http2Protocol::lane_answered(Http2Lane& lane, const TransportAnswer& answer) {
  Exchange& exchange = let_go(lane);
  ++answers_;
  host_.observer().exchange_answered(exchange, read_at_, answer);
  free_lanes_.push_back(&lane);  // not before: the answer's texts are the lane's
}

void Http2Protocol::lane_failed(Http2Lane& lane, stats::Outcome outcome, std::string_view reason) {
  Exchange& exchange = let_go(lane);
  free_lanes_.push_back(&lane);
  host_.observer().exchange_failed(exchange, read_at_, outcome, reason);
}

void Http2Protocol::lane_refused(Http2Lane& lane, std::string_view reason) {
  Exchange& exchange = let_go(lane);
  free_lanes_.push_back(&lane);
  if (exchange.resent) {
    host_.observer().exchange_failed(exchange, read_at_, stats::Outcome::kReset, reason);
    return;
  }
  host_.resend(exchange, /*on_new_one=*/false);
}

void Http2Protocol::ended(int error) {
  broken(error, /*is_malformed=*/false);
}

/// The requests on their way, oldest first.
std::vector<Exchange*> Http2Protocol::carried() const {
  std::vector<Exchange*> exchanges;
  for (const auto& lane : lanes_) {
    if (lane->exchange() != nullptr) {
      exchanges.push_back(lane->exchange());
    }
  }
  std::sort(exchanges.begin(), exchanges.end(),
            [](const Exchange* a, const Exchange* b) { return a->index < b->index; });
  return exchanges;
}

/// The connection is of no use any more. `error` is an errno value, or 0.
void Http2Protocol::broken(int error, bool is_malformed) {
  const std::string reason(!session_.trouble().empty() ? session_.trouble()
                           : error != 0                ? errno_text(error)
                           : is_open_                  ? "closed without an answer"
                                                       : "closed without a word of HTTP/2");
  if (!is_open_) {
    host_.open_failed(reason);
    return;
  }
  const Nanos now = host_.now();
  const bool was_used = answers_ > 0;
  const auto lost = carried();
  host_.close(/*reset=*/true);
  for (Exchange* const exchange : lost) {
    // The server may close an idle connection at the very moment at which we use it. That race is
    // not an answer.
    const bool is_stale = !exchange->sent_once || (was_used && exchange->sent >= last_read_);
    if (is_stale && !exchange->first_byte_seen && !exchange->resent) {
      host_.resend(*exchange, /*on_new_one=*/true);
    } else {
      exchange->connection_in_use = nullptr;
      host_.observer().exchange_failed(
          *exchange, now, is_malformed ? stats::Outcome::kMalformed : stats::Outcome::kReset,
          reason);
    }
  }
}

void Http2Protocol::closed() {
  is_open_ = false;
  unsent_.clear();
  for (const auto& lane : lanes_) {
    if (Exchange* const exchange = lane->exchange()) {
      session_.cancel(*lane);  // it may be in the middle of reading
      exchange->lane = nullptr;
      lane->let_go();
      free_lanes_.push_back(lane.get());
    }
  }
  in_flight_ = 0;
}

}  // namespace macaw::replay
