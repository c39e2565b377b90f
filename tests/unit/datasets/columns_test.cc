// SPDX-License-Identifier: MIT
#include "macaw/datasets/columns.h"

#include <boost/test/unit_test.hpp>
#include <vector>

namespace macaw {

BOOST_AUTO_TEST_SUITE(columns_test)

BOOST_AUTO_TEST_CASE(knows_json_numbers) {
  for (const char* text : {"0", "-0", "5.1", "10", "-12.50", "1e5", "1E-7", "2.5e+10", "0.0"}) {
    BOOST_TEST(datasets::is_json_number(text), text);
  }
  for (const char* text : {"", "-", "+1", "01", ".5", "5.", "1e", "1e+", "nan", "inf", "0x1", " 1",
                           "1 ", "1,5", "--1", "1.2.3"}) {
    BOOST_TEST(!datasets::is_json_number(text), text);
  }
}

BOOST_AUTO_TEST_CASE(positions_count_from_1) {
  BOOST_TEST((datasets::column_positions({"3", "1"}, 3) == std::vector<size_t>{2, 0}));
  for (const char* text : {"0", "4", "user", ""}) {
    BOOST_TEST(!datasets::column_positions({"1", text}, 3).has_value(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
