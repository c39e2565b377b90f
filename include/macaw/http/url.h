// SPDX-License-Identifier: MIT
//
// Taking URLs apart without changing a byte of them: views into the given text, nothing decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "macaw/base/result.h"

namespace macaw::http {

/// RFC 3986 parts of an http URL or an origin-form target. Views into the parsed text.
struct UrlView {
  std::string_view scheme;     ///< "http", "https", or empty for "/path"
  std::string_view authority;  ///< as written: "host", "host:port", "[::1]:80"; empty for "/path"
  std::string_view host;       ///< without brackets
  uint16_t port = 80;          ///< as written, else the scheme's default
  /// Path and query as they go on the wire, without the fragment; "/" if both are empty. Begins
  /// with '?' for a URL like "http://host?q": there encode_request() puts the missing '/' before
  /// it.
  std::string_view target;
  std::string_view path;   ///< the target's part before '?', "/" if empty
  std::string_view query;  ///< the target's part after '?', or empty

  bool is_https() const { return scheme.size() == 5; }

  /// What parse_host_port() makes the place to connect to of: the authority, with its scheme when
  /// that is https; empty for "/path".
  std::string_view origin() const {
    return is_https() ? std::string_view(scheme.data(),
                                         static_cast<size_t>(authority.end() - scheme.begin()))
                      : authority;
  }
};

/// Found-and-expected text with the column (from 1) at which parsing stopped.
struct UrlError {
  size_t column = 1;
  std::string message;
};

struct UrlResult {
  std::optional<UrlView> url;
  UrlError error;  ///< when there is no url
};

/// Refuses blanks, control characters, an unknown scheme, user info, an empty host, a bad port. All
/// other bytes (also ones that RFC 3986 wants escaped) pass, because recorded traffic holds them.
UrlResult parse_url(std::string_view text);

/// "host", "host:port", "[v6]:port", "http://host:port", "https://host:port" (a final '/' is
/// allowed). The default port is 80, with https 443.
struct HostPort {
  std::string host;
  uint16_t port = 80;
  bool tls = false;

  /// "host:port", brackets around IPv6, "https://" before it with TLS; the key under which
  /// connections are pooled. parse_host_port() takes it back.
  std::string key() const;
  /// As in a Host header: the port only when it is not the scheme's.
  std::string host_header() const;
  bool operator==(const HostPort&) const = default;
};

Result<HostPort> parse_host_port(std::string_view text);

/// The raw value of a query parameter, as written; nullopt when it is not there.
std::optional<std::string_view> query_parameter(std::string_view query, std::string_view name);
/// The target with the parameter's value replaced in place (wherever it occurs), or the parameter
/// appended. `value` goes in as given.
std::string set_query_parameter(std::string_view target, std::string_view name,
                                std::string_view value);

/// Percent- and plus-decoding, for servers only. A '%' without two hex digits stays as it is.
std::string decode_query_value(std::string_view value);

}  // namespace macaw::http
