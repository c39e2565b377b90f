// SPDX-License-Identifier: MIT
//
// See url.h. Must not decode, normalise or copy: what was recorded is what goes out.

#include "macaw/http/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "macaw/base/ascii.h"
#include "macaw/http/request_encoder.h"
#include "quote.h"

namespace macaw::http {
namespace {

constexpr uint16_t kHttpPort = 80;
constexpr uint16_t kHttpsPort = 443;

bool is_blank_or_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7f;
}

/// A host and a port, cut out of an authority.
struct Authority {
  std::string_view host;  // without brackets
  std::optional<uint16_t> port;
};

/// Offset from 0 within the authority, and what is wrong there.
struct Fault {
  size_t offset = 0;
  std::string message;
};

std::optional<Fault> check_ipv6(std::string_view host) {
  const auto bad = std::find_if_not(
      host.begin(), host.end(), [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
  if (bad != host.end() || std::count(host.begin(), host.end(), ':') < 2) {
    const auto at = bad != host.end() ? bad - host.begin() : 0;
    return Fault{static_cast<size_t>(at),
                 fmt::format("found {} in brackets, expected an IPv6 address", quote(host))};
  }
  return std::nullopt;
}

/// An empty port ("host:") counts as none, as RFC 3986 has it.
std::optional<Fault> parse_port(std::string_view text, std::optional<uint16_t>& port) {
  if (text.empty()) {
    return std::nullopt;
  }
  uint32_t value = 0;
  for (const char c : text) {
    if (!is_digit(c) || value > 65535) {
      value = 0;
      break;
    }
    value = value * 10 + static_cast<uint32_t>(c - '0');
  }
  if (value < 1 || value > 65535) {
    return Fault{0, fmt::format("found {}, expected a port from 1 to 65535", quote(text))};
  }
  port = static_cast<uint16_t>(value);
  return std::nullopt;
}

std::optional<Fault> parse_authority(std::string_view text, Authority& out) {
  if (const size_t at = text.find('@'); at != std::string_view::npos) {
    return Fault{at, "found user info ('@'), expected a host: send credentials with a header"};
  }
  size_t host_end = 0;
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) {
      return Fault{0, "found '[' without ']', expected an IPv6 address in brackets"};
    }
    out.host = text.substr(1, close - 1);
    if (auto fault = check_ipv6(out.host)) {
      fault->offset += 1;
      return fault;
    }
    host_end = close + 1;
    if (host_end < text.size() && text[host_end] != ':') {
      return Fault{host_end, fmt::format("found {} after the address, expected ':' and a port",
                                         quote(text.substr(host_end)))};
    }
  } else {
    host_end = std::min(text.find(':'), text.size());
    out.host = text.substr(0, host_end);
    if (text.find(':', host_end + 1) < text.size()) {
      return Fault{host_end, fmt::format("found {}, expected 'host:port', or an IPv6 address in "
                                         "brackets ('[::1]:80')",
                                         quote(text))};
    }
    if (out.host.empty()) {
      return Fault{0, "found no host, expected one"};
    }
    if (const size_t bad = out.host.find_first_of("[]\\"); bad != std::string_view::npos) {
      return Fault{bad, fmt::format("found {} in the host", quote(out.host.substr(bad, 1)))};
    }
  }
  if (host_end >= text.size()) {
    return std::nullopt;
  }
  auto fault = parse_port(text.substr(host_end + 1), out.port);
  if (fault) {
    fault->offset += host_end + 1;
  }
  return fault;
}

UrlResult failed_at(size_t offset, std::string message) {
  return {std::nullopt, {offset + 1, std::move(message)}};
}

/// `rest` is what follows the authority: path, query and fragment.
void split_target(std::string_view rest, UrlView& url) {
  rest = rest.substr(0, rest.find('#'));
  const size_t question = rest.find('?');
  url.target = rest.empty() ? std::string_view("/") : rest;
  url.path = rest.substr(0, question);
  if (url.path.empty()) {
    url.path = "/";
  }
  if (question != std::string_view::npos) {
    url.query = rest.substr(question + 1);
  }
}

/// Length of "http://" or "https://" at the beginning, or 0.
size_t scheme_prefix(std::string_view text, std::string_view& scheme) {
  for (const std::string_view known : {std::string_view("http"), std::string_view("https")}) {
    if (equals_ignoring_case(text.substr(0, known.size()), known) &&
        text.substr(known.size(), 3) == "://") {
      scheme = text.substr(0, known.size());
      return known.size() + 3;
    }
  }
  return 0;
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

}  // namespace

UrlResult parse_url(std::string_view text) {
  if (text.empty()) {
    return failed_at(0, "found nothing, expected a URL or a path");
  }
  const auto bad = std::find_if(text.begin(), text.end(), is_blank_or_control);
  if (bad != text.end()) {
    const char* const what = *bad == ' ' || *bad == '\t' ? "a blank" : "a control character";
    return failed_at(static_cast<size_t>(bad - text.begin()),
                     fmt::format("found {} ({}), expected a URL without any", what,
                                 quote(std::string_view(&*bad, 1))));
  }
  UrlView url;
  if (text.front() == '/') {
    split_target(text, url);
    return {url, {}};
  }
  const size_t authority_begin = scheme_prefix(text, url.scheme);
  if (authority_begin == 0) {
    return failed_at(0,
                     fmt::format("found {}, expected 'http://host/path' or '/path'", quote(text)));
  }
  const std::string_view after_scheme = text.substr(authority_begin);
  const size_t authority_end = std::min(after_scheme.find_first_of("/?#"), after_scheme.size());
  url.authority = after_scheme.substr(0, authority_end);
  Authority authority;
  if (auto fault = parse_authority(url.authority, authority)) {
    return failed_at(authority_begin + fault->offset, std::move(fault->message));
  }
  url.host = authority.host;
  url.port = authority.port.value_or(url.is_https() ? kHttpsPort : kHttpPort);
  split_target(after_scheme.substr(authority_end), url);
  return {url, {}};
}

std::string HostPort::key() const {
  return fmt::format("{}{}:{}", tls ? "https://" : "", bracketed(host), port);
}

std::string HostPort::host_header() const {
  return port == (tls ? kHttpsPort : kHttpPort) ? bracketed(host)
                                                : fmt::format("{}:{}", bracketed(host), port);
}

Result<HostPort> parse_host_port(std::string_view text) {
  constexpr std::string_view kForms =
      "expected host, host:port, [v6]:port, http://host:port or https://host:port";
  std::string_view scheme;
  std::string_view rest = text.substr(scheme_prefix(text, scheme));
  const bool tls = scheme.size() == std::string_view("https").size();
  if (!scheme.empty() && rest.ends_with('/')) {
    rest.remove_suffix(1);
  }
  const auto bad = std::find_if(rest.begin(), rest.end(), [](char c) {
    return is_blank_or_control(c) || c == '/' || c == '?' || c == '#';
  });
  if (rest.empty() || bad != rest.end()) {
    return errorf("found {}, {}", quote(text), kForms);
  }
  Authority authority;
  if (const auto fault = parse_authority(rest, authority)) {
    return errorf("{}: {}", quote(text), fault->message);
  }
  return HostPort{std::string(authority.host),
                  authority.port.value_or(tls ? kHttpsPort : kHttpPort), tls};
}

std::optional<std::string_view> query_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    const size_t equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name) {
      return pair.substr(std::min(equals + 1, pair.size()));
    }
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
  }
  return std::nullopt;
}

std::string set_query_parameter(std::string_view target, std::string_view name,
                                std::string_view value) {
  const size_t question = target.find('?');
  std::string out;
  out.reserve(target.size() + name.size() + value.size() + 2);
  bool found = false;
  if (question != std::string_view::npos) {
    out += target.substr(0, question + 1);
    std::string_view rest = target.substr(question + 1);
    while (true) {
      const std::string_view pair = rest.substr(0, rest.find('&'));
      if (pair.substr(0, pair.find('=')) == name && !pair.empty()) {
        out.append(name).append("=").append(value);
        found = true;
      } else {
        out += pair;
      }
      if (pair.size() == rest.size()) {
        break;
      }
      out += '&';
      rest.remove_prefix(pair.size() + 1);
    }
  } else {
    out += target;
  }
  if (!found) {
    if (question == std::string_view::npos) {
      out += '?';
    } else if (out.size() > question + 1 && out.back() != '&') {
      out += '&';
    }
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string decode_query_value(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (size_t k = 0; k < value.size(); ++k) {
    const char c = value[k];
    if (is_percent_escape(value, k)) {
      out += static_cast<char>(hex_value(value[k + 1]) * 16 + hex_value(value[k + 2]));
      k += 2;
    } else {
      out += c == '+' ? ' ' : c;
    }
  }
  return out;
}

}  // namespace macaw::http
