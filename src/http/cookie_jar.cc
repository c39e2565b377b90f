// SPDX-License-Identifier: MIT
//
// See cookie_jar.h.

#include "macaw/http/cookie_jar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "macaw/base/ascii.h"

namespace macaw::http {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// "name=value" in two; the second is empty without '='.
std::pair<std::string_view, std::string_view> split_pair(std::string_view text) {
  const size_t equals = text.find('=');
  return {trim(text.substr(0, equals)),
          equals == std::string_view::npos ? std::string_view() : trim(text.substr(equals + 1))};
}

/// RFC 6265 section 5.1.4.
std::string_view default_path(std::string_view path) {
  const size_t slash = path.rfind('/');
  return !path.starts_with('/') || slash == 0 ? "/" : path.substr(0, slash);
}

bool path_matches(std::string_view path, std::string_view cookie_path) {
  return path.starts_with(cookie_path) &&
         (path.size() == cookie_path.size() || cookie_path.ends_with('/') ||
          path[cookie_path.size()] == '/');
}

/// The number that the text begins with, if it has `min` to `max` digits.
std::optional<int> leading_number(std::string_view text, size_t min, size_t max) {
  size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    ++digits;
  }
  int number = 0;
  if (digits < min || digits > max ||
      std::from_chars(text.data(), text.data() + digits, number).ec != std::errc()) {
    return std::nullopt;
  }
  return number;
}

std::optional<int> month_of(std::string_view token) {
  constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  for (size_t month = 0; month < 12 && token.size() >= 3; ++month) {
    if (equals_ignoring_case(token.substr(0, 3), kMonths.substr(month * 3, 3))) {
      return static_cast<int>(month) + 1;
    }
  }
  return std::nullopt;
}

/// "hh:mm:ss" in seconds.
std::optional<int> time_of(std::string_view token) {
  constexpr std::array<int, 3> kBelow{24, 60, 60};
  int seconds = 0;
  for (size_t part = 0; part < kBelow.size(); ++part) {
    const auto number = leading_number(token, 1, 2);
    if (!number || *number >= kBelow.at(part)) {
      return std::nullopt;
    }
    seconds = seconds * 60 + *number;
    token.remove_prefix(token.size() > 1 && is_digit(token[1]) ? 2 : 1);
    if (part + 1 < kBelow.size()) {
      if (!token.starts_with(':')) {
        return std::nullopt;
      }
      token.remove_prefix(1);
    }
  }
  return seconds;
}

/// Characters that stand between the parts of a date: not letters, digits, ':' and what is above
/// ASCII.
bool is_delimiter(char c) {
  return !is_letter_or_digit(c) && c != ':' && static_cast<unsigned char>(c) < 0x80;
}

}  // namespace

std::optional<int64_t> parse_cookie_date(std::string_view text) {
  std::optional<int> time;
  std::optional<int> day;
  std::optional<int> month;
  std::optional<int> year;
  // Each part is the first token that looks like it, in this order of preference.
  const auto take = [](std::optional<int>& part, std::optional<int> found) {
    const bool is_taken = !part && found;
    part = is_taken ? found : part;
    return is_taken;
  };
  while (!text.empty()) {
    const auto* const end = std::find_if(text.begin(), text.end(), is_delimiter);
    const std::string_view token = text.substr(0, static_cast<size_t>(end - text.begin()));
    text.remove_prefix(std::min(token.size() + 1, text.size()));
    static_cast<void>(take(time, time_of(token)) || take(day, leading_number(token, 1, 2)) ||
                      take(month, month_of(token)) || take(year, leading_number(token, 2, 4)));
  }
  if (!time || !day || !month || !year) {
    return std::nullopt;
  }
  const int full_year = *year < 70 ? *year + 2000 : *year < 100 ? *year + 1900 : *year;
  const std::chrono::year_month_day date{std::chrono::year(full_year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || full_year < 1601) {
    return std::nullopt;
  }
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(days).count() + *time;
}

void CookieJar::store(std::string_view set_cookie, std::string_view path, int64_t now) {
  const std::string_view pair = set_cookie.substr(0, set_cookie.find(';'));
  const auto [name, value] = split_pair(pair);
  if (pair.find('=') == std::string_view::npos || name.empty() ||
      name.size() + value.size() > kCookieBytesMax) {
    return;
  }
  Cookie cookie{.name = std::string(name), .value = std::string(value), .path = {}};
  bool is_secure = false;
  std::optional<int64_t> max_age;
  for (size_t at = set_cookie.find(';'); at != std::string_view::npos;
       at = set_cookie.find(';', at + 1)) {
    const std::string_view attribute = set_cookie.substr(at + 1);
    const auto [key, setting] = split_pair(attribute.substr(0, attribute.find(';')));
    if (equals_ignoring_case(key, "path")) {
      cookie.path = setting.starts_with('/') ? setting : default_path(path);
    } else if (equals_ignoring_case(key, "secure")) {
      is_secure = true;
    } else if (equals_ignoring_case(key, "expires")) {
      cookie.expires = parse_cookie_date(setting).value_or(cookie.expires);
    } else if (equals_ignoring_case(key, "max-age")) {
      int64_t seconds = 0;
      const auto [end, error] =
          std::from_chars(setting.data(), setting.data() + setting.size(), seconds);
      if (error == std::errc() && end == setting.data() + setting.size()) {
        max_age = seconds;
      }
    }
  }
  if (max_age) {
    cookie.expires = *max_age <= 0 ? INT64_MIN : now + std::min(*max_age, INT64_MAX - now);
  }
  if (cookie.path.empty()) {
    cookie.path = default_path(path);
  }
  cookie.order = next_order_++;
  const auto same = std::find_if(cookies_.begin(), cookies_.end(), [&cookie](const Cookie& other) {
    return other.name == cookie.name && other.path == cookie.path;
  });
  if (same != cookies_.end()) {
    cookie.order = same->order;
    cookies_.erase(same);
  }
  if ((is_secure && !is_tls_) || cookie.expires <= now) {
    return;
  }
  if (cookies_.size() == kCookiesMax) {
    cookies_.erase(
        std::min_element(cookies_.begin(), cookies_.end(),
                         [](const Cookie& a, const Cookie& b) { return a.order < b.order; }));
  }
  const auto place = std::find_if(cookies_.begin(), cookies_.end(), [&cookie](const Cookie& other) {
    return other.path.size() < cookie.path.size() ||
           (other.path.size() == cookie.path.size() && other.order > cookie.order);
  });
  cookies_.insert(place, std::move(cookie));
}

void CookieJar::append_to(std::string& header, std::string_view path, int64_t now) const {
  std::string_view separator;
  for (const Cookie& cookie : cookies_) {
    if (cookie.expires > now && path_matches(path, cookie.path)) {
      header.append(separator).append(cookie.name).append("=").append(cookie.value);
      separator = "; ";
    }
  }
}

}  // namespace macaw::http
