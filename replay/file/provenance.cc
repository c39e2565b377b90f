// SPDX-License-Identifier: MIT
#include "provenance.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "macaw/base/ascii.h"

namespace macaw::replay {

namespace {

bool is_key(std::string_view text) {
  const auto in_key = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
         std::all_of(text.begin(), text.end(), in_key);
}

/// RFC 3986: fragment = *( pchar / "/" / "?" ), without ';' and '=', which part the fields.
bool is_value(std::string_view text) {
  const auto in_value = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~!$&'()*+,:@/?%").find(c) != std::string_view::npos;
  };
  return std::all_of(text.begin(), text.end(), in_value);
}

}  // namespace

std::optional<Fault> parse_version(std::string_view digits, int& version) {
  const char* end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, version);
  const bool too_large = code == std::errc::result_out_of_range;
  if (digits.empty() || stop != end || (code != std::errc() && !too_large) ||
      (!too_large && version < 1)) {
    return Fault{1, fmt::format("found {}, expected the format's version (1)", in_quotes(digits))};
  }
  if (too_large || version > kFormatVersion) {
    return Fault{1,
                 fmt::format("found replay format version {}, expected at most {}: a newer macaw "
                             "wrote this file",
                             digits, kFormatVersion)};
  }
  return std::nullopt;
}

std::optional<Fault> check_field(std::string_view key, std::string_view value) {
  if (!is_key(key)) {
    return Fault{1, fmt::format("found provenance key {}, expected a word of a-z, 0-9, '-' and '_'",
                                in_quotes(key))};
  }
  if (!is_value(value)) {
    return Fault{2, fmt::format("found provenance value {}, expected characters of a URI fragment "
                                "other than ';' and '='",
                                in_quotes(value))};
  }
  return std::nullopt;
}

std::optional<Fault> add_field(std::string_view key, std::string_view value,
                               Provenance& provenance) {
  if (auto fault = check_field(key, value)) {
    return fault;
  }
  const auto& fields = provenance.fields;
  if (std::any_of(fields.begin(), fields.end(), [key](const auto& f) { return f.first == key; })) {
    return Fault{1, fmt::format("found key {} a second time, expected it once", in_quotes(key))};
  }
  provenance.fields.emplace_back(key, value);
  return std::nullopt;
}

std::optional<Fault> parse_provenance(std::string_view line, Provenance& provenance) {
  size_t at = kProvenancePrefix.size();
  size_t end = std::min(line.find(';', at), line.size());
  provenance = {};
  if (auto fault = parse_version(line.substr(at, end - at), provenance.version)) {
    fault->column += at;
    return fault;
  }
  while (end < line.size()) {
    at = end + 1;
    end = std::min(line.find(';', at), line.size());
    const std::string_view field = line.substr(at, end - at);
    const size_t equals = field.find('=');
    if (equals == std::string_view::npos) {
      return Fault{at + 1, fmt::format("found {}, expected key=value", in_quotes(field))};
    }
    const std::string_view key = field.substr(0, equals);
    const std::string_view value = field.substr(equals + 1);
    if (auto fault = add_field(key, value, provenance)) {
      fault->column = at + 1 + (fault->column == 1 ? 0 : equals + 1);
      return fault;
    }
  }
  return std::nullopt;
}

std::string format_provenance(const Provenance& provenance) {
  std::string line = fmt::format("{}{}", kProvenancePrefix, provenance.version);
  for (const auto& [key, value] : provenance.fields) {
    line += fmt::format(";{}={}", key, value);
  }
  return line;
}

}  // namespace macaw::replay
