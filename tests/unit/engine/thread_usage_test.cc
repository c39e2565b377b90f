// SPDX-License-Identifier: MIT
//
// Whose fault a late wake-up was, from what the kernel counts.

#include "replay/engine/thread_usage.h"

#include <boost/test/unit_test.hpp>

namespace macaw::replay {
namespace {

using namespace std::chrono_literals;
using stats::EventKind;

// A worker that uses 20 % of a processor and waits 1 % of the time.
constexpr ThreadUsage kUsual{.ran = 200ms, .waited = 10ms};

// 50 ms late at the end of 500 ms; the 450 ms before were as usual.
EventKind explain(Nanos ran_late, Nanos waited_late) {
  return explain_lateness(kUsual, {.ran = 90ms + ran_late, .waited = 4'500us + waited_late}, 500ms,
                          50ms);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(thread_usage_test)

BOOST_AUTO_TEST_CASE(the_largest_part_names_the_fault) {
  BOOST_TEST((explain(50ms, 0ms) == EventKind::kStall));
  BOOST_TEST((explain(0ms, 50ms) == EventKind::kStarvation));
  BOOST_TEST((explain(0ms, 0ms) == EventKind::kSuspension));
  BOOST_TEST((explain(20ms, 25ms) == EventKind::kStarvation));
  BOOST_TEST((explain(30ms, 15ms) == EventKind::kStall));
  BOOST_TEST((explain(10ms, 10ms) == EventKind::kSuspension));
}

BOOST_AUTO_TEST_CASE(what_was_usual_before_explains_nothing) {
  // Half of a second of work in the time before, then a stop.
  const ThreadUsage busy{.ran = 900ms, .waited = 100ms};
  BOOST_TEST(
      (explain_lateness(busy, {.ran = 900ms, .waited = 100ms}, 2s, 1s) == EventKind::kSuspension));
}

BOOST_AUTO_TEST_CASE(less_than_usual_is_not_negative) {
  BOOST_TEST((explain_lateness(kUsual, {}, 500ms, 50ms) == EventKind::kSuspension));
}

BOOST_AUTO_TEST_CASE(a_thread_sees_its_own_work) {
  const ThreadUsageReader reader;
  const ThreadUsage before = reader.read();
  volatile uint64_t sink = 0;
  for (uint64_t k = 0; k < 20'000'000; ++k) {
    sink = sink + k;
  }
  const ThreadUsage used = reader.read() - before;
  BOOST_TEST((used.ran > Nanos(0)));
  BOOST_TEST((used.waited >= Nanos(0)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
