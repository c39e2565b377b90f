// SPDX-License-Identifier: MIT
//
// Keys, and health rows of several workers.
#include "series.h"

#include <boost/test/unit_test.hpp>

namespace macaw::ui {

BOOST_AUTO_TEST_SUITE(series_test)

namespace {

store::HealthRow row(uint64_t second, uint32_t worker, uint64_t sent) {
  store::HealthRow health;
  health.second = second;
  health.worker = worker;
  health.sent = sent;
  health.in_flight = worker + 1;
  health.lag_p99_ms = worker == 0 ? 0.5 : 0.25;
  return health;
}

const std::vector<store::HealthRow> kTwoWorkers = {
    row(0, 0, 10), row(0, 1, 20), row(1, 0, 30), row(1, 1, 20),
    // Worker 0 stalled in second 2 and makes up for it in second 3.
    row(2, 1, 40), row(3, 0, 70), row(3, 1, 60)};

Key key_named(std::string_view name) {
  const auto found = find_key(keys_of({}), name);
  BOOST_REQUIRE(found.has_value());
  return *found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(workers_add_up) {
  const Series sent = series_of_health(key_named("counter:requests_sent"), kTwoWorkers, {});
  BOOST_TEST(sent.seconds == (std::vector<uint64_t>{0, 1, 2, 3}), boost::test_tools::per_element());
  BOOST_TEST(sent.columns[0] == (std::vector<double>{30, 20, 20, 60}),
             boost::test_tools::per_element());
  const Series pending = series_of_health(key_named("gauge:client/pending"), kTwoWorkers, {});
  BOOST_TEST(pending.columns[0] == (std::vector<double>{3, 3, 2, 3}),
             boost::test_tools::per_element());
  const Series lag = series_of_health(key_named("gauge:lag_p99_ms"), kTwoWorkers, {});
  BOOST_TEST(lag.columns[0] == (std::vector<double>{0.5, 0.5, 0.25, 0.5}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_later_span_takes_its_first_difference_from_before_it) {
  const Series sent = series_of_health(key_named("counter:requests_sent"), kTwoWorkers, {1, 3, 4});
  BOOST_TEST(sent.columns[0] == (std::vector<double>{60}), boost::test_tools::per_element());
  // With nothing before it the first row tells nothing.
  const Series cut = series_of_health(key_named("counter:requests_sent"),
                                      {row(7, 0, 500), row(8, 0, 600)}, {1, 7, 9});
  BOOST_TEST(cut.seconds == (std::vector<uint64_t>{8}), boost::test_tools::per_element());
  BOOST_TEST(cut.columns[0] == (std::vector<double>{100}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(names_of_endpoints) {
  const std::vector<Key> keys = keys_of(
      {{1, "GET", "/items"}, {2, "POST", "/items"}, {3, "GET", "checkout"}, {4, "GET", "/a"}});
  const auto endpoint_of = [&keys](const std::string& suffix) {
    const auto found = find_key(keys, "metric:client/request_latency_ms" + suffix);
    return found ? static_cast<int>(found->endpoint) : -1;
  };
  BOOST_TEST(endpoint_of("") == 0);
  BOOST_TEST(endpoint_of("/GET/items") == 1);
  BOOST_TEST(endpoint_of("/POST/items") == 2);
  BOOST_TEST(endpoint_of("/items") == -1);
  BOOST_TEST(endpoint_of("/checkout") == 3);
  BOOST_TEST(endpoint_of("/a") == 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::ui
