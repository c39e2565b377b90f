// SPDX-License-Identifier: MIT
//
// Faults of a run summed up, and their words.

#include "macaw/stats/fault.h"

#include <boost/test/unit_test.hpp>

namespace macaw::stats {
namespace {

constexpr int64_t kMillis = 1'000'000;
constexpr int64_t kSeconds = 1'000 * kMillis;

}  // namespace

BOOST_AUTO_TEST_SUITE(fault_test)

BOOST_AUTO_TEST_CASE(the_longest_in_all_is_the_cause) {
  FaultBook book;
  BOOST_TEST((book.main_cause_of_lag() == nullptr));
  book.add(EventKind::kStall, 30 * kMillis, 2 * kSeconds, 1, "");
  for (int k = 0; k < 4; ++k) {
    book.add(EventKind::kStarvation, 10 * kMillis, k * kSeconds, 1, "");
  }
  book.add(EventKind::kError, 90 * kSeconds, 0, 1, "an error of the target");
  book.add(EventKind::kWriterBehind, 40'000, 0, 1, "it was slow");
  BOOST_TEST_REQUIRE((book.main_cause_of_lag() != nullptr));
  BOOST_TEST((book.main_cause_of_lag()->kind == EventKind::kStarvation));
  BOOST_TEST((book.find(EventKind::kError) == nullptr));
  BOOST_TEST(book.faults().size() == 3U);
}

BOOST_AUTO_TEST_CASE(words) {
  FaultBook book;
  book.add(EventKind::kSuspension, kSeconds, 11 * kSeconds, 1, "");
  BOOST_TEST(describe_fault(*book.find(EventKind::kSuspension)) ==
             "the generator or its machine stood still for 1.0 s at 10.0 s");
  book.add(EventKind::kStarvation, 20 * kMillis, 3 * kSeconds, 1, "");
  book.add(EventKind::kStarvation, 40 * kMillis, 5 * kSeconds, 1, "");
  BOOST_TEST(describe_fault(*book.find(EventKind::kStarvation)) ==
             "other programs had the processor for 40.0 ms at 5.0 s (2 times, 60.0 ms in all)");
  book.add(EventKind::kGeneratorLimit, 17, 2 * kSeconds, 1, "out of descriptors");
  BOOST_TEST(describe_fault(*book.find(EventKind::kGeneratorLimit)) ==
             "out of descriptors at 2.0 s");
  book.add(EventKind::kClockTrouble, kSeconds, 9 * kSeconds, 1, "the machine slept for 1.0 s");
  BOOST_TEST(describe_fault(*book.find(EventKind::kClockTrouble)) ==
             "the machine slept for 1.0 s at 8.0 s");
}

BOOST_AUTO_TEST_CASE(a_circumstance_is_no_cause_of_its_own) {
  FaultBook book;
  book.add(EventKind::kSteal, 900 * kMillis, 5 * kSeconds, 1, "");
  book.add(EventKind::kThrottling, 900 * kMillis, 5 * kSeconds, 1, "");
  BOOST_TEST((book.main_cause_of_lag() == nullptr));
  book.add(EventKind::kStall, 20 * kMillis, 9 * kSeconds, 1, "");
  BOOST_TEST_REQUIRE((book.main_cause_of_lag() != nullptr));
  BOOST_TEST((book.kind_behind(*book.main_cause_of_lag()) == EventKind::kStall));
}

BOOST_AUTO_TEST_CASE(what_the_machine_did_in_the_same_second_is_behind_it) {
  struct Case {
    EventKind cause;
    EventKind circumstance;
    bool is_behind;
  };

  for (const Case& c : {Case{EventKind::kStarvation, EventKind::kThrottling, true},
                        Case{EventKind::kSuspension, EventKind::kThrottling, true},
                        Case{EventKind::kStall, EventKind::kThrottling, false},
                        Case{EventKind::kStarvation, EventKind::kSteal, true},
                        Case{EventKind::kSuspension, EventKind::kSteal, true},
                        Case{EventKind::kStall, EventKind::kSteal, true},
                        Case{EventKind::kReaderBehind, EventKind::kSteal, false}}) {
    for (const int64_t told_ms : {4'999, 5'300, 5'999}) {  // the second's figures come after it
      FaultBook book;
      book.add(c.cause, 80 * kMillis, 4'900 * kMillis, 1, "");
      book.add(c.circumstance, 50 * kMillis, told_ms * kMillis, 1, "");
      const Fault& cause = *book.main_cause_of_lag();
      BOOST_TEST((cause.kind == c.cause));
      BOOST_TEST((book.kind_behind(cause) == (c.is_behind ? c.circumstance : c.cause)));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_it_did_at_another_time_or_hardly_is_not) {
  FaultBook book;
  book.add(EventKind::kStarvation, 80 * kMillis, 4'900 * kMillis, 1, "");
  book.add(EventKind::kSteal, 500 * kMillis, 3'900 * kMillis, 1, "");
  book.add(EventKind::kSteal, 500 * kMillis, 6'100 * kMillis, 1, "");
  book.add(EventKind::kSteal, 30 * kMillis, 4'990 * kMillis, 1, "");
  const Fault& cause = *book.main_cause_of_lag();
  BOOST_TEST((book.kind_behind(cause) == EventKind::kStarvation));
  book.add(EventKind::kThrottling, 40 * kMillis, 4'990 * kMillis, 1, "");
  BOOST_TEST((book.kind_behind(cause) == EventKind::kThrottling));
  book.add(EventKind::kSteal, 30 * kMillis, 4'990 * kMillis, 1, "");
  BOOST_TEST((book.kind_behind(cause) == EventKind::kSteal));  // accounts for more of it
}

BOOST_AUTO_TEST_CASE(long_ones_are_compared_second_by_second) {
  FaultBook book;
  book.add(EventKind::kSuspension, 3 * kSeconds, 7'500 * kMillis, 1, "");
  book.add(EventKind::kSteal, 900 * kMillis, 5'000 * kMillis, 1, "");
  BOOST_TEST((book.kind_behind(*book.main_cause_of_lag()) == EventKind::kSuspension));
  // Main stood still as well, and told it all at once.
  book.add(EventKind::kSteal, 2'500 * kMillis, 7'800 * kMillis, 1, "");
  BOOST_TEST((book.kind_behind(*book.main_cause_of_lag()) == EventKind::kSteal));
  BOOST_TEST(describe_fault(*book.main_cause_of_lag(), EventKind::kSteal) ==
             "the hypervisor kept the processor for 3.0 s at 4.5 s");
}

BOOST_AUTO_TEST_CASE(how_far_behind_is_not_summed_up) {
  FaultBook book;
  book.add(EventKind::kOverload, 2'000'000'000, 3'000'000'000, 1, "it ran for 95 %");
  book.add(EventKind::kOverload, 3'000'000'000, 4'000'000'000, 1, "it ran for 97 %");
  BOOST_TEST(describe_fault(*book.find(EventKind::kOverload)) ==
             "a worker could not send all that was due: at most 3.0 s behind, at 4.0 s; it ran for "
             "97 %");
}

BOOST_AUTO_TEST_CASE(every_kind_of_fault_has_a_name) {
  for (const auto kind : {EventKind::kStall, EventKind::kReaderBehind, EventKind::kGeneratorLimit,
                          EventKind::kStarvation, EventKind::kSuspension, EventKind::kOverload,
                          EventKind::kWriterBehind, EventKind::kClockTrouble, EventKind::kSteal,
                          EventKind::kThrottling}) {
    BOOST_TEST(is_fault(kind));
    BOOST_TEST(event_kind_name(kind) != "unknown");
  }
  for (const auto kind : {EventKind::kError, EventKind::kWarning, EventKind::kRateChange,
                          EventKind::kPause, EventKind::kStop, EventKind::kResume}) {
    BOOST_TEST(!is_fault(kind));
    BOOST_TEST(!has_length(kind));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::stats
