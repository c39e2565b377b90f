// SPDX-License-Identifier: MIT
#include "live.h"

#include <fmt/format.h>

#include <algorithm>

#include "router.h"

namespace macaw::ui {

namespace {

constexpr auto kLook = std::chrono::milliseconds(200);
/// So that a page can tell a quiet run from a lost connection.
constexpr auto kBeat = std::chrono::seconds(2);
constexpr size_t kStreamsMax = 64;

}  // namespace

void LiveStreams::open(const http::Request& request, server::Responder responder,
                       std::string_view headers) {
  const auto refuse = [&](int status, std::string text) {
    server::Response response = text_response(status, std::move(text));
    response.extra_headers = headers;
    responder.send(std::move(response));
  };
  if (streams_.size() >= kStreamsMax) {
    refuse(503, fmt::format("{} pages are listening already", kStreamsMax));
    return;
  }
  Result<LiveMessages> messages =
      LiveMessages::begin(Query(request.query()), request.header("Last-Event-ID"));
  if (!messages.ok()) {
    refuse(400, messages.error().message());
    return;
  }
  responder.begin_stream(200, "text/event-stream", headers);
  if (request.method == "HEAD") {
    responder.end();
    return;
  }
  Stream stream{std::move(responder), std::move(*messages), MonoClock::now()};
  if (!stream.responder.send_chunk("retry: 1000\nevent: beat\ndata: {}\n\n") ||
      !feed(stream, stream.last_sent)) {
    return;
  }
  streams_.push_back(std::move(stream));
  if (timer_ == nullptr) {
    timer_ = std::make_unique<net::PeriodicTimer>(loop_, kLook, [this] { look(); });
  }
}

bool LiveStreams::feed(Stream& stream, MonoTime now) {
  if (!stream.responder.connected()) {
    return false;
  }
  std::optional<std::string> message = stream.messages.next(database_);
  if (!message && now - stream.last_sent >= kBeat) {
    message = "event: beat\ndata: {}\n\n";
  }
  if (!message) {
    return true;
  }
  stream.last_sent = now;
  return stream.responder.send_chunk(*message);
}

void LiveStreams::look() {
  const MonoTime now = MonoClock::now();
  std::erase_if(streams_, [this, now](Stream& stream) { return !feed(stream, now); });
  if (streams_.empty()) {
    timer_.reset();
  }
}

}  // namespace macaw::ui
