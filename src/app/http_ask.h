// SPDX-License-Identifier: MIT
//
// One question to a small HTTP server, and its answer.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/base/result.h"
#include "macaw/base/time.h"
#include "macaw/http/response_parser.h"
#include "macaw/http/url.h"
#include "macaw/net/address.h"
#include "macaw/net/loop.h"
#include "macaw/net/stream.h"
#include "macaw/net/tls.h"

namespace macaw::app {

struct Question {
  http::HostPort server;
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::string unix_socket = {};    ///< a path: `server` listens there
  net::TlsClientOptions tls = {};  ///< for a server with TLS
  Nanos timeout = std::chrono::seconds(5);
};

struct HttpAnswer {
  int status = 0;
  std::string body;  ///< its first 64 KB
};

/// Where to ask. Blocks for a name. Error: it does not resolve; the path of a socket is too long.
Result<std::vector<net::Address>> addresses_of(const Question& question);

/// Asks without waiting: each address in turn, until one answers. Thread: the loop's.
class Asking final : private net::StreamHandler {
 public:
  /// Called once, from a later event of the loop; may destroy the Asking. Error: there was no
  /// answer (nobody listens, not HTTP, not in time).
  using Ended = std::function<void(Result<HttpAnswer>)>;

  Asking(net::Loop& loop, const Question& question, std::vector<net::Address> addresses,
         Ended ended);

 private:
  void stream_connected(int error) override;
  void stream_read(std::string_view bytes) override;
  void stream_ended(int error) override;

  void stream_drained() override {}

  void stream_closed() override { try_next(); }

  std::string describe(int error) const;
  void handle_timer();
  void try_next();
  void give_up(std::string trouble);
  void judge(http::ParseState state);
  void end(Result<HttpAnswer> answer);

  const std::string host_;
  const Nanos timeout_;
  std::vector<net::Address> addresses_;
  size_t next_ = 0;
  Ended ended_;
  std::string wire_;
  std::string trouble_ = "no address";
  http::ResponseParser parser_;
  const std::string server_name_;
  std::unique_ptr<net::TlsClient> tls_;  // null without TLS
  net::Stream stream_;
  net::DeadlineTimer timer_;
};

/// The same, and waits on a loop of its own. Thread: any; blocks for question.timeout at most for
/// each address.
Result<HttpAnswer> ask(const Question& question);

}  // namespace macaw::app
