// SPDX-License-Identifier: MIT
//
// What is spoken on a connection, HTTP/1.1 or HTTP/2, between the connection (bytes) and the
// Responders of its requests.
// Thread: the loop's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "macaw/server/http_server.h"

namespace macaw::server {

class Protocol;

/// A request that waits for its answer, or an answer that waits for its turn.
struct Exchange {
  Protocol* protocol = nullptr;  ///< null when answered or when the client has gone
  uint64_t connection_id = 0;
  bool streaming = false;
  bool answered = false;   ///< all of the answer has been given
  bool abandoned = false;  ///< nobody is left who could answer
  // Of HTTP/1.1:
  bool head = false;
  bool keep_alive = true;  ///< false: the connection ends after this answer
  bool chunked = false;
  std::string bytes = {};  ///< of the answer, as far as it has come before its turn
  // Of HTTP/2:
  int32_t stream = 0;
};

/// What a Responder's copies share. The last one to go leaves the request unanswered.
struct Responder::State {
  explicit State(std::shared_ptr<Exchange> of) : exchange(std::move(of)) {}

  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::shared_ptr<Exchange> exchange;
};

class Protocol {
 public:
  virtual ~Protocol() = default;

  virtual void start() = 0;
  /// The connection closes: whatever waits for an answer is told so. May be called from inside of
  /// any other call.
  virtual void stop() = 0;
  /// The connection is closed, and nothing of this is under way: memory may go.
  virtual void clear() = 0;

  virtual void take_input(std::string_view bytes) = 0;
  /// Whether input was held for want of room, and there is room now.
  virtual bool can_go_on() const = 0;
  virtual void go_on() = 0;
  /// Puts what is to be written next into `out`, which is empty.
  virtual void take_output(std::string& out) = 0;
  /// All has been written and nothing more will be read.
  virtual bool is_over() const = 0;
  /// Nothing will be written any more to a client that has ended its side.
  virtual bool is_idle() const = 0;

  /// What the Responder was asked. REQUIRES: exchange.protocol is this.
  virtual void send(Exchange& exchange, Response response) = 0;
  virtual void begin_stream(Exchange& exchange, int status, std::string_view content_type,
                            std::string_view extra_headers) = 0;
  virtual bool send_chunk(Exchange& exchange, std::string_view bytes) = 0;
  virtual void end(Exchange& exchange, const http::Trailers& trailers) = 0;
  virtual void abort(Exchange& exchange, bool reset) = 0;
  /// Its last Responder has gone.
  virtual void abandon(Exchange& exchange) = 0;
};

}  // namespace macaw::server
