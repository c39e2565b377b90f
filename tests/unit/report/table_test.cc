// SPDX-License-Identifier: MIT
#include "table.h"

#include <boost/test/unit_test.hpp>

namespace macaw::report {

BOOST_AUTO_TEST_SUITE(table_test)

BOOST_AUTO_TEST_CASE(first_column_left_others_right) {
  Table table;
  table.add_row({{""}, {"count"}, {"p50"}});
  table.add_heading("a heading that is longer than the table");
  table.add_row({{"all"}, {"6,000"}, {"4.56 ms"}});
  table.add_row({{"/a/b"}, {"7"}, {""}});
  BOOST_TEST(table.render({}) ==
             "      count      p50\n"
             "a heading that is longer than the table\n"
             "all   6,000  4.56 ms\n"
             "/a/b      7\n");
}

BOOST_AUTO_TEST_CASE(left_columns_at_the_end) {
  Table table;
  table.set_left_from(2);
  table.add_row({{"1"}, {"10"}, {"x"}, {"a"}});
  table.add_row({{"2"}, {"5"}, {"long"}, {"b"}});
  BOOST_TEST(table.render({}) == "1  10  x     a\n2   5  long  b\n");
}

BOOST_AUTO_TEST_CASE(a_long_name_gives_way) {
  Table table;
  table.add_row({{std::string(60, 'a') + "/end"}, {std::string(50, '7')}});
  const std::string line = table.render({false, 80});
  BOOST_TEST(line == std::string(12, 'a') + "..." + std::string(9, 'a') + "/end  " +
                         std::string(50, '7') + "\n");
  BOOST_TEST(line.size() == 81U);
}

BOOST_AUTO_TEST_CASE(paints_do_not_shift_columns) {
  Table table;
  table.add_row({{"a", Paint::kRed}, {"1", Paint::kDim}});
  table.add_row({{"bb"}, {"22"}});
  BOOST_TEST(table.render({true, 100}) == "\x1b[1;31ma\x1b[0m    \x1b[2m1\x1b[0m\nbb  22\n");
}

BOOST_AUTO_TEST_CASE(elides_by_code_points) {
  BOOST_TEST(elide("short", 5) == "short");
  BOOST_TEST(elide("abcdefghij", 7) == "ab...ij");
  BOOST_TEST(elide("äöüäöüäöü", 7) == "äö...öü");
  BOOST_TEST(text_width("äöü") == 3U);
}

BOOST_AUTO_TEST_CASE(control_characters_become_visible) {
  BOOST_TEST(printable("a\tb\x7f\n") == "a\\x09b\\x7f\\x0a");
  BOOST_TEST(printable("Größe \xC2\xA0") == "Größe \xC2\xA0");
  BOOST_TEST(printable("\xC2\x9B") == "\\xc2\\x9b");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
