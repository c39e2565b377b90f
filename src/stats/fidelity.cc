// SPDX-License-Identifier: MIT
//
// See include/macaw/stats/fidelity.h.

#include "macaw/stats/fidelity.h"

#include <algorithm>

namespace macaw::stats {
namespace {

constexpr int64_t kWindowNs = 10'000'000;
constexpr size_t kWaitingMax = 65'536;

/// The largest share by which more of `a` than of `b` is long: above some value, where those of `b`
/// may be shorter by the tolerance.
double longer(const Histogram& a, const Histogram& b) {
  double largest = 0;
  const auto share_above = [](const Histogram& of, uint64_t value_ns) {
    return static_cast<double>(of.count_above(value_ns)) / static_cast<double>(of.count());
  };
  const auto look = [&](uint64_t value_ns) {
    largest =
        std::max(largest, share_above(a, value_ns + kGapToleranceNs) - share_above(b, value_ns));
  };
  look(0);
  b.for_each_bucket(
      [&](uint64_t lowest, uint64_t /*highest*/, uint64_t /*count*/) { look(lowest); });
  return largest;
}

}  // namespace

void FidelityMeter::Series::add(int64_t at_ns) {
  if (count_ == 0) {
    first_ = at_ns;
    window_ = 0;
  } else {
    gaps_.add(static_cast<uint64_t>(std::max<int64_t>(at_ns - last_, 0)));
  }
  const int64_t window = (at_ns - first_) / kWindowNs;
  if (window != window_) {
    squares_ += static_cast<double>(in_window_) * static_cast<double>(in_window_);
    window_ = window;
    in_window_ = 0;
  }
  ++in_window_;
  last_ = at_ns;
  ++count_;
}

double FidelityMeter::Series::dispersion() const {
  const int64_t whole = (last_ - first_) / kWindowNs + 1;
  const auto windows = static_cast<double>(whole);
  const double mean = static_cast<double>(count_) / windows;
  const double squares =
      squares_ + static_cast<double>(in_window_) * static_cast<double>(in_window_);
  return squares / windows / mean - mean;
}

void FidelityMeter::add(int64_t planned_ns, int64_t sent_ns) {
  planned_.add(planned_ns);
  waiting_.push(sent_ns);
  if (waiting_.size() > kWaitingMax) {
    played_.add(waiting_.top());
    waiting_.pop();
  }
}

std::optional<Fidelity> FidelityMeter::result() {
  while (!waiting_.empty()) {
    played_.add(waiting_.top());
    waiting_.pop();
  }
  if (planned_.count() < 2) {
    return std::nullopt;
  }
  Fidelity fidelity;
  fidelity.requests = planned_.count();
  fidelity.planned_s = planned_.span_s();
  fidelity.played_s = played_.span_s();
  fidelity.gap_distance =
      std::max(longer(planned_.gaps(), played_.gaps()), longer(played_.gaps(), planned_.gaps()));
  fidelity.planned_dispersion = planned_.dispersion();
  fidelity.played_dispersion = played_.dispersion();
  return fidelity;
}

}  // namespace macaw::stats
