// SPDX-License-Identifier: MIT
//
// A kept connection to the server behind the proxy, and the one request that is on it.
// Thread: the loop's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "macaw/http/response_parser.h"
#include "macaw/net/stream.h"
#include "proxy.h"

namespace macaw::stub {

class UpstreamConnection final : public net::StreamHandler {
 public:
  /// A longer answer is a 502.
  static constexpr size_t kBodyMax = 4 * 1024 * 1024;

  UpstreamConnection(net::Loop& loop, Proxy& proxy);

  /// Connects, then sends. REQUIRES: closed
  void open(Forwarding forwarding, const net::Address& address);
  /// Sends on the open connection. REQUIRES: idle
  void send(Forwarding forwarding);

  bool busy() const { return forwarding_.has_value(); }

  /// Gives the request up when nobody waits for its answer any more.
  void drop_if_abandoned();

  void stream_connected(int error) override;
  void stream_read(std::string_view bytes) override;
  void stream_ended(int error) override;
  void stream_drained() override;
  void stream_closed() override;

 private:
  void write_request();
  void answer();
  /// The connection ended or broke under the request.
  void handle_loss(std::string_view reason);
  void leave_idle();
  Forwarding take_forwarding();

  Proxy& proxy_;
  net::Stream stream_;
  http::ResponseParser parser_;
  std::optional<Forwarding> forwarding_;
  std::string head_;  ///< the answer's bytes until its headers are complete
  size_t head_begin_ = 0;
  size_t head_end_ = std::string::npos;
  bool write_pending_ = false;
  bool used_ = false;  ///< has carried a request before this one
};

}  // namespace macaw::stub
