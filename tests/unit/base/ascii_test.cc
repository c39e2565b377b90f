// SPDX-License-Identifier: MIT
#include "macaw/base/ascii.h"

#include <boost/test/unit_test.hpp>

namespace macaw {

BOOST_AUTO_TEST_SUITE(ascii_test)

BOOST_AUTO_TEST_CASE(every_byte_is_of_one_kind) {
  int digits = 0;
  int letters_or_digits = 0;
  int hex_digits = 0;
  int token_bytes = 0;
  int lowered = 0;
  for (int byte = -128; byte < 128; ++byte) {
    const char c = static_cast<char>(byte);
    digits += is_digit(c) ? 1 : 0;
    letters_or_digits += is_letter_or_digit(c) ? 1 : 0;
    hex_digits += hex_value(c) >= 0 ? 1 : 0;
    token_bytes += is_token(std::string_view(&c, 1)) ? 1 : 0;
    lowered += ascii_lower(c) != c ? 1 : 0;
  }
  BOOST_TEST(digits == 10);
  BOOST_TEST(letters_or_digits == 62);
  BOOST_TEST(hex_digits == 22);
  BOOST_TEST(token_bytes == 77);  // RFC 9110: 62 and 15 marks
  BOOST_TEST(lowered == 26);
  BOOST_TEST(hex_value('0') == 0);
  BOOST_TEST(hex_value('9') == 9);
  BOOST_TEST(hex_value('a') == 10);
  BOOST_TEST(hex_value('F') == 15);
}

BOOST_AUTO_TEST_CASE(case_is_ignored_in_ascii_only) {
  BOOST_TEST(equals_ignoring_case("Content-Type", "content-tYPE"));
  BOOST_TEST(equals_ignoring_case("", ""));
  BOOST_TEST(!equals_ignoring_case("Host", "Hos"));
  BOOST_TEST(!equals_ignoring_case("Hos", "Host"));
  BOOST_TEST(!equals_ignoring_case("[", "{"));
  BOOST_TEST(!equals_ignoring_case("\xc3\x84", "\xc3\xa4"));
}

BOOST_AUTO_TEST_CASE(tokens) {
  BOOST_TEST(is_token("X-Api_Key.1"));
  for (const std::string_view bad : {"", "a b", "a:", "a\n", "\xc3\xa4"}) {
    BOOST_TEST(!is_token(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(escapes_of_urls) {
  BOOST_TEST(is_percent_escape("a%2F", 1));
  BOOST_TEST(is_percent_escape("%zz%ff", 3));
  BOOST_TEST(!is_percent_escape("a%2F", 0));
  BOOST_TEST(!is_percent_escape("a%2", 1));
  BOOST_TEST(!is_percent_escape("a%g0", 1));
  BOOST_TEST(!is_percent_escape("%20", 3));
  std::string text = "=";
  append_percent_encoded("a/b c~\xc3\xa4%", kUnreserved, text);
  BOOST_TEST(text == "=a%2Fb%20c~%C3%A4%25");
  append_percent_encoded("/+", "/", text);
  BOOST_TEST(text == "=a%2Fb%20c~%C3%A4%25/%2B");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
