// SPDX-License-Identifier: MIT
//
// How long requests were being sent, and the rate that follows from it.
#include <boost/test/unit_test.hpp>

#include "report_runs.h"

namespace macaw::report {

BOOST_AUTO_TEST_SUITE(summary_test)

BOOST_AUTO_TEST_CASE(a_run_that_went_as_planned_achieves_its_target_exactly) {
  RunSummary summary = healthy_run();
  summary.sending = sending_span(summary.run, health_of(summary));
  BOOST_TEST(summary.sending.count() == from_seconds(60).count());
  BOOST_TEST(summary.achieved_rps() == 100.0);
}

BOOST_AUTO_TEST_CASE(a_slow_last_answer_does_not_lower_the_rate) {
  RunSummary summary = healthy_run();
  summary.run.elapsed = from_seconds(90);
  BOOST_TEST(sending_span(summary.run, health_of(summary)).count() == from_seconds(60).count());
}

BOOST_AUTO_TEST_CASE(an_overdriven_run_is_measured_until_its_last_send) {
  RunSummary summary = healthy_run();
  summary.run.elapsed = from_seconds(120);
  std::vector<store::HealthRow> health;
  for (uint64_t second = 0; second < 125; ++second) {
    store::HealthRow row;
    row.second = second;
    row.sent = std::min<uint64_t>(50 * (second + 1), 6000);
    health.push_back(row);
  }
  BOOST_TEST(sending_span(summary.run, health).count() == from_seconds(119).count());
}

BOOST_AUTO_TEST_CASE(an_interrupted_constant_run_counts_what_was_scheduled) {
  RunSummary summary = healthy_run();
  summary.run.counts = {2500, 2500, 0, 0};
  BOOST_TEST(sending_span(summary.run, health_of(summary)).count() == from_seconds(25).count());
}

BOOST_AUTO_TEST_CASE(without_a_target_the_last_second_of_sending_counts) {
  RunSummary summary = tiny_run();
  store::HealthRow row;
  row.sent = 12;
  BOOST_TEST(sending_span(summary.run, {row}).count() == summary.run.elapsed.count());
  summary.run.elapsed = from_seconds(31);
  BOOST_TEST(sending_span(summary.run, {row}).count() == from_seconds(1).count());
}

BOOST_AUTO_TEST_CASE(nothing_sent_is_no_rate) {
  const RunSummary summary = killed_run();
  BOOST_TEST(summary.achieved_rps() == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
