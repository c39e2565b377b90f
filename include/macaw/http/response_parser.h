// SPDX-License-Identifier: MIT
//
// Incremental HTTP/1.1 response parser over llhttp, for a keep-alive connection: bytes go in as
// they arrive, split anywhere; it says when one response is complete. Keeps the status, whether the
// connection lives on, and the first bytes of the body; never the whole of it. Thread: one object
// belongs to one thread. Allocates only at construction, and for session headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace macaw::http {

enum class ParseState : uint8_t {
  kNeedMore,   ///< all bytes were used, the response is not complete
  kComplete,   ///< the response is complete; bytes after it were not used
  kMalformed,  ///< not HTTP/1.x, or over a limit; error() says what
};

class ResponseParser {
 public:
  struct Limits {
    size_t body_kept_max = 64 * 1024;     ///< the rest of a body is counted and dropped
    size_t header_bytes_max = 64 * 1024;  ///< status line and headers together (1xx included)
    bool session_headers = false;         ///< keep location() and set_cookies()
  };

  explicit ResponseParser(Limits limits);

  ResponseParser() : ResponseParser(Limits{}) {}

  ~ResponseParser();
  ResponseParser(ResponseParser&&) noexcept;
  ResponseParser& operator=(ResponseParser&&) noexcept;

  /// Makes ready for the response to the next request on the same connection. HEAD has no body.
  void start(bool head_request);

  /// Parses bytes until the response is complete. 1xx responses are skipped (101 is malformed:
  /// nobody asked for an upgrade).
  ParseState feed(std::string_view bytes);
  /// How many bytes of the last feed() belong to this response. Less than given only when complete:
  /// then the rest is junk that no request asked for, and the connection must not be used again.
  size_t consumed() const;

  /// The peer closed. Completes a close-delimited response; anything else is malformed ("closed
  /// after 17 of 42 body bytes").
  ParseState finish();

  /// True once any byte of a final or 1xx response has been seen since start().
  bool started() const;
  /// 0 before the status line.
  int status() const;
  /// After completion: may the connection carry another request?
  bool keep_alive() const;
  std::string_view body() const;  ///< kept part, valid until start()
  uint64_t body_bytes() const;    ///< all body bytes seen (after removal of chunk framing)
  std::string_view content_type() const;
  /// Empty unless Limits::session_headers; valid until start().
  std::string_view location() const;
  /// The values of all Set-Cookie headers, each ended by a newline.
  std::string_view set_cookies() const;
  /// Its first bytes; empty when there is none.
  std::string_view content_encoding() const;
  /// One line, after kMalformed.
  std::string_view error() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace macaw::http
