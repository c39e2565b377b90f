// SPDX-License-Identifier: MIT
//
// See parameters.h.
// Thread: any.

#include "parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "macaw/http/request_encoder.h"
#include "macaw/http/url.h"

namespace macaw::stub {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

}  // namespace

Parameters::Parameters(const http::Request& request) : query_(request.query()) {
  const std::string_view type = request.header("Content-Type").substr(0, kForm.size());
  if (http::equals_ignoring_case(type, kForm)) {
    form_ = request.body;
  }
}

std::optional<std::string> Parameters::get(std::string_view name) const {
  auto raw = http::query_parameter(query_, name);
  if (!raw) {
    raw = http::query_parameter(form_, name);
  }
  return raw ? std::optional(http::decode_query_value(*raw)) : std::nullopt;
}

std::vector<std::pair<std::string, std::string>> Parameters::all() const {
  std::vector<std::pair<std::string, std::string>> found;
  for (std::string_view rest : {query_, form_}) {
    while (!rest.empty()) {
      const std::string_view item = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(item.size() + 1, rest.size()));
      const size_t equals = std::min(item.find('='), item.size());
      if (!item.empty()) {
        found.emplace_back(
            http::decode_query_value(item.substr(0, equals)),
            http::decode_query_value(item.substr(std::min(equals + 1, item.size()))));
      }
    }
  }
  return found;
}

std::optional<int32_t> parse_int(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) {
      return std::nullopt;
    }
  }
  int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<bool> parse_bool(std::string_view text) {
  constexpr std::array<std::string_view, 4> kTrue = {"true", "on", "yes", "1"};
  constexpr std::array<std::string_view, 4> kFalse = {"false", "off", "no", "0"};
  const auto is_text = [text](std::string_view word) {
    return http::equals_ignoring_case(text, word);
  };
  if (std::any_of(kTrue.begin(), kTrue.end(), is_text)) {
    return true;
  }
  if (std::any_of(kFalse.begin(), kFalse.end(), is_text)) {
    return false;
  }
  return std::nullopt;
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        out.append("\\\"");
        break;
      case '\\':
        out.append("\\\\");
        break;
      case '\b':
        out.append("\\b");
        break;
      case '\f':
        out.append("\\f");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '\t':
        out.append("\\t");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(out), "\\u{:04X}", static_cast<unsigned>(c));
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string json_string(const std::optional<std::string>& text) {
  return text ? json_string(std::string_view(*text)) : "null";
}

}  // namespace macaw::stub
