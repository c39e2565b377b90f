// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "report_runs.h"
#include "support/golden.h"

namespace macaw::report {

BOOST_AUTO_TEST_SUITE(progress_test)

namespace {

struct Second {
  Second() {
    run = healthy_run().run;
    for (uint64_t i = 0; i < 400; ++i) {
      stats::Sample sample;
      sample.done_ns = (i + 1) * 10'000;
      interval.aggregate.add(sample);
    }
    interval.aggregate.completed = 97;
    health.lag_p99_ms = 0.0612;
    health.in_flight = 3;
    input.run = &run;
    input.second = 11;
    input.interval = &interval;
    input.health = {health};
    input.target_rps = 100;
  }

  store::RunRow run;
  store::IntervalRow interval;
  store::HealthRow health;
  ProgressInput input;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(one_line, Second) {
  BOOST_TEST(format_progress(input, {}) ==
             "12 s of 1 min  97/s of 100/s  3 in flight  0 errors  p50 2.00 ms  p99 3.96 ms  "
             "lag p99 61.2 us");
}

BOOST_FIXTURE_TEST_CASE(trouble, Second) {
  for (uint64_t i = 0; i < 100; ++i) {
    stats::Sample failed;
    failed.outcome = stats::Outcome::kTimeout;
    interval.aggregate.add(failed);
  }
  health.backlog = 1200;
  health.lag_p99_ms = 2;
  health.worker = 1;
  input.health.push_back(health);
  input.errors_so_far = 1;
  input.target_rps = 0;
  run.start.planned_duration = Nanos::zero();
  BOOST_TEST(format_progress(input, {}) ==
             "12 s of 1 min  97/s  6 in flight  1,200 waiting  1 error  p50 2.50 ms  p99 > 30 s  "
             "lag p99 2.00 ms");
}

BOOST_FIXTURE_TEST_CASE(a_second_without_requests, Second) {
  input.interval = nullptr;
  run.start.planned = 0;
  run.start.planned_duration = Nanos::zero();
  BOOST_TEST(format_progress(input, {}) ==
             "12 s  0/s of 100/s  3 in flight  0 errors  lag p99 61.2 us");
  input.health.clear();
  BOOST_TEST(format_progress(input, {}).empty());
}

BOOST_AUTO_TEST_CASE(list_of_runs) {
  test::check_golden(
      "unit/report/golden/runs.txt",
      format_run_list({tiny_run().run, killed_run().run, failing_run().run, healthy_run().run},
                      {}));
  BOOST_TEST(format_run_list({}, {}) == "no runs yet\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::report
