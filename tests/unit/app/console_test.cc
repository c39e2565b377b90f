// SPDX-License-Identifier: MIT
#include "console.h"

#include <boost/test/unit_test.hpp>

#include "cli_support.h"

namespace macaw::app {

BOOST_AUTO_TEST_SUITE(console_test)

BOOST_AUTO_TEST_CASE(a_short_line_stays) {
  BOOST_TEST(fit_columns("12 s of 60 s", 80) == "12 s of 60 s");
  BOOST_TEST(fit_columns("abc", 3) == "abc");
}

BOOST_AUTO_TEST_CASE(a_long_line_is_cut) {
  BOOST_TEST(fit_columns("abcdef", 4) == "abcd");
  BOOST_TEST(fit_columns("abcdef", 0) == "");
}

BOOST_AUTO_TEST_CASE(colours_take_no_column_and_are_always_ended) {
  BOOST_TEST(fit_columns("a\x1b[31mbcd\x1b[0me", 2) == "a\x1b[31mb\x1b[0m");
}

BOOST_AUTO_TEST_CASE(a_character_of_several_bytes_is_one_column_and_never_torn) {
  BOOST_TEST(fit_columns("\xC3\xA9\xC3\xA9\xC3\xA9", 2) == "\xC3\xA9\xC3\xA9");
}

BOOST_AUTO_TEST_CASE(errors_are_one_line) {
  BOOST_TEST(one_line("two\nlines\tand a tab\n") == "two lines and a tab");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::app
