// SPDX-License-Identifier: MIT
//
// See include/macaw/replay/engine/machine_watch.h.

#include "macaw/replay/engine/machine_watch.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace macaw::replay {
namespace {

/// Two ticks of /proc/stat: one may be the rounding of nearly nothing.
constexpr Nanos kTakenMin = std::chrono::milliseconds(20);
constexpr size_t kStealColumn = 8;  // user nice system idle iowait irq softirq steal

/// Takes the first line off the front, without its end.
std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

std::optional<int64_t> number_of(std::string_view text) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && at == end && number >= 0 ? std::optional(number) : std::nullopt;
}

/// Column `k` of a line, from 0; empty when there are fewer.
std::string_view column(std::string_view line, size_t k) {
  for (; k > 0; --k) {
    const size_t blank = line.find(' ');
    if (blank == std::string_view::npos) {
      return {};
    }
    line.remove_prefix(blank + 1);
  }
  return line.substr(0, line.find(' '));
}

/// cpu.stat of the group `path` ("/a/b") below `root`, and of every group above it.
void add_files(std::string_view root, std::string_view path, std::vector<std::string>& files) {
  while (true) {
    while (path.ends_with('/')) {
      path.remove_suffix(1);
    }
    files.push_back(std::string(root) + std::string(path) + "/cpu.stat");
    if (path.empty()) {
      return;
    }
    path = path.substr(0, path.rfind('/'));
  }
}

/// Whether "cpu" is one of "cpu,cpuacct".
bool names_cpu(std::string_view controllers) {
  while (!controllers.empty()) {
    const std::string_view one = controllers.substr(0, controllers.find(','));
    if (one == "cpu") {
      return true;
    }
    controllers.remove_prefix(std::min(controllers.size(), one.size() + 1));
  }
  return false;
}

/// Files of /proc and /sys have no size; they are read to their end. Empty when there is none.
std::string read_file(const std::string& path) {
  std::string text;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return text;
  }
  std::array<char, 4096> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): read fills it
  for (ssize_t size = 0; (size = ::read(fd, piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<size_t>(size));
  }
  close(fd);
  return text;
}

}  // namespace

std::map<int, Nanos> parse_steal(std::string_view proc_stat, int64_t ticks) {
  std::map<int, Nanos> stolen;
  while (!proc_stat.empty()) {
    const std::string_view line = take_line(proc_stat);
    const std::string_view name = column(line, 0);
    if (!name.starts_with("cpu") || name == "cpu") {
      continue;
    }
    const auto cpu = number_of(name.substr(3));
    const auto steal = number_of(column(line, kStealColumn));
    if (cpu && steal) {
      stolen[static_cast<int>(*cpu)] = Nanos(*steal * (1'000'000'000 / ticks));
    }
  }
  return stolen;
}

std::vector<std::string> throttle_files(std::string_view proc_self_cgroup) {
  std::vector<std::string> files;
  while (!proc_self_cgroup.empty()) {
    // "0::/path" or "4:cpu,cpuacct:/path"; a path may hold colons itself.
    std::string_view line = take_line(proc_self_cgroup);
    line.remove_prefix(std::min(line.size(), line.find(':') + 1));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      continue;
    }
    const std::string_view controllers = line.substr(0, colon);
    const std::string_view path = line.substr(colon + 1);
    if (controllers.empty()) {
      add_files("/sys/fs/cgroup", path, files);
    } else if (names_cpu(controllers)) {
      add_files("/sys/fs/cgroup/" + std::string(controllers), path, files);
    }
  }
  return files;
}

std::optional<Nanos> parse_throttled(std::string_view cpu_stat) {
  while (!cpu_stat.empty()) {
    const std::string_view line = take_line(cpu_stat);
    const std::string_view name = column(line, 0);
    const auto value = number_of(column(line, 1));
    if (value && name == "throttled_usec") {
      return std::chrono::microseconds(*value);
    }
    if (value && name == "throttled_time") {
      return Nanos(*value);
    }
  }
  return std::nullopt;
}

std::vector<MachineTrouble> find_machine_trouble(const MachineReadings& before,
                                                 const MachineReadings& after) {
  std::vector<MachineTrouble> found;
  Nanos stolen{};
  for (const auto& [cpu, now] : after.stolen) {
    const auto was = before.stolen.find(cpu);
    stolen = std::max(stolen, was == before.stolen.end() ? Nanos(0) : now - was->second);
  }
  if (stolen >= kTakenMin) {
    found.push_back({stats::EventKind::kSteal, stolen});
  }
  if (const Nanos throttled = after.throttled - before.throttled; throttled >= kTakenMin) {
    found.push_back({stats::EventKind::kThrottling, throttled});
  }
  return found;
}

MachineWatch::MachineWatch() {
  for (std::string& path : throttle_files(read_file("/proc/self/cgroup"))) {
    if (parse_throttled(read_file(path))) {
      files_.push_back(std::move(path));
    }
  }
  before_ = read();
}

std::vector<MachineTrouble> MachineWatch::look() {
  MachineReadings now = read();
  auto found = find_machine_trouble(before_, now);
  before_ = std::move(now);
  return found;
}

MachineReadings MachineWatch::read() const {
  MachineReadings readings;
  readings.stolen = parse_steal(read_file("/proc/stat"), sysconf(_SC_CLK_TCK));
  cpu_set_t ours;
  CPU_ZERO(&ours);
  if (sched_getaffinity(0, sizeof ours, &ours) == 0) {
    std::erase_if(readings.stolen, [&ours](const auto& entry) {
      return entry.first < CPU_SETSIZE && !CPU_ISSET(static_cast<size_t>(entry.first), &ours);
    });
  }
  for (const std::string& path : files_) {
    readings.throttled += parse_throttled(read_file(path)).value_or(Nanos(0));
  }
  return readings;
}

}  // namespace macaw::replay
