// SPDX-License-Identifier: MIT
//
// The stub as a hop: sends requests on to the next server over connections that it keeps, and its
// answers back. A connection for each request that is under way; idle ones are taken last in, first
// out. What the next server does not answer well is a 502. A request that met the end of a kept
// connection goes out once more on a new one.
// Thread: the loop's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "macaw/net/address.h"
#include "macaw/net/loop.h"
#include "macaw/server/http_server.h"

namespace macaw::stub {

/// One request under way.
struct Forwarding {
  std::string request;  ///< as it goes out
  bool head = false;    ///< the method is HEAD, so the answer has no body
  server::Responder responder;
  size_t address = 0;  ///< which of the next server's addresses is tried
  bool again = false;  ///< it has met the end of a kept connection before
};

class UpstreamConnection;

class Proxy {
 public:
  /// Where the next server is; `name` is for messages. REQUIRES: not empty
  Proxy(net::Loop& loop, std::vector<net::Address> addresses, std::string name);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  void forward(std::string request, bool head, server::Responder responder);

 private:
  friend class UpstreamConnection;

  /// On a kept connection if there is one and `fresh` does not forbid it.
  void dispatch(Forwarding forwarding, bool fresh);
  void connected(size_t address);
  /// The next address after one that did not connect; false when there is none.
  bool try_next_address(Forwarding& forwarding) const;
  void sweep();
  static void fail(Forwarding forwarding, std::string_view reason);

  net::Loop& loop_;
  std::vector<net::Address> addresses_;
  std::string name_;
  size_t preferred_ = 0;  ///< the address that connected last
  std::vector<std::unique_ptr<UpstreamConnection>> slots_;
  std::vector<UpstreamConnection*> closed_;
  std::vector<UpstreamConnection*> idle_;
  /// Runs while requests are under way: those whose clients have gone are given up.
  std::unique_ptr<net::PeriodicTimer> sweeper_;
};

}  // namespace macaw::stub
