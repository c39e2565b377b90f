// SPDX-License-Identifier: MIT
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "macaw/base/units.h"

namespace macaw {

namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(units_parse_test)

struct GoodRate {
  const char* text;
  uint64_t events;
  int64_t per_ns;
};

std::ostream& operator<<(std::ostream& out, const GoodRate& good) {
  return out << good.text;
}

constexpr GoodRate kGoodRates[] = {
    {"100", 1, 10'000'000},
    {"100/s", 1, 10'000'000},
    {"1", 1, 1'000'000'000},
    {"0.1", 1, 10'000'000'000},
    {"0.10", 1, 10'000'000'000},
    {"5k", 1, 200'000},
    {"1.5m", 3, 2'000},
    {"2500/m", 1, 24'000'000},
    {"7/h", 7, 3'600'000'000'000},
    {"5k/m", 1, 12'000'000},
    {"3", 3, 1'000'000'000},
    {"1000000000", 1, 1},
    {"0.000000001", 1, 1'000'000'000'000'000'000},
};

BOOST_DATA_TEST_CASE(good_rates, data::make(kGoodRates), good) {
  const Result<Rate> rate = parse_rate(good.text);
  BOOST_REQUIRE(rate.ok());
  BOOST_TEST(rate->events == good.events);
  BOOST_TEST(rate->per.count() == good.per_ns);
}

BOOST_AUTO_TEST_CASE(equal_rates_compare_equal) {
  BOOST_TEST((*parse_rate("60/m") == *parse_rate("1")));
  BOOST_TEST((*parse_rate("0.5k/s") == *parse_rate("500")));
  BOOST_TEST(parse_rate("2500/m")->per_second() == 2500.0 / 60.0);
  BOOST_TEST(parse_rate("0.1")->per_second() == 0.1);
}

const char* const kBadRates[] = {"",     "-1",   "+1",   " 1",    "1 ",  "1k5", "K",    "5K",
                                 "1e3",  "1.",   ".5",   "1..5",  "1/d", "1/",  "/s",   "1/ms",
                                 "0x10", "fast", "1.5.", "1,000", "5mm", "5km", "1/s ", "nan"};

BOOST_DATA_TEST_CASE(bad_rates, data::make(kBadRates), text) {
  const Result<Rate> rate = parse_rate(text);
  BOOST_REQUIRE(!rate.ok());
  BOOST_TEST(rate.error().message() ==
             "found rate '" + std::string(text) +
                 "', expected a rate above 0 such as 100, 0.1, 5k, 1.5m, 100/s, 2500/m or 10/h");
}

BOOST_AUTO_TEST_CASE(rates_out_of_range) {
  BOOST_TEST(parse_rate("0").error().message().starts_with("found the rate '0', expected"));
  BOOST_TEST(!parse_rate("0.000/m").ok());
  BOOST_TEST(parse_rate("0.0000000001").error().message().starts_with("found a rate out of range"));
  BOOST_TEST(parse_rate("18446744073709551615")
                 .error()
                 .message()
                 .starts_with("found a rate out of range"));
  BOOST_TEST(!parse_rate("18446744073709551616").ok());
}

struct GoodDuration {
  const char* text;
  int64_t ns;
};

std::ostream& operator<<(std::ostream& out, const GoodDuration& good) {
  return out << good.text;
}

constexpr GoodDuration kGoodDurations[] = {
    {"30s", 30'000'000'000},
    {"30", 30'000'000'000},
    {"0", 0},
    {"0s", 0},
    {"0.25", 250'000'000},
    {"250ms", 250'000'000},
    {"10us", 10'000},
    {"5ns", 5},
    {"2m", 120'000'000'000},
    {"1h", 3'600'000'000'000},
    {"1h30m", 5'400'000'000'000},
    {"1h30m5.5s", 5'405'500'000'000},
    {"1m30s", 90'000'000'000},
    {"1s500ms", 1'500'000'000},
    {"1.5s", 1'500'000'000},
    {"0.000000001s", 1},
    {"9223372036854775807ns", INT64_MAX},
};

BOOST_DATA_TEST_CASE(good_durations, data::make(kGoodDurations), good) {
  const Result<Nanos> span = parse_duration(good.text);
  BOOST_REQUIRE(span.ok());
  BOOST_TEST(span->count() == good.ns);
}

const char* const kBadDurations[] = {"",
                                     "-1s",
                                     "s",
                                     "1 s",
                                     "1d",
                                     "30m1h",
                                     "1h1h",
                                     "1h30",
                                     "1.5h30m",
                                     "1s ",
                                     "1S",
                                     "1e3s",
                                     "1.s",
                                     ".5s",
                                     "0.1ns",
                                     "1.0000000001s",
                                     "9223372036854775808ns",
                                     "1000000000h",
                                     "2562047h48m"};

BOOST_DATA_TEST_CASE(bad_durations, data::make(kBadDurations), text) {
  const Result<Nanos> span = parse_duration(text);
  BOOST_REQUIRE(!span.ok());
  const std::string& message = span.error().message();
  BOOST_TEST(message.starts_with("found "));
  BOOST_TEST(message.find("'" + std::string(text) + "'") != std::string::npos);
  BOOST_TEST(message.ends_with(
      "expected a duration such as 30s, 250ms, 10us, 5ns, 2m, 1h, 1h30m or 1.5s"));
}

BOOST_AUTO_TEST_CASE(counts) {
  BOOST_TEST(*parse_count("0") == 0U);
  BOOST_TEST(*parse_count("100000") == 100'000U);
  BOOST_TEST(*parse_count("10k") == 10'000U);
  BOOST_TEST(*parse_count("5m") == 5'000'000U);
  BOOST_TEST(*parse_count("1.5k") == 1'500U);
  BOOST_TEST(*parse_count("1.000") == 1U);
  BOOST_TEST(*parse_count("18446744073709551615") == UINT64_MAX);
  for (const char* text : {"", "k", "1.5", "1.0005k", "-1", "1kk", "1g", "1 k",
                           "18446744073709551616", "18446744073709551615k"}) {
    BOOST_TEST_CONTEXT(text) {
      const Result<uint64_t> count = parse_count(text);
      BOOST_REQUIRE(!count.ok());
      BOOST_TEST(count.error().message() ==
                 "found '" + std::string(text) +
                     "', expected a whole number such as 100000, 10k, 5m or 1.5k");
    }
  }
}

BOOST_AUTO_TEST_CASE(whole_numbers) {
  BOOST_TEST(*parse_u64("0") == 0U);
  BOOST_TEST(*parse_u64("18446744073709551615") == UINT64_MAX);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1.0", "1k", "0x1"}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(!parse_u64(text).ok());
    }
  }
  BOOST_TEST(parse_u64("18446744073709551616").error().message() ==
             "found '18446744073709551616', expected a whole number up to 18446744073709551615");
}

BOOST_AUTO_TEST_CASE(decimal_numbers) {
  BOOST_TEST(*parse_double("12") == 12.0);
  BOOST_TEST(*parse_double("0.1") == 0.1);
  BOOST_TEST(*parse_double("-2.5") == -2.5);
  for (const char* text :
       {"", "-", "inf", "nan", "1e5", "1.", ".5", "1.2.3", " 1", "1 ", "--1", "0x1", "+1"}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(!parse_double(text).ok());
    }
  }
  BOOST_TEST(!parse_double(std::string(400, '9')).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
