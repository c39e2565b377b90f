// SPDX-License-Identifier: MIT
//
// One request on its way: who it is, its stamps, its bytes. Not a connection: a transport lends it
// a lane. Thread: one worker's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "macaw/base/time.h"
#include "macaw/stats/sample.h"
#include "splices.h"

namespace macaw::replay {

/// Times are run times (since the start of the run).
struct Exchange {
  uint64_t index = 0;
  uint32_t line = 0;
  uint16_t endpoint = 0;
  uint16_t target = 0;
  uint32_t sender = 0;  ///< the driver's
  uint64_t user = 0;    ///< whose session it belongs to
  bool head = false;
  bool is_tls = false;
  bool is_grpc = false;
  bool is_streamed = false;  ///< a gRPC call with any number of messages in its answer
  bool resent = false;
  bool sent_once = false;  ///< at least one byte was written
  bool first_byte_seen = false;
  bool new_connection = false;

  Nanos intended{};
  Nanos ready{};
  Nanos sent{};
  Nanos first_byte{};

  uint16_t connection = 0;  ///< number of the slot that carried it last
  uint64_t wire_bytes = 0;  ///< that were written for it, last time it was sent
  uint64_t bytes_in = 0;
  std::string wire;      ///< keeps its capacity from request to request
  std::string rendered;  ///< the same before its splices were filled; empty when there are none
  Splices splices;
  uint32_t target_offset = 0;
  uint32_t target_size = 0;
  uint32_t redirects = 0;      ///< followed so far
  uint64_t bytes_out = 0;      ///< of the requests that were redirected
  Nanos first_sent{};          ///< `sent`, once it was redirected
  bool is_redirected = false;  ///< is to go out again, and waits for a connection

  /// The messages of a gRPC answer, as far as they have come.
  uint64_t messages = 0;
  uint64_t message_bytes = 0;
  Nanos first_message{};
  Nanos last_message{};
  Nanos message_gap_max{};

  std::string expectation;  ///< of the record, as JSON text; keeps its capacity too

  // Owned by the pool: its connection while it has one, and its lane there, else its place among
  // those that wait for one.
  class Connection* connection_in_use = nullptr;
  class Http2Lane* lane = nullptr;
  Exchange* next_waiting = nullptr;
  bool needs_new_connection = false;  ///< older ones may be as stale as the one that it met

  // Owned by the worker: the list of exchanges in flight by time of sending.
  Exchange* older = nullptr;
  Exchange* newer = nullptr;
  bool in_flight = false;
  bool active = false;  ///< taken, without outcome

  std::string_view request_target() const {
    return std::string_view(wire).substr(target_offset, target_size);
  }
};

}  // namespace macaw::replay
