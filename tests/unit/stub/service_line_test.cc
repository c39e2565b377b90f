// SPDX-License-Identifier: MIT

#include "src/stub/service_line.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(service_line_test)

using std::chrono::milliseconds;

int64_t admit_ms(ServiceLine& line, int64_t arrival, int64_t service) {
  return (line.admit(MonoTime(milliseconds(arrival)), milliseconds(service)).time_since_epoch()) /
         milliseconds(1);
}

BOOST_AUTO_TEST_CASE(without_a_limit_nothing_waits) {
  ServiceLine line(0);
  for (int k = 0; k < 100; ++k) {
    BOOST_TEST(admit_ms(line, 0, 10) == 10);
  }
}

BOOST_AUTO_TEST_CASE(one_at_a_time) {
  ServiceLine line(1);
  BOOST_TEST(admit_ms(line, 0, 10) == 10);
  BOOST_TEST(admit_ms(line, 1, 10) == 20);
  BOOST_TEST(admit_ms(line, 2, 5) == 25);
  BOOST_TEST(admit_ms(line, 30, 10) == 40);  // idle from 25 on
}

BOOST_AUTO_TEST_CASE(whoever_is_free_first_takes_the_next) {
  ServiceLine line(2);
  BOOST_TEST(admit_ms(line, 0, 100) == 100);
  BOOST_TEST(admit_ms(line, 0, 10) == 10);
  BOOST_TEST(admit_ms(line, 5, 10) == 20);
  BOOST_TEST(admit_ms(line, 6, 10) == 30);
  BOOST_TEST(admit_ms(line, 7, 100) == 130);
  BOOST_TEST(admit_ms(line, 8, 1) == 101);
}

// 100 closed-loop users at 24.35 a second wait 100 / 24.35 s: Little's law, as in the guide.
BOOST_AUTO_TEST_CASE(a_saturated_line_holds_its_capacity) {
  ServiceLine line(3);
  constexpr int64_t kServiceMs = 120;
  std::vector<int64_t> asks(100, 0);  // when each user asks next
  int64_t answers = 0;
  int64_t last = 0;
  while (answers < 10'000) {
    const auto next = std::min_element(asks.begin(), asks.end());
    last = *next;
    *next = admit_ms(line, *next, kServiceMs);
    ++answers;
  }
  // All in flight but for the last round.
  BOOST_TEST(std::abs(static_cast<double>(answers - 100) / static_cast<double>(last) -
                      3.0 / kServiceMs) < 1e-4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
