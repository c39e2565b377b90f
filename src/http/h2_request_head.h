// SPDX-License-Identifier: MIT
//
// The head of an HTTP/1.1 request as the fields of an HTTP/2 one (RFC 9113 section 8.3.1): the
// request line and Host become pseudo-header fields, names go to lower case, fields that only say
// something of an HTTP/1.1 connection stay behind. Thread: its owner's.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace macaw::http {

class H2RequestHead {
 public:
  /// REQUIRES: `request` begins with the head of a request as encode_request() writes it.
  /// The fields point into `request` and into this object, until the next call.
  void translate(std::string_view request, std::string_view scheme);

  const std::vector<nghttp2_nv>& fields() const { return fields_; }

  /// What follows the head.
  std::string_view body() const { return body_; }

 private:
  void add(std::string_view name, std::string_view value);

  std::vector<nghttp2_nv> fields_;
  std::string names_;  // in lower case
  std::string_view body_;
};

}  // namespace macaw::http
