// SPDX-License-Identifier: MIT
//
// Values as Go and Python print them; the expectations are what those languages print.
#include "peer_text.h"

#include <boost/test/unit_test.hpp>
#include <limits>

namespace macaw::report {

BOOST_AUTO_TEST_SUITE(peer_text_test)

BOOST_AUTO_TEST_CASE(go_numbers) {
  BOOST_TEST(go_json_number(0) == "0");
  BOOST_TEST(go_json_number(12.100402) == "12.100402");
  BOOST_TEST(go_json_number(100) == "100");
  BOOST_TEST(go_json_number(0.1) == "0.1");
  BOOST_TEST(go_json_number(1.0 / 3) == "0.3333333333333333");
  BOOST_TEST(go_json_number(1e20) == "100000000000000000000");
  BOOST_TEST(go_json_number(1e21) == "1e+21");
  BOOST_TEST(go_json_number(0.000001) == "0.000001");
  BOOST_TEST(go_json_number(0.00000012) == "1.2e-7");
  BOOST_TEST(go_json_number(1.5e-10) == "1.5e-10");
  BOOST_TEST(go_json_number(std::numeric_limits<double>::infinity()) == "0");
}

BOOST_AUTO_TEST_CASE(go_durations) {
  BOOST_TEST(go_duration(0) == "0s");
  BOOST_TEST(go_duration(1) == "1ns");
  BOOST_TEST(go_duration(1'100) == "1.1\xC2\xB5s");
  BOOST_TEST(go_duration(2'200'000) == "2.2ms");
  BOOST_TEST(go_duration(145'082'066) == "145.082066ms");
  BOOST_TEST(go_duration(3'300'000'000) == "3.3s");
  BOOST_TEST(go_duration(245'000'000'000) == "4m5s");
  BOOST_TEST(go_duration(245'001'000'000) == "4m5.001s");
  BOOST_TEST(go_duration(18'367'001'000'000) == "5h6m7.001s");
  BOOST_TEST(go_duration(3'600'000'000'000) == "1h0m0s");
  BOOST_TEST(go_duration(-1'500'000) == "-1.5ms");
}

BOOST_AUTO_TEST_CASE(vegeta_rounds_to_the_next_unit) {
  BOOST_TEST(vegeta_round(999) == 999);
  BOOST_TEST(vegeta_round(1'234) == 1'234);
  BOOST_TEST(vegeta_round(1'234'567) == 1'235'000);
  BOOST_TEST(vegeta_round(1'234'567'890) == 1'235'000'000);
  BOOST_TEST(vegeta_round(61'500'000'000) == 62'000'000'000);
  BOOST_TEST(vegeta_round(3'690'000'000'000) == 3'720'000'000'000);
}

BOOST_AUTO_TEST_CASE(go_times) {
  const WallTime time(Nanos(1'795'228'201'123'456'789));
  BOOST_TEST(go_time(time) == "2026-11-21T02:30:01.123456789Z");
  BOOST_TEST(go_time(WallTime(Nanos(1'795'228'201'120'000'000))) == "2026-11-21T02:30:01.12Z");
  BOOST_TEST(go_time(WallTime(Nanos(1'795'228'201'000'000'000))) == "2026-11-21T02:30:01Z");
  BOOST_TEST(go_time_seconds(time) == "2026-11-21T02:30:01Z");
}

BOOST_AUTO_TEST_CASE(go_strings) {
  BOOST_TEST(go_json_string("a\"b\\c\n\r\t") == R"("a\"b\\c\n\r\t")");
  BOOST_TEST(go_json_string("<a>&") == R"("\u003ca\u003e\u0026")");
  BOOST_TEST(go_json_string("\x01\x1b\x7f") == "\"\\u0001\\u001b\x7f\"");
  BOOST_TEST(go_json_string("caf\xC3\xA9 \xF0\x9F\x8D\x8A") == "\"caf\xC3\xA9 \xF0\x9F\x8D\x8A\"");
  BOOST_TEST(go_json_string("\xC3(\xFF") == R"("\ufffd(\ufffd")");
  BOOST_TEST(go_json_string("\xE2\x80\xA8\xE2\x80\xA9") == R"("\u2028\u2029")");
}

BOOST_AUTO_TEST_CASE(fields) {
  BOOST_TEST(go_csv_field("") == "");
  BOOST_TEST(go_csv_field("plain text") == "plain text");
  BOOST_TEST(go_csv_field(" lead") == "\" lead\"");
  BOOST_TEST(go_csv_field("\\.") == "\"\\.\"");
  BOOST_TEST(go_csv_field("a,\"b\"") == "\"a,\"\"b\"\"\"");
  BOOST_TEST(csv_field(" lead") == " lead");
  BOOST_TEST(csv_field("two\nlines") == "\"two\nlines\"");
  BOOST_TEST(csv_field("\"") == "\"\"\"\"");
}

BOOST_AUTO_TEST_CASE(python_floats) {
  BOOST_TEST(python_float(0) == "0.0");
  BOOST_TEST(python_float(24) == "24.0");
  BOOST_TEST(python_float(0.1) == "0.1");
  BOOST_TEST(python_float(4.123) == "4.123");
  BOOST_TEST(python_float(1.0 / 3) == "0.3333333333333333");
  BOOST_TEST(python_float(0.0001) == "0.0001");
  BOOST_TEST(python_float(0.00001) == "1e-05");
  BOOST_TEST(python_float(1e15) == "1000000000000000.0");
  BOOST_TEST(python_float(1e16) == "1e+16");
}

BOOST_AUTO_TEST_CASE(numbers_of_our_own) {
  BOOST_TEST(exact_millis(0) == "0");
  BOOST_TEST(exact_millis(1) == "0.000001");
  BOOST_TEST(exact_millis(54'000) == "0.054");
  BOOST_TEST(exact_millis(12'000'000) == "12");
  BOOST_TEST(exact_millis(1'999'999'999) == "1999.999999");
  BOOST_TEST(csv_number(std::numeric_limits<double>::infinity()) == "Inf");
  BOOST_TEST(csv_number(0.25) == "0.25");
}

BOOST_AUTO_TEST_CASE(xml) {
  BOOST_TEST(xml_text("p99>50ms & \"<a>\"") == "p99&gt;50ms &amp; &quot;&lt;a&gt;&quot;");
  BOOST_TEST(xml_text("a\nb\t") == "a&#10;b&#9;");
  BOOST_TEST(xml_text("\x1b[31m\xFF") == "\xEF\xBF\xBD[31m\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(phrases_of_statuses) {
  BOOST_TEST(status_phrase(400) == "Bad Request");
  BOOST_TEST(status_phrase(503) == "Service Unavailable");
  BOOST_TEST(status_phrase(511) == "Network Authentication Required");
  BOOST_TEST(status_phrase(599) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
