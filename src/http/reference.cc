// SPDX-License-Identifier: MIT
//
// See reference.h.

#include "macaw/http/reference.h"

#include <algorithm>
#include <iterator>

#include "macaw/base/ascii.h"
#include "macaw/http/url.h"

namespace macaw::http {
namespace {

/// RFC 3986 section 5.2.4, for a path that begins with '/'.
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);
    const bool is_last = end == path.size();
    path.remove_prefix(end);
    const bool is_up = segment == "/..";
    if (is_up) {
      out.resize(std::min(out.rfind('/'), out.size()));
    }
    if (is_up || segment == "/.") {
      out += is_last ? "/" : "";
    } else {
      out += segment;
    }
  }
  return out;
}

/// "scheme:" at the beginning, as RFC 3986 spells it.
bool has_scheme(std::string_view text) {
  const size_t colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
           return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.';
         });
}

}  // namespace

Result<Reference> resolve_reference(std::string_view base_target, std::string_view location) {
  location = location.substr(0, location.find('#'));
  const std::string_view base_path = base_target.substr(0, base_target.find('?'));
  std::string absolute;
  if (location.starts_with("//")) {
    absolute = "http:";  // that of the request: there is no other yet
    absolute += location;
  } else if (has_scheme(location) || location.starts_with('/')) {
    absolute = location;
  } else if (location.empty()) {
    absolute = base_target;
  } else if (location.starts_with('?')) {
    absolute = base_path;
    absolute += location;
  } else {
    absolute = base_path.substr(0, base_path.rfind('/') + 1);
    absolute += location;
  }
  const UrlResult parsed = parse_url(absolute);
  if (!parsed.url) {
    return Error(parsed.error.message);
  }
  const UrlView& url = *parsed.url;
  Reference reference;
  if (has_scheme(location)) {
    std::transform(url.scheme.begin(), url.scheme.end(), std::back_inserter(reference.scheme),
                   ascii_lower);
  }
  reference.authority = url.authority;
  reference.target = without_dots(url.path);
  if (const size_t question = url.target.find('?'); question != std::string_view::npos) {
    reference.target += url.target.substr(question);
  }
  return reference;
}

}  // namespace macaw::http
