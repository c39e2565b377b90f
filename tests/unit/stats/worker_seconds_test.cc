// SPDX-License-Identifier: MIT
//
// Why many short lags came about, from what the kernel counted in their seconds; and when nothing
// is said because nothing is clear.

#include "macaw/stats/worker_seconds.h"

#include <boost/test/unit_test.hpp>

#include "macaw/stats/verdict.h"
#include "unit/stats/values.h"

namespace macaw::stats {

namespace {

std::optional<EventKind> explain(ThreadShares late, ThreadShares others, double touched) {
  return explain_short_lags(late, &others, touched);
}

/// 60 s at 1,000/s. In every tenth second a tenth of the requests is 5 ms late.
struct ShortLags {
  explicit ShortLags(ThreadShares late, ThreadShares others = {.ran = 0.1, .waited = 0.001}) {
    for (uint64_t i = 0; i < 60'000; ++i) {
      const uint64_t lag = is_late(i / 1'000) && i % 10 == 0 ? 5 * kMs : 20'000;
      total.add(make_sample(i, i * kMs, {lag, lag, lag + kMs}));
    }
    for (uint64_t second = 0; second < 60; ++second) {
      seconds.add(1'000, is_late(second) ? 5.0 : 0.02, is_late(second) ? late : others);
    }
    input.total = &total;
    input.faults = &faults;
    input.worker_seconds = &seconds;
  }

  static bool is_late(uint64_t second) { return second % 10 == 0; }

  /// What the verdict says behind the percentile and the share of requests.
  std::string cause() const {
    const Verdict verdict = judge(input);
    BOOST_TEST((verdict.kind == VerdictKind::kInvalid));
    const std::string touched = "; 1.0 % of requests were touched";
    const size_t at = verdict.reason.find(touched);
    BOOST_TEST_REQUIRE(at != std::string::npos, verdict.reason);
    return verdict.reason.substr(at + touched.size());
  }

  Aggregate total;
  FaultBook faults;
  WorkerSeconds seconds;
  VerdictInput input;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(worker_seconds_test)

BOOST_AUTO_TEST_CASE(waiting_that_touches_as_many_as_were_touched_is_starvation) {
  // A tenth of the requests was late, and the thread waited for a tenth of the time.
  BOOST_TEST((explain({0.2, 0.1}, {0.2, 0.001}, 0.1) == EventKind::kStarvation));
  BOOST_TEST((explain({0.2, 0.06}, {0.2, 0.001}, 0.1) == EventKind::kStarvation));
  // Too little of it for so many.
  BOOST_TEST(!explain({0.2, 0.04}, {0.2, 0.001}, 0.1).has_value());
  // So much that nearly all who were due in it were on time: those waits were short.
  BOOST_TEST(!explain({0.2, 0.31}, {0.2, 0.0}, 0.1).has_value());
  // As much as in any other second.
  BOOST_TEST(!explain({0.2, 0.1}, {0.2, 0.09}, 0.1).has_value());
  // No other second to compare with.
  BOOST_TEST((explain_short_lags({0.2, 0.1}, nullptr, 0.1) == EventKind::kStarvation));
  BOOST_TEST(!explain_short_lags({0.2, 0.5}, nullptr, 0.1).has_value());
}

BOOST_AUTO_TEST_CASE(no_time_left_is_overload_or_starvation) {
  BOOST_TEST((explain({0.93, 0.01}, {0.5, 0.01}, 0.1) == EventKind::kOverload));
  BOOST_TEST((explain({0.5, 0.42}, {0.5, 0.01}, 0.5) == EventKind::kOverload));
  BOOST_TEST((explain({0.3, 0.65}, {0.3, 0.01}, 0.5) == EventKind::kStarvation));
  BOOST_TEST(!explain({0.85, 0.01}, {0.5, 0.01}, 0.1).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_touched_has_no_cause) {
  BOOST_TEST(!explain({0.2, 0.0}, {0.2, 0.0}, 0).has_value());
  BOOST_TEST(WorkerSeconds().describe_short_lags(0).empty());
  BOOST_TEST(WorkerSeconds().count() == 0U);
}

BOOST_AUTO_TEST_CASE(the_verdict_names_what_is_clear) {
  const ShortLags starved({.ran = 0.1, .waited = 0.1});
  BOOST_TEST(
      starved.cause() ==
      "; other programs had the processor for 10.0 % of the seconds that were late (0.1 % of "
      "the others)");
  const ShortLags busy({.ran = 0.95, .waited = 0.02});
  BOOST_TEST(busy.cause() ==
             "; the workers were busy for 95.0 % of the seconds that were late (10.0 % of the "
             "others)");
}

BOOST_AUTO_TEST_CASE(and_nothing_when_nothing_is) {
  const ShortLags unexplained({.ran = 0.1, .waited = 0.001});
  BOOST_TEST(unexplained.cause() == "");
}

BOOST_AUTO_TEST_CASE(a_fault_too_short_for_so_many_is_not_their_cause) {
  // One stall of 12 ms is 12 of the 600 requests.
  ShortLags run({.ran = 0.1, .waited = 0.1});
  run.faults.add(EventKind::kStall, 12'000'000, 7'000'000'000, 1, "");
  BOOST_TEST(run.cause().starts_with("; other programs had the processor for 10.0 %"));
  ShortLags unexplained({.ran = 0.1, .waited = 0.001});
  unexplained.faults.add(EventKind::kStall, 12'000'000, 7'000'000'000, 1, "");
  BOOST_TEST(unexplained.cause() == "");
  // 400 ms of stalls are 400 of them.
  unexplained.faults.add(EventKind::kStall, 400'000'000, 8'000'000'000, 1, "");
  BOOST_TEST(
      unexplained.cause().starts_with("; the loop was busy with one turn for 0.4 s at 7.6 s"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stats
