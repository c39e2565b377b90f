// SPDX-License-Identifier: MIT
//
// What follows from a summary's numbers.
#include <boost/test/unit_test.hpp>

#include "report_runs.h"

namespace macaw::report {

BOOST_AUTO_TEST_SUITE(summary_test)

BOOST_AUTO_TEST_CASE(the_achieved_rate_is_that_of_the_sends) {
  RunSummary summary = healthy_run();
  BOOST_TEST(summary.achieved_rps() == 100.0);
  summary.run.spans.elapsed = from_seconds(90);  // one slow answer at the end
  BOOST_TEST(summary.achieved_rps() == 100.0);
  summary.run.spans.sending = from_seconds(120);
  BOOST_TEST(summary.achieved_rps() == 50.0);
}

BOOST_AUTO_TEST_CASE(nothing_sent_is_no_rate) {
  const RunSummary summary = killed_run();
  BOOST_TEST(summary.achieved_rps() == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
