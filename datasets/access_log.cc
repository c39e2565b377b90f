// SPDX-License-Identifier: MIT
//
// The Common Log Format (Apache's documentation of mod_log_config; nginx calls its form of the
// longer one "combined"):
//
//   client ident user [17/May/2015:10:05:03 +0000] "GET /path HTTP/1.1" 200 1234 "referer" "agent"
//
// Before it may stand the virtual host with its port (Apache's vhost_combined), behind it anything:
// people log durations and addresses there. Apache writes a quote, a backslash and what cannot be
// printed as \", \\, \n and \xhh, nginx as \x22, \x5C and so on; both are undone, so that the
// target is what stood on the wire.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "field_text.h"
#include "macaw/base/ascii.h"
#include "time_text.h"
#include "web_readers.h"

namespace macaw::datasets {

namespace {

constexpr std::string_view kLogForm =
    "expected: client ident user [day/Mon/year:h:m:s zone] \"METHOD target PROTOCOL\" status "
    "bytes";

/// The offset behind the quote that ends the text which begins at `begin`, or npos.
size_t end_of_quoted(std::string_view line, size_t begin) {
  for (size_t at = begin; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '"') {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

/// Undoes the servers' escapes.
void append_unescaped(std::string_view text, std::string& out) {
  constexpr std::string_view kLetters = "nrtbfv";
  constexpr std::string_view kMeant = "\n\r\t\b\f\v";
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      out += text[at];
      continue;
    }
    const char next = text[++at];
    const size_t letter = kLetters.find(next);
    const int high = at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_value(text[at + 2]) : -1;
    if (next == 'x' && high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      at += 2;
    } else if (letter != std::string_view::npos) {
      out += kMeant[letter];
    } else if (next == '"' || next == '\\') {
      out += next;
    } else {
      out += '\\';
      out += next;
    }
  }
}

bool refuse_line(Finding& unusable, size_t offset, std::string_view reason, std::string detail) {
  unusable.column = offset + 1;
  unusable.reason = reason;
  unusable.detail = std::move(detail);
  return false;
}

/// "example.org:443" as vhost_combined has it; an IPv6 address is none.
bool is_virtual_host(std::string_view word) {
  const size_t colon = word.rfind(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == word.size()) {
    return false;
  }
  const std::string_view host = word.substr(0, colon);
  const std::string_view port = word.substr(colon + 1);
  return (host.find(':') == std::string_view::npos || host.front() == '[') &&
         port.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What stands before the time: at least three words, of which the last may have blanks in it.
struct LogPrefix {
  std::string_view virtual_host;
  std::string_view client;
  std::string_view login;
};

std::optional<LogPrefix> split_prefix(std::string_view text) {
  std::array<std::string_view, 4> words;
  size_t count = 0;
  std::string_view rest = text;
  for (; count < words.size() && !rest.empty(); ++count) {
    const size_t blank = std::min(rest.find(' '), rest.size());
    words[count] = rest.substr(0, blank);
    rest.remove_prefix(std::min(blank + 1, rest.size()));
  }
  if (count < 3) {
    return std::nullopt;
  }
  LogPrefix prefix;
  size_t first = 0;
  if (count == 4 && is_virtual_host(words[0])) {
    prefix.virtual_host = words[0];
    first = 1;
  }
  prefix.client = words[first];
  const auto login = static_cast<size_t>(words[first + 2].data() - text.data());
  prefix.login = text.substr(login);
  return prefix;
}

/// "GET /path HTTP/1.1", unescaped, into method and URL. What is between the first blank and the
/// protocol is the target, whatever it holds.
bool take_request(std::string_view text, size_t offset, const LogPrefix& prefix,
                  WebRequest& request, Finding& unusable) {
  const size_t blank = text.find(' ');
  if (blank == std::string_view::npos || !is_token(text.substr(0, blank))) {
    return refuse_line(unusable, offset, "no HTTP request in the line",
                       fmt::format("found {}, expected METHOD target PROTOCOL", in_quotes(text)));
  }
  std::string_view target = text.substr(blank + 1);
  const size_t last = target.rfind(' ');
  if (last != std::string_view::npos && target.substr(last + 1).starts_with("HTTP/")) {
    target = target.substr(0, last);
  }
  request.method = text.substr(0, blank);
  if (target.starts_with('/') && !prefix.virtual_host.empty()) {
    const bool tls = prefix.virtual_host.ends_with(":443");
    std::string_view authority = prefix.virtual_host;
    if (tls || authority.ends_with(":80")) {
      authority = authority.substr(0, authority.rfind(':'));
    }
    request.url.append(tls ? "https://" : "http://").append(authority);
  }
  request.url += target;
  return true;
}

void take_status(std::string_view rest, WebRequest& request) {
  size_t at = rest.find_first_not_of(' ');
  uint32_t status = 0;
  if (at != std::string_view::npos && read_u32(rest, at, status) &&
      (at == rest.size() || rest[at] == ' ')) {
    request.status = status;
  }
}

/// Referer and user agent of the longer format become headers. A line that is cut off there has
/// none.
void take_combined(std::string_view line, size_t begin, WebRequest& request) {
  size_t at = line.find('"', begin);
  for (const std::string_view name : {"Referer", "User-Agent"}) {
    if (at == std::string_view::npos || line[at] != '"') {
      return;
    }
    const size_t end = end_of_quoted(line, at + 1);
    if (end == std::string_view::npos) {
      request.remarks.push_back({0, at + 1, fmt::format("{} cut off, left out", name), {}});
      return;
    }
    const std::string_view value = line.substr(at + 1, end - at - 2);
    if (value != "-" && !value.empty()) {
      append_unescaped(value, request.headers.emplace_back(WebHeader{std::string(name), {}}).value);
    }
    at = end + 1 < line.size() && line[end] == ' ' ? end + 1 : std::string_view::npos;
  }
}

}  // namespace

bool parse_access_log_line(std::string_view line, WebRequest& request, Finding& unusable) {
  clear(request);
  const size_t open = line.find(" [");
  const size_t close = open == std::string_view::npos ? open : line.find("] \"", open);
  const auto prefix =
      close == std::string_view::npos ? std::nullopt : split_prefix(line.substr(0, open));
  constexpr std::string_view kNoLog = "no line of the Common Log Format";
  if (!prefix) {
    return refuse_line(unusable, 0, kNoLog, fmt::format("found {}, {}", in_quotes(line), kLogForm));
  }
  const std::string_view time = line.substr(open + 2, close - open - 2);
  request.time = parse_log_time(time);
  if (!request.time) {
    request.time = parse_iso_time(time);
  }
  if (!request.time) {
    return refuse_line(unusable, open + 2, "no time in the line",
                       fmt::format("found {}, expected a time such as 17/May/2015:10:05:03 +0000",
                                   in_quotes(time)));
  }
  const size_t begin = close + 3;
  const size_t end = end_of_quoted(line, begin);
  if (end == std::string_view::npos) {
    return refuse_line(unusable, begin, "a line that is cut off",
                       fmt::format("found no quote after the request, {}", kLogForm));
  }
  request.client = prefix->client == "-" ? std::string_view() : prefix->client;
  request.login = prefix->login == "-" ? std::string_view() : prefix->login;
  std::string text;
  append_unescaped(line.substr(begin, end - begin - 1), text);
  if (!take_request(text, begin, *prefix, request, unusable)) {
    return false;
  }
  request.column = 1;
  take_status(line.substr(end), request);
  take_combined(line, end, request);
  return true;
}

}  // namespace macaw::datasets
