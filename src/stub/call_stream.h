// SPDX-License-Identifier: MIT
//
// A streamed answer under way: its messages, spread evenly over the time that the whole takes, and
// the deadline that may cut it off.
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "macaw/base/time.h"
#include "macaw/server/http_server.h"

namespace macaw::stub {

class CallStream {
 public:
  /// The last message is due `span` after `begin`. REQUIRES: there are messages
  CallStream(std::vector<std::string> messages, MonoTime begin, Nanos span, MonoTime deadline);

  /// When something is to be sent next.
  MonoTime next_due() const;
  /// Sends all that is due. False when that was the end of it, or the client has gone.
  bool send_due(MonoTime now, server::Responder& to);

 private:
  MonoTime due_of(size_t message) const;

  std::vector<std::string> messages_;
  size_t sent_ = 0;
  bool begun_ = false;
  MonoTime begin_;
  Nanos span_;
  MonoTime deadline_;
};

}  // namespace macaw::stub
