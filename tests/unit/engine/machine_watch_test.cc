// SPDX-License-Identifier: MIT
//
// What is read out of the kernel's files about processor time that others took away.

#include "macaw/replay/engine/machine_watch.h"

#include <boost/test/unit_test.hpp>

namespace macaw::replay {

using namespace std::chrono_literals;
using stats::EventKind;

BOOST_AUTO_TEST_SUITE(machine_watch_test)

BOOST_AUTO_TEST_CASE(steal_is_the_eighth_number_of_each_processor) {
  const std::string_view text =
      "cpu  130966 37378 46251 244827 3596 0 14276 5074 7 9\n"
      "cpu0 60730 18413 22519 129472 638 0 7009 2554 7 9\n"
      "cpu11 70235 18964 23732 115354 2957 0 7266 2519 0 0\n"
      "intr 1234 0 0 0 0 0 0 99 0\n"
      "cpus 1 2 3 4 5 6 7 8 9\n";
  BOOST_TEST((parse_steal(text, 100) == std::map<int, Nanos>{{0, 25'540ms}, {11, 25'190ms}}));
  BOOST_TEST((parse_steal(text, 1000) == std::map<int, Nanos>{{0, 2'554ms}, {11, 2'519ms}}));
}

BOOST_AUTO_TEST_CASE(a_kernel_that_counts_no_steal) {
  BOOST_TEST(parse_steal("cpu0 60730 18413 22519 129472 638 0 7009\n", 100).empty());
  BOOST_TEST(parse_steal("", 100).empty());
  BOOST_TEST(parse_steal("cpu0", 100).empty());
  BOOST_TEST(parse_steal("cpu0 1 2 3 4 5 6 7 x\n", 100).empty());
  BOOST_TEST(parse_steal("cpu0 1 2 3 4 5 6 7 -1\n", 100).empty());
}

BOOST_AUTO_TEST_CASE(a_group_is_throttled_with_those_that_it_lies_in) {
  const std::vector<std::string> expected = {
      "/sys/fs/cgroup/user.slice/run:1.scope/cpu.stat",
      "/sys/fs/cgroup/user.slice/cpu.stat",
      "/sys/fs/cgroup/cpu.stat",
  };
  BOOST_TEST(throttle_files("0::/user.slice/run:1.scope\n") == expected,
             boost::test_tools::per_element());
  BOOST_TEST(throttle_files("0::/\n") == std::vector<std::string>{"/sys/fs/cgroup/cpu.stat"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_the_old_groups_the_one_with_the_cpu_controller) {
  const std::vector<std::string> expected = {
      "/sys/fs/cgroup/cpu,cpuacct/box/cpu.stat",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.stat",
      "/sys/fs/cgroup/cpu.stat",
  };
  BOOST_TEST(throttle_files("9:name=systemd:/\n4:memory:/box\n3:cpuset:/box\n"
                            "2:cpu,cpuacct:/box\n0::/\n") == expected,
             boost::test_tools::per_element());
  BOOST_TEST(throttle_files("").empty());
  BOOST_TEST(throttle_files("nonsense\n\n1:\n").empty());
}

BOOST_AUTO_TEST_CASE(throttled_time_has_two_names_and_two_units) {
  BOOST_TEST((parse_throttled("usage_usec 5\nnr_periods 10\nnr_throttled 4\n"
                              "throttled_usec 380500\n") == Nanos(380'500us)));
  BOOST_TEST((parse_throttled("nr_periods 10\nnr_throttled 4\nthrottled_time 380500000\n") ==
              Nanos(380'500us)));
  BOOST_TEST(!parse_throttled("usage_usec 5\nuser_usec 3\nsystem_usec 2\n").has_value());
  BOOST_TEST(!parse_throttled("throttled_usec\n").has_value());
  BOOST_TEST(!parse_throttled("").has_value());
}

BOOST_AUTO_TEST_CASE(the_processor_that_lost_most_speaks_for_all) {
  const MachineReadings before{.stolen = {{0, 1s}, {1, 5s}}, .throttled = 2s};
  using Found = std::vector<MachineTrouble>;
  BOOST_TEST((find_machine_trouble(before, before) == Found{}));
  BOOST_TEST(
      (find_machine_trouble(before, {{{0, 1s + 10ms}, {1, 5s + 10ms}}, 2s + 19ms}) == Found{}));
  BOOST_TEST((find_machine_trouble(before, {{{0, 1s + 30ms}, {1, 5s + 90ms}}, 2s}) ==
              Found{{EventKind::kSteal, 90ms}}));
  BOOST_TEST((find_machine_trouble(before, {{{0, 1s}, {1, 5s}}, 2s + 20ms}) ==
              Found{{EventKind::kThrottling, 20ms}}));
  // A processor that was not there before has lost nothing that we know of.
  BOOST_TEST((find_machine_trouble(before, {{{0, 1s}, {1, 5s}, {2, 9s}}, 2s}) == Found{}));
  // Nor has one that counts anew, as a group does that was made again.
  BOOST_TEST((find_machine_trouble(before, {{{0, 0s}, {1, 0s}}, 0s}) == Found{}));
}

BOOST_AUTO_TEST_CASE(this_machine_can_be_read) {
  MachineWatch watch;
  for (const MachineTrouble& trouble : watch.look()) {
    BOOST_TEST((trouble.by >= 20ms));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::replay
