// SPDX-License-Identifier: MIT
#include "time_field.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace macaw::datasets {

namespace {

/// Takes fields of digits from a text's front.
class TimeText {
 public:
  explicit TimeText(std::string_view text) : text_(text) {}

  /// Exactly so many digits.
  std::optional<unsigned> number(size_t digits) {
    unsigned value = 0;
    for (size_t k = 0; k < digits; ++k) {
      const auto digit =
          k < text_.size() ? static_cast<unsigned>(static_cast<unsigned char>(text_[k])) - '0' : 10;
      if (digit > 9) {
        return std::nullopt;
      }
      value = value * 10 + digit;
    }
    text_.remove_prefix(digits);
    return value;
  }

  bool take(std::string_view letters) {
    if (text_.empty() || letters.find(text_.front()) == std::string_view::npos) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }

  /// At least one digit.
  bool skip_fraction() {
    const size_t end = std::min(text_.find_first_not_of("0123456789"), text_.size());
    text_.remove_prefix(end);
    return end > 0;
  }

  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

/// Seconds east of UTC, behind a time; nothing when it is no zone.
std::optional<int64_t> parse_zone(TimeText& text) {
  if (text.rest().empty() || text.rest() == "Z") {
    return 0;
  }
  const bool west = text.rest().front() == '-';
  if (!text.take("+-")) {
    return std::nullopt;
  }
  const auto hours = text.number(2);
  static_cast<void>(text.take(":"));
  const auto minutes = text.number(2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59 || !text.rest().empty()) {
    return std::nullopt;
  }
  const int64_t seconds = int64_t{*hours} * 3'600 + int64_t{*minutes} * 60;
  return west ? -seconds : seconds;
}

std::optional<uint32_t> within_range(int64_t seconds) {
  if (seconds < 0 || seconds > int64_t{std::numeric_limits<uint32_t>::max()}) {
    return std::nullopt;
  }
  return static_cast<uint32_t>(seconds);
}

std::optional<uint32_t> parse_iso8601(std::string_view field) {
  TimeText text(field);
  const auto year = text.number(4);
  bool good = text.take("-");
  const auto month = text.number(2);
  good = text.take("-") && good;
  const auto day = text.number(2);
  good = text.take("T ") && good;
  const auto hour = text.number(2);
  good = text.take(":") && good;
  const auto minute = text.number(2);
  good = text.take(":") && good;
  const auto second = text.number(2);
  if (!good || !year || !month || !day || !hour || !minute || !second) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day));
  // A leap second counts as the one after it.
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60 ||
      (text.take(".,") && !text.skip_fraction())) {
    return std::nullopt;
  }
  const auto zone = parse_zone(text);
  if (!zone) {
    return std::nullopt;
  }
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return within_range(days * 86'400 + int64_t{*hour} * 3'600 + int64_t{*minute} * 60 +
                      int64_t{*second} - *zone);
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

std::optional<TimeForm> time_form_of(std::string_view field) {
  if (parse_iso8601(field)) {
    return TimeForm::kIso8601;
  }
  const size_t digits = whole_digits(field).size();
  if (digits == 0 || digits > 19) {
    return std::nullopt;
  }
  return digits <= 11   ? TimeForm::kSeconds
         : digits <= 14 ? TimeForm::kMillis
         : digits <= 17 ? TimeForm::kMicros
                        : TimeForm::kNanos;
}

std::optional<uint32_t> parse_time(std::string_view field, TimeForm form) {
  if (form == TimeForm::kIso8601) {
    return parse_iso8601(field);
  }
  const std::string_view digits = whole_digits(field);
  constexpr size_t kDigitsMax = 19;
  if (digits.empty() || digits.size() > kDigitsMax) {
    return std::nullopt;
  }
  uint64_t number = 0;
  for (const char digit : digits) {
    number = number * 10 + static_cast<uint64_t>(digit - '0');
  }
  constexpr uint64_t kPerSecond[] = {1, 1'000, 1'000'000, 1'000'000'000};
  number /= kPerSecond[static_cast<size_t>(form)];
  return number > std::numeric_limits<uint32_t>::max()
             ? std::nullopt
             : std::optional<uint32_t>(static_cast<uint32_t>(number));
}

}  // namespace macaw::datasets
