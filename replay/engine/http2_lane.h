// SPDX-License-Identifier: MIT
//
// One stream of an HTTP/2 connection, used for one exchange after another: gathers what of the
// answer is looked at, and reads the messages of a gRPC answer. Thread: one worker's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exchange.h"
#include "macaw/grpc/frame.h"
#include "macaw/http/h2_client.h"
#include "transport.h"

namespace macaw::replay {

class Http2Lane;

class Http2LaneOwner {
 public:
  virtual ~Http2LaneOwner() = default;
  /// When the bytes arrived that are being looked at.
  virtual Nanos read_at() const = 0;
  virtual void lane_answered(Http2Lane& lane, const TransportAnswer& answer) = 0;
  virtual void lane_failed(Http2Lane& lane, stats::Outcome outcome, std::string_view reason) = 0;
  /// The server did not look at the request.
  virtual void lane_refused(Http2Lane& lane, std::string_view reason) = 0;
};

class Http2Lane final : public http::H2Stream {
 public:
  struct Settings {
    size_t body_kept_max = 0;
    bool session_headers = false;
  };

  Http2Lane(Http2LaneOwner& owner, const Settings& settings) : owner_(owner), settings_(settings) {}

  /// Takes up the next exchange.
  void carry(Exchange& exchange);

  /// What was gathered stays until the next one.
  void let_go() { exchange_ = nullptr; }

  Exchange* exchange() const { return exchange_; }

  bool is_sent = false;  ///< the exchange was stamped

 private:
  void frame_sent(size_t bytes) override;
  void frame_begins(size_t bytes) override;
  void header_came(std::string_view name, std::string_view value) override;
  void body_came(std::string_view bytes) override;
  void answer_ended() override;
  void answer_failed(http::H2Failure failure, std::string_view reason) override;

  void keep_session_header(std::string_view name, std::string_view value);
  void keep_grpc_header(std::string_view name, std::string_view value);
  bool carries_messages() const;
  void messages_came(std::string_view bytes);
  void grpc_answer_ended();

  Http2LaneOwner& owner_;
  const Settings settings_;
  Exchange* exchange_ = nullptr;
  int status_ = 0;
  uint64_t body_bytes_ = 0;
  // They keep their capacity from answer to answer; a body only as far as it was small.
  std::string content_type_;
  std::string content_encoding_;
  std::string location_;
  std::string set_cookies_;
  std::string body_;
  // Of a gRPC call.
  grpc::FrameReader messages_;
  int grpc_status_ = -1;  // -1: it has not come
  std::string grpc_message_;
};

}  // namespace macaw::replay
