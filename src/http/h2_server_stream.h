// SPDX-License-Identifier: MIT
//
// What an H2ServerSession keeps of one stream: the request as it comes, the answer as it goes; and
// the head of an answer as header fields. Knows nothing of frames.
// Thread: that of the session.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/http/h2_server.h"

namespace macaw::http {

struct H2ServerStream {
  /// A field of the request's head, pseudo-header fields among them.
  void add_field(std::string_view name, std::string_view value);

  /// Takes bytes of the answer, up to `room`.
  size_t take_body(uint8_t* to, size_t room);

  size_t body_left() const { return body.size() - body_taken; }

  Request request;
  size_t header_bytes = 0;  ///< as RFC 9113, section 6.5.2, counts them
  bool is_head = false;
  bool told = false;  ///< the request was handed on
  std::string body;
  size_t body_taken = 0;
  bool answering = false;
  bool ended = false;     ///< all of the answer is here, or the stream was reset
  bool deferred = false;  ///< nghttp2 waits to be told that there is more
  Trailers trailers;
};

/// The fields point into what they were made of, and into this object.
class H2ResponseHead {
 public:
  H2ResponseHead(const ResponseView& response, bool with_length);

  const std::vector<nghttp2_nv>& fields() const { return fields_; }

 private:
  void add_lines(std::string_view lines);

  std::string status_;
  std::string length_;
  std::string names_;  // in lower case
  std::vector<nghttp2_nv> fields_;
};

}  // namespace macaw::http
