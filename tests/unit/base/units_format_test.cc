// SPDX-License-Identifier: MIT
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "macaw/base/units.h"

namespace macaw {

namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(units_format_test)

struct Span {
  int64_t ns;
  const char* duration;
  const char* latency;
};

std::ostream& operator<<(std::ostream& out, const Span& span) {
  return out << span.ns << " ns";
}

constexpr Span kSpans[] = {
    {0, "0 s", "0 ns"},
    {5, "5 ns", "5 ns"},
    {999, "999 ns", "999 ns"},
    {1'000, "1 us", "1.00 us"},
    {12'345, "12.345 us", "12.3 us"},
    {999'499, "999.499 us", "999 us"},
    {999'500, "999.5 us", "1.00 ms"},
    {4'560'000, "4.56 ms", "4.56 ms"},
    {9'994'999, "9.995 ms", "9.99 ms"},
    {9'995'000, "9.995 ms", "10.0 ms"},
    {99'950'000, "99.95 ms", "100 ms"},
    {250'000'000, "250 ms", "250 ms"},
    {999'999'499, "999.999 ms", "1.00 s"},
    {999'999'500, "1 s", "1.00 s"},
    {1'200'000'000, "1.2 s", "1.20 s"},
    {30'000'000'000, "30 s", "30.0 s"},
    {59'999'500'000, "1 min", "60.0 s"},
    {90'500'000'000, "1 min 30.5 s", "90.5 s"},
    {3'600'000'000'000, "1 h", "3600 s"},
    {5'400'000'000'000, "1 h 30 min", "5400 s"},
    {3'605'000'000'000, "1 h 5 s", "3605 s"},
    {360'000'000'000'000, "100 h", "360000 s"},
    {-1'500'000, "-1.5 ms", "-1.50 ms"},
    {INT64_MIN, "-2562047 h 47 min 16.855 s", "-9223372037 s"},
    {INT64_MAX, "2562047 h 47 min 16.855 s", "9223372037 s"},
};

BOOST_DATA_TEST_CASE(spans, data::make(kSpans), span) {
  BOOST_TEST(format_duration(Nanos(span.ns)) == span.duration);
  BOOST_TEST(format_latency(Nanos(span.ns)) == span.latency);
}

BOOST_AUTO_TEST_CASE(counts) {
  BOOST_TEST(format_count(0) == "0");
  BOOST_TEST(format_count(999) == "999");
  BOOST_TEST(format_count(1'000) == "1,000");
  BOOST_TEST(format_count(100'000) == "100,000");
  BOOST_TEST(format_count(UINT64_MAX) == "18,446,744,073,709,551,615");
  BOOST_TEST(format_counted(0, "row") == "0 rows");
  BOOST_TEST(format_counted(1, "row") == "1 row");
  BOOST_TEST(format_counted(5'000, "row") == "5,000 rows");
}

BOOST_AUTO_TEST_CASE(rates) {
  BOOST_TEST(format_rate(100) == "100");
  BOOST_TEST(format_rate(0.1) == "0.1");
  BOOST_TEST(format_rate(2'500) == "2,500");
  BOOST_TEST(format_rate(0) == "0");
  BOOST_TEST(format_rate(2'500.0 / 60.0) == "41.6667");
  BOOST_TEST(format_rate(1'234.5) == "1,234.5");
  BOOST_TEST(format_rate(99'999.96) == "100,000");
  BOOST_TEST(format_rate(1'234'567.8) == "1,234,568");
  BOOST_TEST(format_rate(-1'234.5) == "-1,234.5");
  BOOST_TEST(format_rate(1.0 / 3600.0) == "0.000277778");
}

BOOST_AUTO_TEST_CASE(bytes) {
  BOOST_TEST(format_bytes(0) == "0 B");
  BOOST_TEST(format_bytes(999) == "999 B");
  BOOST_TEST(format_bytes(1'000) == "1 kB");
  BOOST_TEST(format_bytes(1'500'000) == "1.5 MB");
  BOOST_TEST(format_bytes(99'949) == "99.9 kB");
  BOOST_TEST(format_bytes(99'950) == "100 kB");
  BOOST_TEST(format_bytes(999'499) == "999 kB");
  BOOST_TEST(format_bytes(999'950) == "1 MB");
  BOOST_TEST(format_bytes(UINT64_MAX) == "18.4 EB");
}

BOOST_AUTO_TEST_CASE(what_is_written_can_be_read) {
  for (const uint64_t count : {uint64_t{1}, uint64_t{7}, uint64_t{123'456}}) {
    BOOST_TEST(*parse_count(std::to_string(count)) == count);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
