// SPDX-License-Identifier: MIT
//
// Whether somebody above us took processor time away: the hypervisor (steal) or the quota of a
// control group (throttling). A thread cannot see it: to itself it waited, or stood still. Read
// once a second by a thread that may touch files, never by a worker. The parsers are pure. Thread:
// any, one at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "macaw/base/time.h"
#include "macaw/stats/sample.h"

namespace macaw::replay {

/// Sums since the start of the machine, and of our control groups.
struct MachineReadings {
  std::map<int, Nanos> stolen;  ///< by the number of the processor
  Nanos throttled{};            ///< over all processors
};

/// The time stolen from each processor, out of /proc/stat (proc(5)), in ticks of 1/`ticks` s.
/// Kernels without that column: nothing.
std::map<int, Nanos> parse_steal(std::string_view proc_stat, int64_t ticks);

/// The files that count the throttling of our control group and of those that it lies in, each of
/// which may have a quota, out of /proc/self/cgroup: cgroup v2, and v1's cpu controller. Not all of
/// them need exist.
std::vector<std::string> throttle_files(std::string_view proc_self_cgroup);

/// Out of cpu.stat: throttled_usec (v2) or throttled_time (v1, nanoseconds).
std::optional<Nanos> parse_throttled(std::string_view cpu_stat);

/// kSteal or kThrottling, with their value.
struct MachineTrouble {
  stats::EventKind kind = stats::EventKind::kSteal;
  Nanos by{};

  bool operator==(const MachineTrouble&) const = default;
};

/// What is worth an event between two readings: 20 ms and more; of steal, from the processor that
/// lost most, since a worker is on one at a time.
std::vector<MachineTrouble> find_machine_trouble(const MachineReadings& before,
                                                 const MachineReadings& after);

/// Reads the machine we are on: our processors are those that this process may use.
class MachineWatch {
 public:
  MachineWatch();

  /// Since the last call, or the beginning.
  std::vector<MachineTrouble> look();

 private:
  MachineReadings read() const;

  std::vector<std::string> files_;
  MachineReadings before_;
};

}  // namespace macaw::replay
