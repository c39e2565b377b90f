// SPDX-License-Identifier: MIT
//
// The server's side of an HTTP/2 connection (RFC 9113) without its socket: bytes that arrived go
// in, bytes to be written come out, whole requests are told to an H2Requests, and their answers are
// given by the number of their stream. nghttp2 inside, invisible outside. What a client makes us
// hold is bounded: requests by their limits and together (kRequestsBytesMax), answers by what the
// owner gives while output_bytes() is high, floods of control frames by nghttp2's limits.
// Thread: one object belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/http/request_parser.h"

namespace macaw::http {

using Trailers = std::vector<std::pair<std::string, std::string>>;

/// What becomes of the requests: implemented by whoever answers them. Called by feed(), go_on() and
/// take_output(); each of the calls may answer, reset(), and stop() the session.
class H2Requests {
 public:
  virtual ~H2Requests() = default;

  /// A whole request. It is valid during the call only.
  virtual void request_came(int32_t stream, const Request& request) = 0;
  /// The stream is over before its answer was complete: nothing may be given to it any more.
  virtual void stream_gone(int32_t stream) = 0;
};

class H2ServerSession {
 public:
  struct Settings {
    RequestParser::Limits limits = {};
    uint32_t streams_max = 100;  ///< at once; what is beyond is refused
    /// What a client may send of a body before we have looked at it: of one stream, of all.
    uint32_t stream_window = 64 * 1024;
    uint32_t connection_window = 1024 * 1024;
    /// Says goodbye with so many requests (0: never).
    uint64_t requests_max = 0;
  };

  /// Bodies of requests that are not yet whole, or wait for their turn, together; and at least one
  /// as large as the limit. The one that goes beyond is refused.
  static constexpr size_t kRequestsBytesMax = 32 * 1024 * 1024;
  /// While more output than this waits, whole requests wait for their turn.
  static constexpr size_t kOutputBytesMax = 1024 * 1024;

  H2ServerSession(const Settings& settings, H2Requests& requests);
  ~H2ServerSession();
  H2ServerSession(const H2ServerSession&) = delete;
  H2ServerSession& operator=(const H2ServerSession&) = delete;

  /// What a client sends first of all.
  static std::string_view preface();

  /// Begins anew, for a connection that has just opened. Not inside a call of H2Requests.
  void start();
  /// No further call to H2Requests; what was given is forgotten. The memory goes with the next
  /// start() or clear().
  void stop();
  void clear();

  /// What has arrived. Breaches of the protocol, and floods, make the session say goodbye, and
  /// is_over() is true when that was taken.
  void feed(std::string_view bytes);
  /// Requests that waited for room come now, if there is room.
  void go_on();
  /// Whether go_on() would do something.
  bool can_go_on() const;
  /// Appends what is to be written, up to about `bytes` of it. False: there was nothing.
  bool take_output(size_t bytes, std::string& out);
  /// Nothing is to be read and nothing to be written any more.
  bool is_over() const;
  /// So many control frames wait to be taken that nothing more should be fed before.
  bool is_full() const;
  /// Of answers, that wait to be taken or for the client's windows.
  size_t output_bytes() const;
  size_t output_bytes(int32_t stream) const;

  /// Answers. Names in the lines are translated, those of an HTTP/1.1 connection left out
  /// (`keep_alive` says nothing here). Content-Length stands where there is a body and no trailers.
  /// REQUIRES: request_came() gave the stream, it has no answer yet, and stream_gone() was not told
  void answer(int32_t stream, const ResponseView& response, const Trailers& trailers = {});
  /// Begins an answer whose body comes piece by piece: `response.body` is its first one.
  void begin_answer(int32_t stream, const ResponseView& response);
  void add_body(int32_t stream, std::string_view bytes);
  void end_answer(int32_t stream, const Trailers& trailers = {});
  /// RST_STREAM, instead of an answer or amidst it; stream_gone() is not told.
  void reset(int32_t stream, uint32_t error_code);
  /// GOAWAY: requests that have come are answered, later ones are not looked at.
  void say_goodbye();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::http
