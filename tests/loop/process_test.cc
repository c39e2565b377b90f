// SPDX-License-Identifier: MIT

#include "support/process.h"

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <stdexcept>

#include "support/temp_dir.h"

namespace macaw::test {
namespace {

BOOST_AUTO_TEST_SUITE(process_test)

ProcessOptions shell(std::string script) {
  return {.args = {"-c", std::move(script)}};
}

BOOST_AUTO_TEST_CASE(output_and_exit_code) {
  const ProcessResult result = run_process("sh", shell("echo out; echo err >&2; exit 3"));
  BOOST_TEST(result.code == 3);
  BOOST_TEST(result.out == "out\n");
  BOOST_TEST(result.err == "err\n");
}

BOOST_AUTO_TEST_CASE(environment_folder_and_input) {
  const TempDir dir;
  ProcessOptions options = shell("echo $MACAW_X; echo ${MACAW_BIN_DIR-none}; pwd -P; cat");
  options.env = {{"MACAW_X", "value"}};
  options.env_removed = {"MACAW_BIN_DIR"};
  options.cwd = dir.path();
  options.stdin_text = std::string(100'000, 'x');
  const ProcessResult result = run_process("sh", options);
  BOOST_TEST(result.out == "value\nnone\n" + dir.path() + "\n" + options.stdin_text);
}

BOOST_AUTO_TEST_CASE(signals) {
  Process process("sh", shell("trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.01; "
                              "done"));
  BOOST_TEST(process.wait_for_out("ready\n"));
  BOOST_TEST(!process.wait(Nanos(1)).has_value());
  process.signal(SIGINT);
  const auto status = process.wait();
  BOOST_REQUIRE(status.has_value());
  BOOST_TEST(status->shell() == 7);
  BOOST_TEST(process.out() == "ready\ncaught\n");
  process.signal(SIGINT);  // nothing happens
}

BOOST_AUTO_TEST_CASE(death_by_signal) {
  const ProcessResult result = run_process("sh", shell("kill -TERM $$"));
  BOOST_TEST(result.code == 128 + SIGTERM);
}

BOOST_AUTO_TEST_CASE(text_that_never_comes) {
  Process process("sh", shell("echo something else"));
  BOOST_TEST(!process.wait_for_out("ready"));
  BOOST_TEST(!process.wait_for_err("ready"));
}

// Children of the process go with it, and the destructor does not wait for their end.
BOOST_AUTO_TEST_CASE(nothing_outlives_the_fixture) {
  { const Process process("sh", shell("sleep 1000 & sleep 1000")); }
  const ProcessResult result =
      run_process("sh", shell("sleep 1000 & echo started"), std::chrono::milliseconds(200));
  BOOST_TEST(result.code == 0);
  BOOST_TEST(result.out == "started\n");
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there) {
  BOOST_CHECK_THROW(Process("no-such-program-at-all", {}), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::test
