// SPDX-License-Identifier: MIT
//
// A failed check ends the process, so it fails in a child.
#include "macaw/base/check.h"

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdio>
#include <functional>
#include <iostream>
#include <string>

#include "macaw/base/result.h"
#include "macaw/base/ring.h"

namespace macaw {

namespace {

struct Ending {
  int signal = 0;
  std::string stderr_text;
};

Ending run_in_child(const std::function<void()>& body) {
  int ends[2];
  BOOST_REQUIRE(pipe(ends) == 0);
  std::cout.flush();  // or the child would print it again
  BOOST_REQUIRE(std::fflush(nullptr) == 0);
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    dup2(ends[1], STDERR_FILENO);
    body();
    _exit(0);
  }
  close(ends[1]);
  Ending ending;
  char buffer[512];
  for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof buffer)) > 0;) {
    ending.stderr_text.append(buffer, static_cast<size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  ending.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return ending;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_test)

BOOST_AUTO_TEST_CASE(a_check_that_holds_does_nothing) {
  int evaluated = 0;
  MACAW_CHECK(++evaluated == 1, "evaluated={}", evaluated);
  BOOST_TEST(evaluated == 1);
}

BOOST_AUTO_TEST_CASE(a_failed_check_says_what_and_where_and_aborts) {
  const int a = 3;
  const Ending ending = run_in_child([&] { MACAW_CHECK(a < 2, "a={}", a); });
  BOOST_TEST(ending.signal == SIGABRT);
  BOOST_TEST(ending.stderr_text.find("check_test.cc:") != std::string::npos);
  BOOST_TEST(ending.stderr_text.find(": check failed: a < 2: a=3\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_message_is_optional) {
  const Ending ending = run_in_child([] { MACAW_CHECK(1 + 1 == 3); });
  BOOST_TEST(ending.signal == SIGABRT);
  BOOST_TEST(ending.stderr_text.find(": check failed: 1 + 1 == 3\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(contracts_are_checked) {
  const Ending value = run_in_child([] {
    const Result<int> result(Error("the reason"));
    static_cast<void>(result.value());
  });
  BOOST_TEST(value.signal == SIGABRT);
  BOOST_TEST(value.stderr_text.find("the reason") != std::string::npos);
  BOOST_TEST(run_in_child([] { SpscRing<int> ring(3); }).signal == SIGABRT);
  BOOST_TEST(run_in_child([] { SpscByteRing ring(32); }).signal == SIGABRT);
  BOOST_TEST(run_in_child([] {
               SpscByteRing ring(64);
               static_cast<void>(ring.reserve(ring.block_max() + 1));
             }).signal == SIGABRT);
  BOOST_TEST(run_in_child([] {
               SpscByteRing ring(64);
               ring.commit();
             }).signal == SIGABRT);
  BOOST_TEST(run_in_child([] {
               SpscByteRing ring(64);
               ring.pop();
             }).signal == SIGABRT);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
