// SPDX-License-Identifier: MIT
//
// One client connection of HttpServer: requests in, answers out in the order of the requests,
// everything in between bounded. Knows nothing of what is served.
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "macaw/http/request_parser.h"
#include "macaw/net/stream.h"
#include "macaw/server/http_server.h"

namespace macaw::server {

class Connection;

/// A request that waits for its answer, or an answer that waits for its turn.
struct Exchange {
  Connection* connection = nullptr;  ///< null when answered or when the client has gone
  uint64_t connection_id = 0;
  bool head = false;
  bool keep_alive = true;  ///< false: the connection ends after this answer
  bool streaming = false;
  bool chunked = false;
  bool answered = false;   ///< all of the answer is in `bytes` or further
  bool abandoned = false;  ///< nobody is left who could answer
  std::string bytes;       ///< of the answer, as far as it has come before its turn
};

/// What a Responder's copies share. The last one to go leaves the request unanswered.
struct Responder::State {
  explicit State(std::shared_ptr<Exchange> of) : exchange(std::move(of)) {}

  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::shared_ptr<Exchange> exchange;
};

/// What a connection needs of its server.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;

  /// The answer may come inside of this call.
  virtual void handle_request(const http::Request& request, std::shared_ptr<Exchange> exchange) = 0;
  virtual std::string_view server_headers() const = 0;
  /// The connection has sent its last byte and waits for the client's end: give_up_lingering() is
  /// to be called after a while.
  virtual void connection_lingers() = 0;
  /// take_held_input() is to be called from a later event.
  virtual void input_waits(Connection& connection) = 0;
  /// The slot may be used again.
  virtual void connection_closed(Connection& connection) = 0;
};

/// A reusable slot, like its stream.
class Connection final : public net::StreamHandler {
 public:
  /// More requests than this wait in the kernel's buffer, then in the client.
  static constexpr size_t kPipelineMax = 64;
  /// So does all further input while more output than this waits for the client to read.
  static constexpr size_t kOutputBytesMax = 1024 * 1024;

  Connection(net::Loop& loop, ConnectionOwner& owner, const HttpServerOptions& options);

  net::Stream& stream() { return stream_; }

  /// The stream has been accepted into.
  void start(uint64_t id);
  /// Closes at once; whatever waits for an answer is told so.
  void shut(bool reset);

  std::string_view server_headers() const { return owner_.server_headers(); }

  bool lingers() const { return lingers_; }

  /// To be called twice, a while apart: the first call only takes note.
  void give_up_lingering();

  /// Goes on with input that has waited for room. Harmless when there is none.
  void take_held_input();
  /// New bytes in an exchange, or its end.
  void exchange_advanced();
  void exchange_abandoned();
  /// Output that waits for the client, the exchange's own included.
  size_t output_bytes() const;

 private:
  void stream_connected(int /*error*/) override {}

  void stream_read(std::string_view bytes) override;
  void stream_ended(int error) override;
  void stream_drained() override;
  void stream_closed() override;

  bool is_open() const { return stream_.state() == net::Stream::State::kOpen; }

  bool may_take_requests() const;
  void take_input(std::string_view bytes);
  void take_request(const http::Request& request);
  void refuse_input();
  std::shared_ptr<Exchange> add_exchange();
  void collect_output();
  void flush();
  void settle();
  void linger();

  ConnectionOwner& owner_;
  net::Stream stream_;
  http::RequestParser parser_;
  const uint64_t requests_max_;  ///< 0: no limit
  uint64_t requests_ = 0;
  uint64_t id_ = 0;
  std::deque<std::shared_ptr<Exchange>> exchanges_;  ///< in the order of their requests
  std::string held_input_;                           ///< not yet parsed; reading is paused then
  std::string queued_;                               ///< to be written next
  std::string writing_;                              ///< in the stream's hands while a write pends
  bool write_pending_ = false;
  bool taking_input_ = false;   ///< answers are gathered and written together afterwards
  bool input_refused_ = false;  ///< further bytes are no requests to us
  bool input_ended_ = false;    ///< the client has closed its side
  bool last_answer_out_ = false;
  bool lingers_ = false;
  bool lingers_long_ = false;
};

}  // namespace macaw::server
