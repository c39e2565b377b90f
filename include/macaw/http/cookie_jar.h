// SPDX-License-Identifier: MIT
//
// The cookies that one user has from one host: RFC 6265, as far as a client of one host needs it.
// A cookie goes back only to the host that set it (Domain can widen that only for hosts that share
// a jar, and none do), to paths below its own, until it expires; Secure ones never over plain HTTP.
// Pure: time is an argument. Thread: one object belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace macaw::http {

class CookieJar {
 public:
  /// `is_tls`: of a host that is spoken to over TLS. Without it Secure cookies are not kept.
  explicit CookieJar(bool is_tls = false) : is_tls_(is_tls) {}

  /// What RFC 6265 section 6.1 wants of a client at least; beyond it the oldest goes.
  static constexpr size_t kCookiesMax = 50;
  static constexpr size_t kCookieBytesMax = 4096;

  /// One Set-Cookie header's value, of the answer to a request for `path`. `now` is in seconds
  /// since 1970. What is no cookie, or longer than kCookieBytesMax, is left out.
  void store(std::string_view set_cookie, std::string_view path, int64_t now);

  /// Appends "a=1; b=2", longer paths first, then the older ones; nothing when there are none.
  void append_to(std::string& header, std::string_view path, int64_t now) const;

  bool empty() const { return cookies_.empty(); }

 private:
  struct Cookie {
    std::string name;
    std::string value;
    std::string path;
    int64_t expires = INT64_MAX;
    uint64_t order = 0;  ///< of creation
  };

  bool is_tls_;
  std::vector<Cookie> cookies_;  // longest path first, then by order
  uint64_t next_order_ = 0;
};

/// RFC 6265 section 5.1.1, in seconds since 1970; nullopt: no date.
std::optional<int64_t> parse_cookie_date(std::string_view text);

}  // namespace macaw::http
