// SPDX-License-Identifier: MIT
//
// See thread_usage.h.

#include "thread_usage.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace macaw::replay {
namespace {

Nanos take_number(const char*& at, const char* end) {
  int64_t number = 0;
  while (at != end && *at == ' ') {
    ++at;
  }
  at = std::from_chars(at, end, number).ptr;
  return Nanos(number);
}

/// The part of the lateness that this use explains: what was used in `span` above what the time
/// before the lateness would usually have used.
Nanos explained(Nanos usual, Nanos since, Nanos span, Nanos late) {
  const double before = std::max(to_seconds(span - late), 0.0);
  const auto expected = Nanos(static_cast<Nanos::rep>(to_seconds(usual) * before * 1e9));
  return std::clamp(since - expected, Nanos(0), late);
}

}  // namespace

ThreadUsageReader::ThreadUsageReader()
    : fd_(open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {}

ThreadUsageReader::~ThreadUsageReader() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

ThreadUsage ThreadUsageReader::read() const {
  std::array<char, 96> text{};
  ThreadUsage usage;
  timespec ran{};
  // Up to now; the file's first number stands still between two ticks.
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ran);
  usage.ran = std::chrono::seconds(ran.tv_sec) + Nanos(ran.tv_nsec);
  if (const ssize_t size = fd_ < 0 ? -1 : pread(fd_, text.data(), text.size(), 0); size > 0) {
    const char* at = text.data();
    take_number(at, text.data() + size);
    usage.waited = take_number(at, text.data() + size);
  }
  return usage;
}

void prefer_short_slices() {
  // As the kernel's first version of the structure; the C library of Debian 12 does not have it.
  struct {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns;
    uint64_t deadline_ns;
    uint64_t period_ns;
  } attributes{};

  attributes.size = sizeof attributes;
  attributes.policy = SCHED_OTHER;
  attributes.nice = getpriority(PRIO_PROCESS, 0);
  attributes.runtime_ns = 100'000;
  static_cast<void>(syscall(SYS_sched_setattr, 0, &attributes, 0));
}

stats::EventKind explain_lateness(const ThreadUsage& usual, const ThreadUsage& since, Nanos span,
                                  Nanos late) {
  const Nanos ran = explained(usual.ran, since.ran, span, late);
  const Nanos waited = explained(usual.waited, since.waited, span, late);
  const Nanos neither = late - std::min(late, ran + waited);
  if (waited >= ran && waited >= neither) {
    return stats::EventKind::kStarvation;
  }
  return ran >= neither ? stats::EventKind::kStall : stats::EventKind::kSuspension;
}

}  // namespace macaw::replay
