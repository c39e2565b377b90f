// SPDX-License-Identifier: MIT
//
// The generator's faults and their words.

#include "macaw/stats/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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
      return "a worker could not send all that was due";
    case EventKind::kSteal:
      return "the hypervisor kept the processor";
    case EventKind::kThrottling:
      return "the processor quota of our control group was used up";
    default:
      return event_kind_name(kind);
  }
}

constexpr int64_t kSecondNs = 1'000'000'000;

/// What can lie behind a cause. Time that a quota withholds looks like waiting for a processor;
/// stolen time also like standing still, or, to kernels that do not count it, like work.
struct Behind {
  EventKind circumstance;
  EventKind cause;
};

constexpr std::array<Behind, 5> kBehind = {{{EventKind::kThrottling, EventKind::kStarvation},
                                            {EventKind::kThrottling, EventKind::kSuspension},
                                            {EventKind::kSteal, EventKind::kStarvation},
                                            {EventKind::kSteal, EventKind::kSuspension},
                                            {EventKind::kSteal, EventKind::kStall}}};

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
    case EventKind::kSteal:
    case EventKind::kThrottling:
      return true;
    case EventKind::kError:
    case EventKind::kWarning:
    case EventKind::kRateChange:
    case EventKind::kPause:
    case EventKind::kStop:
    case EventKind::kResume:
    case EventKind::kToken:
      break;
  }
  return false;
}

bool has_length(EventKind kind) {
  return is_fault(kind) && kind != EventKind::kGeneratorLimit && kind != EventKind::kWriterBehind;
}

bool is_circumstance(EventKind kind) {
  return kind == EventKind::kSteal || kind == EventKind::kThrottling;
}

bool is_steering(EventKind kind) {
  return kind == EventKind::kRateChange || kind == EventKind::kPause ||
         kind == EventKind::kResume || kind == EventKind::kStop;
}

bool ShownEvents::take(EventKind kind) {
  uint64_t& shown = is_steering(kind) ? done_ : happened_;
  if (shown == most_) {
    ++left_out_;
    return false;
  }
  ++shown;
  return true;
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
  const bool matters = std::any_of(kBehind.begin(), kBehind.end(), [kind](const Behind& behind) {
    return behind.cause == kind || behind.circumstance == kind;
  });
  // Second by second, backwards: an event is told at its end. A circumstance may have been at any
  // time of the second before.
  for (int64_t end = at_ns, left = value; matters && left > 0 && end > 0;) {
    const int64_t second = (end - 1) / kSecondNs;
    const int64_t into_second = end - second * kSecondNs;
    const int64_t part = std::min(left, is_circumstance(kind) ? kSecondNs : into_second);
    seconds_[kind][second] += part;
    left -= part;
    end -= into_second;
  }
}

const Fault* FaultBook::find(EventKind kind) const {
  const auto found = faults_.find(kind);
  return found == faults_.end() ? nullptr : &found->second;
}

const Fault* FaultBook::main_cause_of_lag() const {
  const Fault* main = nullptr;
  for (const auto& [kind, fault] : faults_) {
    const bool delays =
        has_length(kind) && kind != EventKind::kClockTrouble && !is_circumstance(kind);
    if (delays && (main == nullptr || fault.total > main->total)) {
      main = &fault;
    }
  }
  return main;
}

int64_t FaultBook::accounted_for(EventKind cause, EventKind circumstance) const {
  const auto lags = seconds_.find(cause);
  const auto found = seconds_.find(circumstance);
  if (lags == seconds_.end() || found == seconds_.end()) {
    return 0;
  }
  int64_t sum = 0;
  int64_t used_second = -1;  // the last one of which lags of the second before it used a part
  int64_t used = 0;
  for (const auto& [second, lag] : lags->second) {
    int64_t left = lag;
    // What is told in the next second may have been in this one.
    for (const int64_t told : {second, second + 1}) {
      const auto amount = found->second.find(told);
      if (amount == found->second.end()) {
        continue;
      }
      used = told == used_second ? used : 0;
      const int64_t part = std::min(left, amount->second - used);
      used_second = told;
      used += part;
      left -= part;
    }
    sum += lag - left;
  }
  return sum;
}

EventKind FaultBook::kind_behind(const Fault& cause) const {
  EventKind kind = cause.kind;
  int64_t most = (cause.total + 1) / 2 - 1;
  for (const Behind& behind : kBehind) {
    const int64_t accounted =
        behind.cause == cause.kind ? accounted_for(cause.kind, behind.circumstance) : 0;
    if (accounted > most) {
      kind = behind.circumstance;
      most = accounted;
    }
  }
  return kind;
}

std::string describe_fault(const Fault& fault) {
  return describe_fault(fault, fault.kind);
}

std::string describe_fault(const Fault& fault, EventKind kind) {
  // When it began: an event is told at its end.
  const int64_t began =
      has_length(fault.kind) ? fault.longest_at - fault.longest : fault.longest_at;
  const double at_s = static_cast<double>(std::max<int64_t>(began, 0)) / 1e9;
  if (!has_length(fault.kind) || fault.kind == EventKind::kClockTrouble) {
    return fmt::format("{} at {:.1f} s",
                       fault.text.empty() ? std::string(event_kind_name(fault.kind)) : fault.text,
                       at_s);
  }
  if (kind == EventKind::kOverload) {
    // How far behind it was, second after second: levels, which do not add up.
    return fmt::format("{}: at most {} behind, at {:.1f} s{}{}", what_happened(kind),
                       length_text(fault.longest), static_cast<double>(fault.longest_at) / 1e9,
                       fault.text.empty() ? "" : "; ", fault.text);
  }
  std::string text =
      fmt::format("{} for {} at {:.1f} s", what_happened(kind), length_text(fault.longest), at_s);
  if (fault.count > 1) {
    text +=
        fmt::format(" ({} times, {} in all)", format_count(fault.count), length_text(fault.total));
  }
  return text;
}

}  // namespace macaw::stats
