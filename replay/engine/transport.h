// SPDX-License-Identifier: MIT
//
// What the connections tell the worker: the one knows how bytes travel, the other what is due and
// what came of it. Connections lend lanes to exchanges: one lane per HTTP/1 connection, many per
// HTTP/2 connection. Thread: one worker's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "exchange.h"
#include "macaw/base/time.h"
#include "macaw/stats/sample.h"

namespace macaw::replay {

/// What came back, valid during the call.
struct TransportAnswer {
  int status = 0;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view body;
  bool body_is_whole = true;
  // Where the transport was asked for session headers.
  std::string_view location;
  std::string_view set_cookies;  ///< one value a line
  // Of a gRPC call whose `status` is 200; `body` is the first message then.
  int grpc_status = 0;
  std::string_view grpc_message;
};

class TransportObserver {
 public:
  virtual ~TransportObserver() = default;

  /// The exchange's first byte is about to be written; its `sent` is stamped. May come twice
  /// (resent).
  virtual void exchange_sent(Exchange& exchange) = 0;
  /// A complete answer, stamped `done`. The exchange is the observer's again.
  virtual void exchange_answered(Exchange& exchange, Nanos done, const TransportAnswer& answer) = 0;
  /// No answer: refused, reset, malformed or timeout (of the connect), with a short reason without
  /// ids. The exchange is the observer's again.
  virtual void exchange_failed(Exchange& exchange, Nanos done, stats::Outcome outcome,
                               std::string_view reason) = 0;
  /// can_accept() may say yes again.
  virtual void lane_free() = 0;
  /// A connection has come up.
  virtual void connection_opened(const stats::ConnectionCell& cell) = 0;
  /// Descriptors or ports ran out on our side.
  virtual void generator_limit(std::string_view what) = 0;
};

}  // namespace macaw::replay
