// SPDX-License-Identifier: MIT
//
// HTTP/1.1 over one connection: a response parser and at most one exchange. Knows the protocol, not
// the pool's policy. Thread: one worker's.
#pragma once

#include <cstdint>
#include <string_view>

#include "exchange.h"
#include "macaw/http/response_parser.h"
#include "protocol.h"

namespace macaw::replay {

class Http1Protocol final : public Protocol {
 public:
  /// The connection is closed after `answers_max` answers; 0: never for their number.
  Http1Protocol(ProtocolHost& host, uint32_t answers_max,
                const http::ResponseParser::Limits& limits);

  void open() override;
  void send(Exchange& exchange) override;

  void flush() override {}  // requests are written at once

  void abandon(Exchange& exchange) override;
  void read(std::string_view bytes) override;
  void ended(int error) override;

  void drained() override { write_is_pending_ = false; }

  void closed() override;

  uint32_t lanes_free() const override { return is_free_ ? 1 : 0; }

  uint32_t in_flight() const override { return exchange_ != nullptr ? 1 : 0; }

  uint32_t lanes() const override { return 1; }

  uint8_t version() const override { return 1; }

 private:
  void answered(Nanos done, bool reusable);
  void failed(Nanos done, stats::Outcome outcome, std::string_view reason);
  void broken(Nanos done, int error);

  ProtocolHost& host_;
  http::ResponseParser parser_;
  const uint32_t answers_max_;
  Exchange* exchange_ = nullptr;
  uint64_t answers_ = 0;  // on the present connection
  bool is_free_ = false;  // open, and carries nothing
  bool write_is_pending_ = false;
};

}  // namespace macaw::replay
