// SPDX-License-Identifier: MIT
//
// See http2_lane.h.

#include "http2_lane.h"

#include <algorithm>
#include <charconv>

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
    std::from_chars(value.data(), value.data() + value.size(), status_);
  } else if (name == "content-type") {
    content_type_.assign(value);
  } else if (name == "content-encoding") {
    content_encoding_.assign(value);
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

void Http2Lane::body_came(std::string_view bytes) {
  body_bytes_ += bytes.size();
  body_.append(bytes.substr(0, settings_.body_kept_max - body_.size()));
}

void Http2Lane::answer_ended() {
  owner_.lane_answered(*this, {.status = status_,
                               .content_type = content_type_,
                               .content_encoding = content_encoding_,
                               .body = body_,
                               .body_is_whole = body_bytes_ == body_.size(),
                               .location = location_,
                               .set_cookies = set_cookies_});
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
