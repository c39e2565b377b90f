// SPDX-License-Identifier: MIT
//
// HTTP/2 over one connection: many exchanges at once, each on a stream of its own, gRPC calls among
// them. What is sent in one turn of the worker goes out in one write. Thread: one worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exchange.h"
#include "http2_lane.h"
#include "macaw/http/h2_client.h"
#include "protocol.h"

namespace macaw::replay {

class Http2Protocol final : public Protocol, private Http2LaneOwner {
 public:
  struct Settings {
    uint32_t streams_max = 1;
    uint32_t answers_max = 0;  ///< of one connection; 0: any number
    size_t body_kept_max = 0;
    bool session_headers = false;
  };

  Http2Protocol(ProtocolHost& host, const Settings& settings);
  ~Http2Protocol() override;

  void open() override;
  void send(Exchange& exchange) override;
  void flush() override;
  void abandon(Exchange& exchange) override;
  void read(std::string_view bytes) override;
  void ended(int error) override;
  void drained() override;
  void closed() override;

  uint32_t lanes_free() const override;

  uint32_t in_flight() const override { return in_flight_; }

  uint32_t lanes() const override;

  uint8_t version() const override { return 2; }

 private:
  // Http2LaneOwner
  Nanos read_at() const override { return read_at_; }

  void lane_answered(Http2Lane& lane, const TransportAnswer& answer) override;
  void lane_failed(Http2Lane& lane, stats::Outcome outcome, std::string_view reason) override;
  void lane_refused(Http2Lane& lane, std::string_view reason) override;

  Http2Lane& free_lane();
  Exchange& let_go(Http2Lane& lane);
  void stamp_unsent();
  bool write_out();
  void settle();
  std::vector<Exchange*> carried() const;
  void broken(int error, bool is_malformed);

  ProtocolHost& host_;
  const Settings settings_;
  http::H2ClientSession session_;
  std::vector<std::unique_ptr<Http2Lane>> lanes_;
  std::vector<Http2Lane*> free_lanes_;
  std::vector<Http2Lane*> unsent_;  // their first byte has not been written, oldest first
  std::string writing_;             // in the stream's hands while a write pends
  uint32_t in_flight_ = 0;
  uint64_t taken_ = 0;    // on the present connection
  uint64_t answers_ = 0;  // on the present connection
  Nanos read_at_{};       // when what is being read arrived
  Nanos last_read_{};     // when anything arrived last
  bool is_open_ = false;
  bool reading_ = false;
  bool write_is_pending_ = false;
  bool takes_no_more_ = false;  // it has stopped reading: what it has may still be answered
};

}  // namespace macaw::replay
