// SPDX-License-Identifier: MIT
//
// The hop for gRPC calls: sends them on to the next server over one HTTP/2 connection that it
// keeps, as Seldon Core's executor does, and their answers back as they come, message by message.
// What the next server does not answer is UNAVAILABLE (14) with the reason. A call that the next
// server says it did not look at goes out once more.
// Thread: the loop's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/http/h2_client.h"
#include "macaw/http/request_parser.h"
#include "macaw/net/address.h"
#include "macaw/net/loop.h"
#include "macaw/net/stream.h"
#include "macaw/server/http_server.h"

namespace macaw::stub {

class CallProxy final : private net::StreamHandler {
 public:
  /// Where the next server is; `name` is for messages. REQUIRES: not empty
  CallProxy(net::Loop& loop, std::vector<net::Address> addresses, std::string name);
  ~CallProxy() override;
  CallProxy(const CallProxy&) = delete;
  CallProxy& operator=(const CallProxy&) = delete;

  /// `call` is a request as forwarded_call() makes it.
  void forward(std::string call, server::Responder responder);

 private:
  class Hop;
  using Hops = std::vector<std::unique_ptr<Hop>>;

  void stream_connected(int error) override;
  void stream_read(std::string_view bytes) override;
  void stream_ended(int error) override;
  void stream_drained() override;
  void stream_closed() override;

  void connect();
  /// The next address after one that did not connect; nobody waits any more when there is none.
  void connect_failed(int error);
  void submit_waiting();
  void flush();
  /// The connection is of no use any more: what is under way fails.
  void break_off(const std::string& reason);
  /// A hop is over, and may be asked for nothing any more.
  void let_go(Hop& hop);
  void settle();
  void sweep();

  net::Loop& loop_;
  std::vector<net::Address> addresses_;
  std::string name_;
  size_t address_ = 0;          ///< the one that is tried, or has connected last
  size_t addresses_tried_ = 0;  ///< since one has connected
  net::Stream stream_;
  http::H2ClientSession session_;
  std::string writing_;
  bool write_pending_ = false;
  Hops waiting_;  ///< for a connection
  Hops under_way_;
  Hops over_;  ///< gone when nothing of theirs is on the stack
  /// Runs while calls are under way: those whose clients have gone are given up.
  std::unique_ptr<net::PeriodicTimer> sweeper_;
};

/// The call's bytes for the next server, in HTTP/1.1 form.
std::string forwarded_call(const http::Request& call);

}  // namespace macaw::stub
