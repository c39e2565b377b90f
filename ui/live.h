// SPDX-License-Identifier: MIT
//
// `/api/live`: server-sent events for the pages that follow a run. Looks at the database a few
// times a second while anybody listens, so that it serves a run of this process and of another one
// alike. A page that does not read is dropped by the server, and comes again when it does.
// Thread: the loop's.
#pragma once

#include <memory>
#include <vector>

#include "database.h"
#include "live_message.h"
#include "macaw/base/time.h"
#include "macaw/http/request_parser.h"
#include "macaw/net/loop.h"
#include "macaw/server/http_server.h"

namespace macaw::ui {

class LiveStreams {
 public:
  LiveStreams(net::Loop& loop, Database& database) : loop_(loop), database_(database) {}

  /// Answers a GET of /api/live. `headers` are what every answer carries.
  void open(const http::Request& request, server::Responder responder, std::string_view headers);

  /// Pages that listen.
  size_t count() const { return streams_.size(); }

 private:
  struct Stream {
    server::Responder responder;
    LiveMessages messages;
    MonoTime last_sent;
  };

  void look();
  /// False: the page has gone.
  bool feed(Stream& stream, MonoTime now);

  net::Loop& loop_;
  Database& database_;
  std::vector<Stream> streams_;
  /// Runs only while anybody listens.
  std::unique_ptr<net::PeriodicTimer> timer_;
};

}  // namespace macaw::ui
