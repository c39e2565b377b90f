// SPDX-License-Identifier: MIT
//
// The generator's faults and their words.

#include "macaw/stats/fault.h"

#include <fmt/format.h>

#include <algorithm>

#include "macaw/base/units.h"

namespace macaw::stats {

namespace {

std::string_view what_happened(EventKind kind) {
  switch (kind) {
    case EventKind::kStall:
      return "the loop was busy with one turn";
    case EventKind::kStarvation:
      return "other programs had the processor";
    case EventKind::kSuspension:
      return "the generator or its machine stood still";
    case EventKind::kReaderBehind:
      return "the replay file was not read fast enough";
    case EventKind::kOverload:
      return "more was due than one worker can send";
    default:
      return event_kind_name(kind);
  }
}

/// "1.0 s", "38.1 ms"
std::string length_text(int64_t ns) {
  return ns < 100'000'000 ? format_latency(Nanos(ns))
                          : fmt::format("{:.1f} s", static_cast<double>(ns) / 1e9);
}

}  // namespace

bool is_fault(EventKind kind) {
  switch (kind) {
    case EventKind::kStall:
    case EventKind::kReaderBehind:
    case EventKind::kGeneratorLimit:
    case EventKind::kStarvation:
    case EventKind::kSuspension:
    case EventKind::kOverload:
    case EventKind::kWriterBehind:
    case EventKind::kClockTrouble:
      return true;
    case EventKind::kError:
    case EventKind::kWarning:
    case EventKind::kRateChange:
    case EventKind::kPause:
    case EventKind::kStop:
    case EventKind::kResume:
      break;
  }
  return false;
}

bool has_length(EventKind kind) {
  return is_fault(kind) && kind != EventKind::kGeneratorLimit && kind != EventKind::kWriterBehind;
}

void FaultBook::add(EventKind kind, int64_t value, int64_t at_ns, uint64_t count,
                    std::string_view text) {
  if (!is_fault(kind)) {
    return;
  }
  Fault& fault = faults_[kind];
  fault.kind = kind;
  if (fault.count == 0 || value > fault.longest) {
    fault.longest = value;
    fault.longest_at = at_ns;
    fault.text = text;
  }
  fault.count += count;
  fault.total += value;
}

const Fault* FaultBook::find(EventKind kind) const {
  const auto found = faults_.find(kind);
  return found == faults_.end() ? nullptr : &found->second;
}

const Fault* FaultBook::main_cause_of_lag() const {
  const Fault* main = nullptr;
  for (const auto& [kind, fault] : faults_) {
    const bool delays = has_length(kind) && kind != EventKind::kClockTrouble;
    if (delays && (main == nullptr || fault.total > main->total)) {
      main = &fault;
    }
  }
  return main;
}

std::string describe_fault(const Fault& fault) {
  // When it began: an event is told at its end.
  const int64_t began =
      has_length(fault.kind) ? fault.longest_at - fault.longest : fault.longest_at;
  const double at_s = static_cast<double>(std::max<int64_t>(began, 0)) / 1e9;
  if (!has_length(fault.kind) || fault.kind == EventKind::kClockTrouble) {
    return fmt::format("{} at {:.1f} s",
                       fault.text.empty() ? std::string(event_kind_name(fault.kind)) : fault.text,
                       at_s);
  }
  std::string text = fmt::format("{} for {} at {:.1f} s", what_happened(fault.kind),
                                 length_text(fault.longest), at_s);
  if (fault.count > 1) {
    text +=
        fmt::format(" ({} times, {} in all)", format_count(fault.count), length_text(fault.total));
  }
  return text;
}

}  // namespace macaw::stats
