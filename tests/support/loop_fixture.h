// SPDX-License-Identifier: MIT
//
// The fixture of all tests that run an event loop: turns with an end, and a teardown that fails
// when a test leaves an object behind on its loop.
// Thread: the test's.
#pragma once

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string_view>

#include "macaw/base/time.h"
#include "macaw/net/loop.h"

namespace macaw::test {

class LoopFixture {
 public:
  LoopFixture() : owned_loop_(std::make_unique<net::Loop>()), loop(*owned_loop_) {}

  LoopFixture(const LoopFixture&) = delete;
  LoopFixture& operator=(const LoopFixture&) = delete;

  ~LoopFixture() {
    const size_t left = loop.live_objects();
    BOOST_TEST(left == 0U, "the test left " << left << " objects behind on its loop");
    if (left != 0) {
      owned_loop_.release();  // its destructor would end the process, and the other tests with it
    }
  }

  /// Runs turns until the condition holds. A condition that never comes fails the test; the limit
  /// is far beyond what a slow machine needs and decides nothing else.
  template <typename Condition>
  void run_until(Condition condition, std::string_view what = "the condition") {
    const MonoTime limit = MonoClock::now() + from_seconds(30);
    while (!condition()) {
      const Nanos left = limit - MonoClock::now();
      BOOST_REQUIRE_MESSAGE(left > Nanos::zero(), "waited too long for " << what);
      loop.run_once(left);
    }
  }

  /// Turns without waiting: what has already happened reaches its handlers.
  void settle(int turns = 10) {
    for (int turn = 0; turn < turns; ++turn) {
      loop.run_once(Nanos::zero());
    }
  }

 private:
  std::unique_ptr<net::Loop> owned_loop_;

 public:
  net::Loop& loop;
};

}  // namespace macaw::test
