// SPDX-License-Identifier: MIT
#include "time_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>

#include "macaw/base/ascii.h"
#include "macaw/base/units.h"

namespace macaw::datasets {

namespace {

/// Takes a text apart from its front; once something does not fit, nothing fits any more.
class TimeFields {
 public:
  explicit TimeFields(std::string_view text) : rest_(text) {}

  /// Exactly `digits` decimal digits.
  int number(size_t digits) {
    int value = 0;
    for (size_t k = 0; k < digits; ++k) {
      const char c = k < rest_.size() ? rest_[k] : 'x';
      if (!is_digit(c)) {
        good_ = false;
        return 0;
      }
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  bool take(char c) {
    const bool there = rest_.starts_with(c);
    rest_.remove_prefix(there ? 1 : 0);
    return there;
  }

  void expect(char c) { good_ = take(c) && good_; }

  unsigned month_name() {
    constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (unsigned k = 0; k < kMonths.size(); ++k) {
      if (rest_.starts_with(kMonths[k])) {
        rest_.remove_prefix(3);
        return k + 1;
      }
    }
    good_ = false;
    return 1;
  }

  /// ".482" or ",482" in nanoseconds, 0 if there is none.
  Nanos fraction() {
    if (!take('.') && !take(',')) {
      return Nanos(0);
    }
    int64_t value = 0;
    int64_t unit = 100'000'000;
    size_t digits = 0;
    for (; digits < rest_.size() && is_digit(rest_[digits]); ++digits) {
      value += (rest_[digits] - '0') * unit;
      unit /= 10;
    }
    good_ = good_ && digits > 0;
    rest_.remove_prefix(digits);
    return Nanos(value);
  }

  /// "Z", "+02:00", "+0200", or nothing where that is allowed.
  Nanos zone(bool may_be_missing) {
    if (take('Z') || (may_be_missing && rest_.empty())) {
      return Nanos(0);
    }
    const bool east = rest_.starts_with('+');
    if (!east && !rest_.starts_with('-')) {
      good_ = false;
      return Nanos(0);
    }
    rest_.remove_prefix(1);
    const int hours = number(2);
    take(':');
    const int minutes = number(2);
    good_ = good_ && hours < 24 && minutes < 60;
    const Nanos offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    return east ? offset : -offset;
  }

  bool ended() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

struct DateFields {
  int year = 0;
  unsigned month = 1;
  unsigned day = 1;
};

/// What both written forms share: "10:05:03", fraction, zone and the end.
std::optional<WallTime> finish_time(TimeFields& fields, DateFields found, bool zone_may_be_missing,
                                    bool blank_before_zone) {
  const int hour = fields.number(2);
  fields.expect(':');
  const int minute = fields.number(2);
  fields.expect(':');
  const int second = fields.number(2);
  const Nanos fraction = fields.fraction();
  if (blank_before_zone) {
    fields.expect(' ');
  }
  const Nanos zone = fields.zone(zone_may_be_missing);
  const std::chrono::year_month_day date{
      std::chrono::year(found.year), std::chrono::month(found.month), std::chrono::day(found.day)};
  constexpr int kFirstYear = 1970;
  constexpr int kLastYear = 2261;  // nanoseconds in 64 bits end in 2262
  constexpr int kLeapSecond = 60;
  if (!fields.ended() || !date.ok() || found.year < kFirstYear || found.year > kLastYear ||
      hour > 23 || minute > 59 || second > kLeapSecond) {
    return std::nullopt;
  }
  const WallTime midnight{std::chrono::sys_days(date)};
  // A leap second counts as the one after it.
  return midnight + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + fraction - zone;
}

/// The digits before a decimal point; empty when the field is no such number.
std::string_view whole_digits(std::string_view field) {
  const size_t end = std::min(field.find_first_not_of("0123456789"), field.size());
  const std::string_view rest = field.substr(end);
  const bool good =
      rest.empty() || (rest.size() > 1 && rest.front() == '.' &&
                       rest.find_first_not_of("0123456789", 1) == std::string_view::npos);
  return good ? field.substr(0, end) : std::string_view();
}

}  // namespace

std::optional<WallTime> parse_log_time(std::string_view text) {
  TimeFields fields(text);
  DateFields date;
  date.day = static_cast<unsigned>(fields.number(2));
  fields.expect('/');
  date.month = fields.month_name();
  fields.expect('/');
  date.year = fields.number(4);
  fields.expect(':');
  return finish_time(fields, date, /*zone_may_be_missing=*/false, /*blank_before_zone=*/true);
}

std::optional<WallTime> parse_iso_time(std::string_view text) {
  TimeFields fields(text);
  DateFields date;
  date.year = fields.number(4);
  fields.expect('-');
  date.month = static_cast<unsigned>(fields.number(2));
  fields.expect('-');
  date.day = static_cast<unsigned>(fields.number(2));
  if (!fields.take('t') && !fields.take(' ')) {
    fields.expect('T');
  }
  return finish_time(fields, date, /*zone_may_be_missing=*/true, /*blank_before_zone=*/false);
}

std::optional<TimeForm> time_form_of(std::string_view text) {
  if (parse_iso_time(text)) {
    return TimeForm::kIso8601;
  }
  const size_t digits = whole_digits(text).size();
  if (digits == 0 || digits > 19) {
    return std::nullopt;
  }
  return digits <= 11   ? TimeForm::kSeconds
         : digits <= 14 ? TimeForm::kMillis
         : digits <= 17 ? TimeForm::kMicros
                        : TimeForm::kNanos;
}

std::optional<uint32_t> parse_whole_seconds(std::string_view text, TimeForm form) {
  constexpr auto kMax = std::numeric_limits<uint32_t>::max();
  if (form == TimeForm::kIso8601) {
    const auto time = parse_iso_time(text);
    const int64_t seconds =
        time ? std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count() : -1;
    return seconds < 0 || seconds > int64_t{kMax}
               ? std::nullopt
               : std::optional<uint32_t>(static_cast<uint32_t>(seconds));
  }
  const auto number = parse_u64(whole_digits(text));
  constexpr std::array<uint64_t, 4> kPerSecond = {1, 1'000, 1'000'000, 1'000'000'000};
  const uint64_t seconds =
      number.ok() ? *number / kPerSecond[static_cast<size_t>(form)] : uint64_t{kMax} + 1;
  return seconds > kMax ? std::nullopt : std::optional<uint32_t>(static_cast<uint32_t>(seconds));
}

}  // namespace macaw::datasets
