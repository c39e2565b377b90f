// SPDX-License-Identifier: MIT
//
// See call_stream.h.
// Thread: the loop's.

#include "call_stream.h"

#include <algorithm>
#include <utility>

#include "grpc_desk.h"
#include "macaw/base/check.h"

namespace macaw::stub {

CallStream::CallStream(std::vector<std::string> messages, MonoTime begin, Nanos span,
                       MonoTime deadline)
    : messages_(std::move(messages)), begin_(begin), span_(span), deadline_(deadline) {
  MACAW_CHECK(!messages_.empty());
}

MonoTime CallStream::due_of(size_t message) const {
  // In this order it fits: at most a day by at most 16,384 messages.
  const auto count = static_cast<int64_t>(messages_.size());
  return begin_ + span_ * (static_cast<int64_t>(message) + 1) / count;
}

MonoTime CallStream::next_due() const {
  return std::min(due_of(sent_), deadline_);
}

bool CallStream::send_due(MonoTime now, server::Responder& to) {
  if (!begun_) {
    to.begin_stream(200, kGrpcContentType);
    begun_ = true;
  }
  while (due_of(sent_) <= std::min(now, deadline_)) {
    if (!to.send_chunk(messages_[sent_])) {
      return false;
    }
    if (++sent_ == messages_.size()) {
      to.end(grpc_trailers(GrpcCode::kOk));
      return false;
    }
  }
  if (now >= deadline_) {
    to.end(grpc_trailers(GrpcCode::kDeadlineExceeded, "Deadline Exceeded"));
    return false;
  }
  return true;
}

}  // namespace macaw::stub
