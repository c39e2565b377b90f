// SPDX-License-Identifier: MIT
//
// The client's side of an HTTP/2 connection (RFC 9113) without its socket: bytes that arrived go
// in, bytes to be written come out, and what happens to each request is told to its H2Stream.
// nghttp2 inside, invisible outside. Requests are given as HTTP/1.1 text, as the rest of the
// program has them, and translated here. What the server makes us hold is bounded: header blocks by
// their limit, bodies not at all (they are handed on piece by piece), floods of control frames by
// nghttp2's limits. Thread: one object belongs to one thread. Allocates at start() only, and where
// a request is larger than any before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace macaw::http {

/// Why a request got no whole answer.
enum class H2Failure : uint8_t {
  kReset,         ///< the server broke it off
  kNotProcessed,  ///< the server says that it did nothing with it: it may be sent again
  kMalformed,     ///< the answer is not HTTP
};

/// One request on its way, and its answer as it comes: implemented by whoever sends it. The object
/// outlives its request: until answer_ended() or answer_failed() was called, or after cancel().
/// None of the calls may destroy the session; they may cancel() any request.
class H2Stream {
 public:
  virtual ~H2Stream() = default;

  /// A frame of the request (its head's or body's) of so many bytes, with the frame's own head, was
  /// handed out to be written.
  virtual void frame_sent(size_t bytes) = 0;
  /// Such a frame of the answer begins to arrive.
  virtual void frame_begins(size_t bytes) = 0;
  /// A field of the head, ":status" among them, of an interim (1xx) head before it, or of the
  /// trailers: then ":status" has come before, and not a second time. Names are in lower case.
  virtual void header_came(std::string_view name, std::string_view value) = 0;
  virtual void body_came(std::string_view bytes) = 0;
  virtual void answer_ended() = 0;
  /// `reason` is one line without ids, valid during the call.
  virtual void answer_failed(H2Failure failure, std::string_view reason) = 0;

 private:
  friend class H2ClientSession;
  int32_t id_ = 0;  // 0: not sent, or over
  std::string_view body_left_;
  size_t header_bytes_ = 0;
  bool reset_by_server_ = false;
  int violation_ = 0;  // of the protocol, the last one on this stream: nghttp2's number for it
};

class H2ClientSession {
 public:
  struct Settings {
    uint32_t streams_max = 100;           ///< at once; the server may allow less
    size_t header_bytes_max = 64 * 1024;  ///< of an answer, with its 1xx heads and trailers
  };

  /// Bodies are handed on as they come, so windows only have to be large enough never to hold a
  /// server back: of a stream, and of the connection.
  static constexpr int32_t kStreamWindow = 16 << 20;
  static constexpr int32_t kConnectionWindow = 1 << 30;

  explicit H2ClientSession(const Settings& settings);
  ~H2ClientSession();
  H2ClientSession(const H2ClientSession&) = delete;
  H2ClientSession& operator=(const H2ClientSession&) = delete;

  /// Begins anew, for a connection that has just opened: nothing is left of the one before, whose
  /// requests are forgotten without a word. `is_tls` is what ":scheme" says.
  void start(bool is_tls = false);

  /// What has arrived. False when it is no HTTP/2 at all, or there was no memory: the connection is
  /// to be closed. Other breaches make the session say goodbye, and is_over() is true when that was
  /// taken.
  bool feed(std::string_view bytes);
  /// Appends what is to be written, up to about `bytes` of it. False: there was nothing.
  bool take_output(size_t bytes, std::string& out);

  /// Nothing is to be read and nothing to be written any more: the server broke the protocol, and
  /// trouble() says how, or one side has said goodbye and no request is left. The connection is to
  /// be closed; requests that are left have not been told.
  bool is_over() const;
  /// Whether the server's settings have come: it speaks HTTP/2.
  bool is_ready() const;
  /// How many requests may be on their way at once, by the settings of both sides.
  uint32_t streams_max() const;
  /// False after the server's GOAWAY, and when the numbers of streams are used up: requests on
  /// their way may still be answered, but no new ones go out.
  bool takes_requests() const;

  /// `request` is head and body in HTTP/1.1 form; the head is translated at once, the body must
  /// stay where it is until the answer has ended or cancel(). Whatever an HTTP/1.1 connection only
  /// is left out (Connection, Transfer-Encoding, ...). REQUIRES: takes_requests(), the stream
  /// carries nothing.
  void submit(std::string_view request, H2Stream& stream);
  /// The stream is told nothing more; the server is told CANCEL. Harmless when it is over.
  void cancel(H2Stream& stream);

  /// One line, when the server broke the protocol or said why it goes; else empty.
  std::string_view trouble() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// "PROTOCOL_ERROR", "REFUSED_STREAM", ... of RFC 9113 section 7; "unknown error code" for others.
std::string_view h2_error_name(uint32_t code);

}  // namespace macaw::http
