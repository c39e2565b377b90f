// SPDX-License-Identifier: MIT
//
// Whose fault it was: stalls of the server and of the generator with their closed forms, in virtual
// time, and the sentence.

#include "macaw/stats/verdict.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "unit/stats/values.h"

namespace macaw::stats {

namespace {

constexpr uint64_t kRate = 100;
constexpr uint64_t kRunSeconds = 30;
constexpr uint64_t kServiceNs = 200'000;
constexpr uint64_t kStallBeginNs = 10 * kSecond;
constexpr uint64_t kStallEndNs = 11 * kSecond;

enum class Stall { kNone, kServer, kGenerator };

// A constant rate against a server that answers at once, or as soon as it runs again.
Aggregate play(Stall stall) {
  Aggregate total;
  for (uint64_t i = 0; i < kRate * kRunSeconds; ++i) {
    const uint64_t intended = i * kSecond / kRate;
    const bool hit = stall != Stall::kNone && intended >= kStallBeginNs && intended < kStallEndNs;
    const uint64_t wait = hit ? kStallEndNs - intended : 0;
    const uint64_t lag = stall == Stall::kGenerator ? wait : 0;
    total.add(make_sample(i, intended, {lag, lag, wait + kServiceNs}));
  }
  return total;
}

VerdictInput input_of(const Aggregate& total) {
  VerdictInput input;
  input.total = &total;
  return input;
}

// q of a run of which a share f waits uniformly over (0, S]: S * (1 - (1 - q) / f).
double closed_form_ms(double q) {
  const double f = 1.0 / static_cast<double>(kRunSeconds);
  return 1'000 * (1 - (1 - q) / f) + static_cast<double>(kServiceNs) / 1e6;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verdict_test)

BOOST_AUTO_TEST_CASE(both_stalls_have_the_same_response_times) {
  for (const Stall stall : {Stall::kServer, Stall::kGenerator}) {
    const Aggregate total = play(stall);
    // 0.10, 0.70 and 0.97 s; one request is 10 ms of the stall, the histogram adds 0.4 %.
    for (const double q : {0.97, 0.99, 0.999}) {
      BOOST_TEST(std::abs(total.response.quantile(q).millis() - closed_form_ms(q)) <= 14.0);
    }
    BOOST_TEST(total.response.quantile(0.9).millis() == 0.2, boost::test_tools::tolerance(0.004));
  }
}

BOOST_AUTO_TEST_CASE(a_stalled_server_leaves_the_run_valid) {
  const Aggregate total = play(Stall::kServer);
  const Verdict verdict = judge(input_of(total));
  BOOST_TEST((verdict.kind == VerdictKind::kValid));
  BOOST_TEST(verdict.reason.empty());
  // With room for all of them, the service clock shows the stall as well.
  BOOST_TEST(total.service.quantile(0.99).millis() > 600);
}

BOOST_AUTO_TEST_CASE(a_stalled_generator_makes_it_invalid_and_says_why) {
  const Aggregate total = play(Stall::kGenerator);
  BOOST_TEST(total.service.quantile(0.999).millis() < 0.3);  // the server was never slow
  VerdictInput input = input_of(total);
  FaultBook faults;
  faults.add(EventKind::kSuspension, static_cast<int64_t>(kStallEndNs - kStallBeginNs),
             static_cast<int64_t>(kStallEndNs), 1, "");
  input.faults = &faults;
  const Verdict verdict = judge(input);
  BOOST_TEST((verdict.kind == VerdictKind::kInvalid));
  BOOST_TEST_MESSAGE(verdict.reason);
  BOOST_TEST(verdict.reason.starts_with("our own lag moved p99 from 200 us to 698 ms; "));
  BOOST_TEST(
      verdict.reason.ends_with("; 3.3 % of requests were touched; "
                               "the generator or its machine stood still for 1.0 s at 10.0 s"));
  input.lag_is_judged = false;
  BOOST_TEST((judge(input).kind == VerdictKind::kValid));
}

BOOST_AUTO_TEST_CASE(an_undisturbed_run_is_valid) {
  const Aggregate total = play(Stall::kNone);
  BOOST_TEST((judge(input_of(total)) == Verdict{}));
}

// Both bounds must be passed: the share, and a tenth of a millisecond.
BOOST_AUTO_TEST_CASE(small_lag_is_forgiven) {
  const auto kind_of = [](uint64_t lag, uint64_t service) {
    Aggregate total;
    for (uint64_t i = 0; i < 1'000; ++i) {
      total.add(make_sample(i, i * kMs, {lag, lag, lag + service}));
    }
    return judge(input_of(total)).kind;
  };
  BOOST_TEST((kind_of(95'000, 50'000) == VerdictKind::kValid));        // most of it, but 95 us
  BOOST_TEST((kind_of(110'000, 50'000) == VerdictKind::kInvalid));     // 69 %, 110 us
  BOOST_TEST((kind_of(2'200'000, 8 * kMs) == VerdictKind::kInvalid));  // 22 %
  BOOST_TEST((kind_of(1'800'000, 8 * kMs) == VerdictKind::kSuspect));  // 18 %
  BOOST_TEST((kind_of(480'000, 8 * kMs) == VerdictKind::kSuspect));    // 5.7 %
  BOOST_TEST((kind_of(360'000, 8 * kMs) == VerdictKind::kValid));      // 4.3 %
}

BOOST_AUTO_TEST_CASE(one_bad_second_is_enough) {
  const Aggregate total = play(Stall::kNone);
  const auto judge_second = [&total](uint64_t late, uint64_t requests) {
    VerdictInput input = input_of(total);
    input.worst_second = {.second = 12, .requests = requests, .late = late};
    return judge(input);
  };
  BOOST_TEST((judge_second(0, 1'000).kind == VerdictKind::kValid));
  BOOST_TEST((judge_second(10, 1'000).kind == VerdictKind::kValid));  // 1 % is not more than 1 %
  BOOST_TEST((judge_second(11, 1'000).kind == VerdictKind::kSuspect));
  BOOST_TEST((judge_second(50, 1'000).kind == VerdictKind::kSuspect));
  const Verdict verdict = judge_second(51, 1'000);
  BOOST_TEST((verdict.kind == VerdictKind::kInvalid));
  BOOST_TEST(verdict.reason ==
             "in second 12, 51 of 1,000 requests (5.1 %) went out over 10 ms late through us");
  BOOST_TEST((judge_second(1, 10).kind == VerdictKind::kValid));  // an accident
  BOOST_TEST((judge_second(2, 10).kind == VerdictKind::kInvalid));
}

BOOST_AUTO_TEST_CASE(limits_and_clocks_make_it_suspect) {
  const Aggregate total = play(Stall::kNone);
  for (const auto kind : {EventKind::kGeneratorLimit, EventKind::kClockTrouble}) {
    VerdictInput input = input_of(total);
    FaultBook faults;
    faults.add(kind, 20'000'000, 2'000'000'000, 1, "what it was");
    input.faults = &faults;
    const Verdict verdict = judge(input);
    BOOST_TEST((verdict.kind == VerdictKind::kSuspect));
    BOOST_TEST(verdict.reason.starts_with("what it was at "));
  }
}

BOOST_AUTO_TEST_CASE(a_quota_and_the_hypervisor_are_told_apart_from_neighbours) {
  const Aggregate total = play(Stall::kGenerator);
  VerdictInput input = input_of(total);
  const auto reason = [&input](EventKind cause, EventKind circumstance) {
    FaultBook faults;
    constexpr auto kEnd = static_cast<int64_t>(kStallEndNs);
    faults.add(cause, 1'000'000'000, kEnd, 1, "");
    faults.add(circumstance, 950'000'000, kEnd + 40'000'000, 1, "");
    input.faults = &faults;
    const std::string text = judge(input).reason;
    return text.substr(text.rfind("; ") + 2);
  };
  BOOST_TEST(reason(EventKind::kStarvation, EventKind::kWriterBehind) ==
             "other programs had the processor for 1.0 s at 10.0 s");
  BOOST_TEST(reason(EventKind::kStarvation, EventKind::kThrottling) ==
             "the processor quota of our control group was used up for 1.0 s at 10.0 s");
  BOOST_TEST(reason(EventKind::kSuspension, EventKind::kSteal) ==
             "the hypervisor kept the processor for 1.0 s at 10.0 s");
}

// A stall that no percentile shows and no second suffers from is only an event.
BOOST_AUTO_TEST_CASE(a_fault_without_consequence_is_forgiven) {
  const Aggregate total = play(Stall::kNone);
  VerdictInput input = input_of(total);
  FaultBook faults;
  faults.add(EventKind::kStarvation, 12'000'000, 2'000'000'000, 1, "");
  faults.add(EventKind::kWriterBehind, 40'000, 2'000'000'000, 1, "the writer was slow");
  input.faults = &faults;
  BOOST_TEST((judge(input) == Verdict{}));
  input.rows_lost = 5;
  BOOST_TEST(judge(input).reason.ends_with("; the writer was slow at 2.0 s"));
}

BOOST_AUTO_TEST_CASE(percentiles_without_support_are_not_judged) {
  Aggregate total;
  for (uint64_t i = 0; i < 1'000; ++i) {
    // Two requests in a thousand: they reach p99.9, which 1,000 samples cannot support.
    const uint64_t lag = i % 500 == 0 ? kSecond : 0;
    total.add(make_sample(i, i * kMs, {lag, lag, lag + kMs}));
  }
  BOOST_TEST((judge(input_of(total)).kind == VerdictKind::kValid));
}

BOOST_AUTO_TEST_CASE(failures_do_not_make_a_run_invalid) {
  Aggregate total;
  for (uint64_t i = 0; i < 1'000; ++i) {
    total.add(make_sample(i, i * kMs, {1'000, 1'000, 30 * kSecond},
                          i % 3 == 0 ? Outcome::kTimeout : Outcome::kRefused));
  }
  BOOST_TEST((judge(input_of(total)).kind == VerdictKind::kValid));
}

BOOST_AUTO_TEST_CASE(lost_rows_and_wrong_sums_make_it_invalid) {
  const Aggregate total = play(Stall::kNone);
  VerdictInput input = input_of(total);
  input.rows_lost = 1'234;
  Verdict verdict = judge(input);
  BOOST_TEST((verdict.kind == VerdictKind::kInvalid));
  BOOST_TEST(verdict.reason.starts_with("1,234 rows were lost"));
  input.conservation_holds = false;
  verdict = judge(input);
  BOOST_TEST(verdict.reason.find("do not add up") != std::string::npos);
  input.rows_lost = 0;
  BOOST_TEST((judge(input).kind == VerdictKind::kInvalid));
}

BOOST_AUTO_TEST_CASE(an_empty_run_is_valid) {
  const Aggregate total;
  BOOST_TEST((judge(input_of(total)).kind == VerdictKind::kValid));
}

BOOST_AUTO_TEST_CASE(names) {
  BOOST_TEST(verdict_name(VerdictKind::kValid) == "VALID");
  BOOST_TEST(verdict_name(VerdictKind::kSuspect) == "SUSPECT");
  BOOST_TEST(verdict_name(VerdictKind::kInvalid) == "INVALID");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stats
