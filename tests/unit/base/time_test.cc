// SPDX-License-Identifier: MIT
#include "macaw/base/time.h"

#include <boost/test/unit_test.hpp>
#include <ctime>

namespace macaw {

BOOST_AUTO_TEST_SUITE(time_test)

BOOST_AUTO_TEST_CASE(instants_are_written_in_utc_with_milliseconds) {
  BOOST_TEST(format_iso8601(WallTime{}) == "1970-01-01T00:00:00.000Z");
  BOOST_TEST(format_iso8601(WallTime(Nanos(1'795'227'901'123'999'999))) ==
             "2026-11-21T02:25:01.123Z");
  BOOST_TEST(format_iso8601(WallTime(Nanos(951'782'400'000'000'000))) ==
             "2000-02-29T00:00:00.000Z");
  BOOST_TEST(format_iso8601(WallTime(Nanos(-1))) == "1969-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(the_clock_is_the_kernels_monotonic_one) {
  timespec spec{};
  const MonoTime before = MonoClock::now();
  BOOST_REQUIRE(clock_gettime(CLOCK_MONOTONIC, &spec) == 0);
  const MonoTime after = MonoClock::now();
  const Nanos between = std::chrono::seconds(spec.tv_sec) + Nanos(spec.tv_nsec);
  BOOST_TEST((before.time_since_epoch() <= between));
  BOOST_TEST((between <= after.time_since_epoch()));
}

BOOST_AUTO_TEST_CASE(conversions) {
  BOOST_TEST(to_seconds(Nanos(1'500'000'000)) == 1.5);
  BOOST_TEST(to_millis(Nanos(1'500'000)) == 1.5);
  BOOST_TEST(from_seconds(2).count() == 2'000'000'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
