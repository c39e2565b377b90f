// SPDX-License-Identifier: MIT
//
// Incremental HTTP/1.1 request parser over llhttp, for our own small servers (stub, UI).
// Thread: one object belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/http/response_parser.h"

namespace macaw::http {

struct Request {
  std::string method;
  std::string target;  ///< as on the wire
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool keep_alive = true;
  bool http2 = false;  ///< names of headers are in lower case then, but for "Host"

  /// First value of a header, ASCII case ignored; empty when missing.
  std::string_view header(std::string_view name) const;
  std::string_view path() const;
  std::string_view query() const;
};

class RequestParser {
 public:
  struct Limits {
    size_t header_bytes_max = 64 * 1024;
    size_t body_bytes_max = 16 * 1024 * 1024;
  };

  explicit RequestParser(Limits limits);

  RequestParser() : RequestParser(Limits{}) {}

  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  /// Parses until one request is complete; consumed() says how many bytes were its own (pipelined
  /// requests follow: call reset() and feed the rest).
  ParseState feed(std::string_view bytes);
  size_t consumed() const;
  /// REQUIRES: the last feed() returned kComplete. Valid until reset().
  const Request& request() const;
  void reset();
  /// After kMalformed: one line, and the status to answer with (400, 413 or 431).
  std::string_view error() const;
  int error_status() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// "HTTP/1.1 200 OK\r\n..." with Content-Length and Connection; appends to `out`. The reason phrase
/// is the standard one.
struct ResponseView {
  int status = 200;
  std::string_view content_type = {};
  std::string_view extra_headers = {};  ///< whole lines, each ended by "\r\n"
  std::string_view body = {};
  bool head = false;  ///< answer to HEAD: Content-Length, but no body
  bool keep_alive = true;
};

void encode_response(const ResponseView& response, std::string& out);

}  // namespace macaw::http
