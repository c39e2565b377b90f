// SPDX-License-Identifier: MIT
//
// See http2_lane.h.

#include "http2_lane.h"

#include <algorithm>
#include <charconv>

#include "macaw/grpc/status.h"

namespace macaw::replay {
namespace {

/// There may be thousands of lanes: what a rare large answer has grown is not kept.
constexpr size_t kBodyCapacityMax = 4096;

}  // namespace

void Http2Lane::carry(Exchange& exchange) {
  exchange_ = &exchange;
  is_sent = false;
  status_ = 0;
  body_bytes_ = 0;
  content_type_.clear();
  content_encoding_.clear();
  location_.clear();
  set_cookies_.clear();
  if (body_.capacity() > kBodyCapacityMax) {
    std::string().swap(body_);
  }
  body_.clear();
  if (exchange.is_grpc) {
    messages_.start(settings_.body_kept_max);
    grpc_status_ = -1;
    grpc_message_.clear();
  }
}

void Http2Lane::frame_sent(size_t bytes) {
  exchange_->wire_bytes += bytes;
}

void Http2Lane::frame_begins(size_t bytes) {
  exchange_->bytes_in += bytes;
  if (!exchange_->first_byte_seen) {
    exchange_->first_byte_seen = true;
    exchange_->first_byte = owner_.read_at();
  }
}

void Http2Lane::header_came(std::string_view name, std::string_view value) {
  if (name == ":status") {
    // What an interim head (1xx) said was not of the answer.
    content_type_.clear();
    content_encoding_.clear();
    location_.clear();
    set_cookies_.clear();
    std::from_chars(value.data(), value.data() + value.size(), status_);
  } else if (name == "content-type") {
    content_type_.assign(value);
  } else if (name == "content-encoding") {
    content_encoding_.assign(value);
  } else if (exchange_->is_grpc) {
    keep_grpc_header(name, value);
  } else if (settings_.session_headers) {
    keep_session_header(name, value);
  }
}

void Http2Lane::keep_session_header(std::string_view name, std::string_view value) {
  if (name == "location") {
    location_.assign(value);
  } else if (name == "set-cookie") {
    set_cookies_.append(value).append("\n");
  }
}

void Http2Lane::keep_grpc_header(std::string_view name, std::string_view value) {
  if (name == "grpc-status") {
    grpc_status_ = grpc::parse_status(value).value_or(-1);
  } else if (name == "grpc-message") {
    grpc_message_.clear();
    grpc::decode_message(value, grpc_message_);
  }
}

/// What is no answer of gRPC (a page of a proxy's, say) has a body like any other.
bool Http2Lane::carries_messages() const {
  return exchange_->is_grpc && status_ == 200 && content_type_.starts_with("application/grpc");
}

void Http2Lane::messages_came(std::string_view bytes) {
  if (!messages_.trouble().empty()) {
    return;
  }
  Exchange& exchange = *exchange_;
  messages_.feed(bytes);
  exchange.message_bytes = messages_.message_bytes();
  if (messages_.messages() == exchange.messages) {
    return;
  }
  const Nanos now = owner_.read_at();
  if (exchange.messages == 0) {
    exchange.first_message = now;
  } else {
    exchange.message_gap_max = std::max(exchange.message_gap_max, now - exchange.last_message);
  }
  exchange.last_message = now;
  exchange.messages = messages_.messages();
}

void Http2Lane::body_came(std::string_view bytes) {
  if (carries_messages()) {
    messages_came(bytes);
    return;
  }
  body_bytes_ += bytes.size();
  body_.append(bytes.substr(0, settings_.body_kept_max - body_.size()));
}

void Http2Lane::grpc_answer_ended() {
  if (!messages_.trouble().empty()) {
    owner_.lane_failed(*this, stats::Outcome::kMalformed, messages_.trouble());
  } else if (!content_type_.starts_with("application/grpc")) {
    owner_.lane_failed(*this, stats::Outcome::kMalformed, "the answer is not of gRPC");
  } else if (grpc_status_ < 0) {
    owner_.lane_failed(*this, stats::Outcome::kMalformed, "an answer without a grpc-status");
  } else if (grpc_status_ == 0 && !messages_.is_between_messages()) {
    owner_.lane_failed(*this, stats::Outcome::kMalformed, "cut off in the middle of a message");
  } else {
    owner_.lane_answered(*this, {.status = status_,
                                 .content_type = content_type_,
                                 .content_encoding = {},
                                 .body = messages_.first_message(),
                                 .body_is_whole = messages_.first_is_whole(),
                                 .location = {},
                                 .set_cookies = {},
                                 .grpc_status = grpc_status_,
                                 .grpc_message = grpc_message_});
  }
}

void Http2Lane::answer_ended() {
  if (exchange_->is_grpc && status_ == 200) {
    grpc_answer_ended();
    return;
  }
  owner_.lane_answered(*this, {.status = status_,
                               .content_type = content_type_,
                               .content_encoding = content_encoding_,
                               .body = body_,
                               .body_is_whole = body_bytes_ == body_.size(),
                               .location = location_,
                               .set_cookies = set_cookies_,
                               .grpc_status = 0,
                               .grpc_message = {}});
}

void Http2Lane::answer_failed(http::H2Failure failure, std::string_view reason) {
  switch (failure) {
    case http::H2Failure::kReset:
      owner_.lane_failed(*this, stats::Outcome::kReset, reason);
      return;
    case http::H2Failure::kNotProcessed:
      owner_.lane_refused(*this, reason);
      return;
    case http::H2Failure::kMalformed:
      owner_.lane_failed(*this, stats::Outcome::kMalformed, reason);
      return;
  }
}

}  // namespace macaw::replay
