// SPDX-License-Identifier: MIT
#include "peer_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "utf8.h"

namespace macaw::report {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string shortest(double value, std::chars_format format) {
  std::array<char, 400> buffer{};  // 1e308 has 309 digits
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  return {buffer.data(), end.ptr};
}

/// Digits behind a point, trailing zeros dropped: ".5", or nothing.
std::string fraction(uint64_t value, int digits) {
  std::string text = fmt::format(".{:0{}}", value, digits);
  while (text.back() == '0') {
    text.pop_back();
  }
  return text == "." ? std::string() : text;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    out += c == '"' ? std::string_view("\"\"") : std::string_view(&c, 1);
  }
  return out + '"';
}

struct CivilTime {
  std::string seconds;  ///< "2026-11-21T02:30:01"
  uint64_t nanos = 0;
};

CivilTime civil(WallTime time) {
  using std::chrono::floor;
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<Nanos> clock(time - day);
  return {fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                      clock.hours().count(), clock.minutes().count(), clock.seconds().count()),
          static_cast<uint64_t>(clock.subseconds().count())};
}

struct StatusPhrase {
  uint32_t status;
  std::string_view phrase;
};

constexpr std::array kStatusPhrases = {
    StatusPhrase{400, "Bad Request"},
    StatusPhrase{401, "Unauthorized"},
    StatusPhrase{402, "Payment Required"},
    StatusPhrase{403, "Forbidden"},
    StatusPhrase{404, "Not Found"},
    StatusPhrase{405, "Method Not Allowed"},
    StatusPhrase{406, "Not Acceptable"},
    StatusPhrase{407, "Proxy Authentication Required"},
    StatusPhrase{408, "Request Timeout"},
    StatusPhrase{409, "Conflict"},
    StatusPhrase{410, "Gone"},
    StatusPhrase{411, "Length Required"},
    StatusPhrase{412, "Precondition Failed"},
    StatusPhrase{413, "Request Entity Too Large"},
    StatusPhrase{414, "Request URI Too Long"},
    StatusPhrase{415, "Unsupported Media Type"},
    StatusPhrase{416, "Requested Range Not Satisfiable"},
    StatusPhrase{417, "Expectation Failed"},
    StatusPhrase{418, "I'm a teapot"},
    StatusPhrase{421, "Misdirected Request"},
    StatusPhrase{422, "Unprocessable Entity"},
    StatusPhrase{423, "Locked"},
    StatusPhrase{424, "Failed Dependency"},
    StatusPhrase{425, "Too Early"},
    StatusPhrase{426, "Upgrade Required"},
    StatusPhrase{428, "Precondition Required"},
    StatusPhrase{429, "Too Many Requests"},
    StatusPhrase{431, "Request Header Fields Too Large"},
    StatusPhrase{451, "Unavailable For Legal Reasons"},
    StatusPhrase{500, "Internal Server Error"},
    StatusPhrase{501, "Not Implemented"},
    StatusPhrase{502, "Bad Gateway"},
    StatusPhrase{503, "Service Unavailable"},
    StatusPhrase{504, "Gateway Timeout"},
    StatusPhrase{505, "HTTP Version Not Supported"},
    StatusPhrase{507, "Insufficient Storage"},
    StatusPhrase{511, "Network Authentication Required"},
};

}  // namespace

std::string go_json_string(std::string_view text) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_sequence_length(text, at);
    const std::string_view piece = text.substr(at, std::max<size_t>(length, 1));
    const char c = piece.front();
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else if (piece == "\xE2\x80\xA8" || piece == "\xE2\x80\xA9") {
      out += piece.back() == '\xA8' ? "\\u2028" : "\\u2029";
    } else {
      out += piece;
    }
    at += piece.size();
  }
  return out + '"';
}

std::string go_json_number(double value) {
  if (!std::isfinite(value)) {
    return "0";
  }
  const double size = std::fabs(value);
  if (size == 0 || (size >= 1e-6 && size < 1e21)) {
    return shortest(value, std::chars_format::fixed);
  }
  std::string text = shortest(value, std::chars_format::scientific);
  if (const size_t at = text.find("e-0"); at != std::string::npos) {
    text.erase(at + 2, 1);  // e-07 is written e-7
  }
  return text;
}

std::string go_duration(int64_t ns) {
  constexpr uint64_t kUs = 1'000;
  constexpr uint64_t kMs = 1'000'000;
  constexpr uint64_t kSecond = 1'000'000'000;
  const std::string sign = ns < 0 ? "-" : "";
  const uint64_t size = ns < 0 ? ~static_cast<uint64_t>(ns) + 1 : static_cast<uint64_t>(ns);
  if (size == 0) {
    return "0s";
  }
  if (size < kUs) {
    return fmt::format("{}{}ns", sign, size);
  }
  if (size < kMs) {
    return fmt::format("{}{}{}\xC2\xB5s", sign, size / kUs, fraction(size % kUs, 3));
  }
  if (size < kSecond) {
    return fmt::format("{}{}{}ms", sign, size / kMs, fraction(size % kMs, 6));
  }
  const uint64_t seconds = size / kSecond;
  std::string text = sign;
  if (seconds >= 3600) {
    text += fmt::format("{}h", seconds / 3600);
  }
  if (seconds >= 60) {
    text += fmt::format("{}m", seconds / 60 % 60);
  }
  return text + fmt::format("{}{}s", seconds % 60, fraction(size % kSecond, 9));
}

int64_t vegeta_round(int64_t ns) {
  constexpr std::array<int64_t, 6> kUnits = {3'600'000'000'000, 60'000'000'000, 1'000'000'000,
                                             1'000'000,         1'000,          1};
  for (size_t k = 0; k + 1 < kUnits.size(); ++k) {
    if (ns >= kUnits.at(k)) {
      const int64_t step = kUnits.at(k + 1);
      return (ns + step / 2) / step * step;
    }
  }
  return ns;
}

std::string go_time(WallTime time) {
  const CivilTime parts = civil(time);
  return parts.seconds + fraction(parts.nanos, 9) + "Z";
}

std::string go_time_seconds(WallTime time) {
  return civil(time).seconds + "Z";
}

std::string go_csv_field(std::string_view text) {
  const bool quote =
      text == "\\." || text.find_first_of(",\"\r\n") != std::string_view::npos ||
      (!text.empty() && std::string_view(" \t\v\f").find(text.front()) != std::string_view::npos);
  return quote ? quoted(text) : std::string(text);
}

std::string python_float(double value) {
  if (!std::isfinite(value)) {
    return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }
  const double size = std::fabs(value);
  if (size != 0 && (size < 1e-4 || size >= 1e16)) {
    return shortest(value, std::chars_format::scientific);
  }
  std::string text = shortest(value, std::chars_format::fixed);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

std::string csv_field(std::string_view text) {
  const bool quote = text.find_first_of(",\"\r\n") != std::string_view::npos;
  return quote ? quoted(text) : std::string(text);
}

std::string exact_millis(uint64_t ns) {
  return fmt::format("{}{}", ns / 1'000'000, fraction(ns % 1'000'000, 6));
}

std::string csv_number(double value) {
  if (std::isinf(value)) {
    return value > 0 ? "Inf" : "-Inf";
  }
  return fmt::format("{}", value);
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_sequence_length(text, at);
    const std::string_view piece = text.substr(at, std::max<size_t>(length, 1));
    const char c = piece.front();
    const bool control = static_cast<unsigned char>(c) < 0x20;
    const bool space = c == '\n' || c == '\r' || c == '\t';
    if (length == 0 || piece == "\xEF\xBF\xBE" || piece == "\xEF\xBF\xBF" || (control && !space)) {
      out += kReplacement;
    } else if (space) {
      out += fmt::format("&#{};", static_cast<unsigned>(c));
    } else if (c == '&' || c == '<' || c == '>' || c == '"') {
      out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&quot;";
    } else {
      out += piece;
    }
    at += piece.size();
  }
  return out;
}

std::string_view status_phrase(uint32_t status) {
  const auto* const found = std::lower_bound(
      kStatusPhrases.begin(), kStatusPhrases.end(), status,
      [](const StatusPhrase& phrase, uint32_t wanted) { return phrase.status < wanted; });
  return found != kStatusPhrases.end() && found->status == status ? found->phrase
                                                                  : std::string_view();
}

}  // namespace macaw::report
