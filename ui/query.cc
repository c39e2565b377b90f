// SPDX-License-Identifier: MIT
//
// Decoding and encoding of URLs and HTML.
#include "query.h"

#include "macaw/base/units.h"
#include "macaw/http/url.h"

namespace macaw::ui {

std::optional<std::string> Query::text(std::string_view name) const {
  const auto raw = http::query_parameter(query_, name);
  if (!raw) {
    return std::nullopt;
  }
  return http::decode_query_value(*raw);
}

Result<uint64_t> Query::number(std::string_view name, uint64_t fallback, uint64_t most) const {
  const std::optional<std::string> value = text(name);
  if (!value) {
    return fallback;
  }
  const Result<uint64_t> number = parse_u64(*value);
  if (!number.ok() || *number > most) {
    return errorf("{}: found \"{}\", expected a number from 0 to {}", name, *value, most);
  }
  return *number;
}

Result<std::optional<std::vector<size_t>>> Query::indexes(std::string_view name,
                                                          size_t limit) const {
  const std::optional<std::string> value = text(name);
  if (!value) {
    return std::optional<std::vector<size_t>>();
  }
  std::vector<size_t> out;
  for (size_t begin = 0; begin <= value->size();) {
    const size_t comma = std::min(value->find(',', begin), value->size());
    const Result<uint64_t> index = parse_u64(value->substr(begin, comma - begin));
    if (!index.ok() || *index >= limit) {
      return errorf("{}: found \"{}\", expected indexes from 0 to {}, such as {}=1,5", name, *value,
                    limit - 1, name);
    }
    out.push_back(*index);
    begin = comma + 1;
  }
  return std::optional(std::move(out));
}

std::string decode_path(std::string_view path) {
  std::string plus_kept;
  for (const char byte : path) {
    if (byte == '+') {
      plus_kept += "%2B";
    } else {
      plus_kept += byte;
    }
  }
  return http::decode_query_value(plus_kept);
}

std::string encode_uri(std::string_view text) {
  // Besides RFC 3986's unreserved characters those that are legal in a query and keep our keys
  // readable.
  constexpr std::string_view kKept =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/";
  std::string out;
  for (const char byte : text) {
    if (kKept.find(byte) != std::string_view::npos) {
      out += byte;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return out;
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    switch (byte) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += byte;
        break;
    }
  }
  return out;
}

}  // namespace macaw::ui
