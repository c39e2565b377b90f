// SPDX-License-Identifier: MIT
//
// Health rows of several workers to columns over time.
#include <algorithm>
#include <map>

#include "series.h"

namespace macaw::ui {

namespace {

using Values = std::array<double, kHealthColumns.size()>;

enum Place : uint8_t {
  kDue,
  kSentInIt,
  kLate,
  kInFlight,
  kOpen,
  kWaiting,
  kLag,
  kLagMax,
  kBusy,
  kCpu,
  kStarved,
  kTurn,
  kUsers
};

struct SoFar {
  uint64_t scheduled = 0;
  uint64_t sent = 0;
};

/// Adds a worker's row to its second.
void add_row(Values& of_second, const store::HealthRow& row) {
  of_second.at(kLate) += static_cast<double>(row.late);
  of_second.at(kInFlight) += static_cast<double>(row.in_flight);
  of_second.at(kOpen) += static_cast<double>(row.connections);
  of_second.at(kWaiting) += static_cast<double>(row.backlog);
  of_second.at(kUsers) += static_cast<double>(row.users);
  const auto worst = [&of_second](Place place, double value) {
    of_second.at(place) = std::max(of_second.at(place), value);
  };
  worst(kLag, row.lag_p99_ms);
  worst(kLagMax, row.lag_max_ms);
  worst(kBusy, row.busy_share);
  worst(kCpu, row.cpu_share);
  worst(kStarved, row.wait_share);
  worst(kTurn, row.turn_ms_max);
}

/// Counts add up over an interval; of everything else it shows its worst second.
void add_second(Values& of_interval, const Values& second) {
  for (size_t k = 0; k < of_interval.size(); ++k) {
    double& value = of_interval.at(k);
    value = k <= kLate ? value + second.at(k) : std::max(value, second.at(k));
  }
}

}  // namespace

HealthColumns health_columns(const std::vector<store::HealthRow>& rows, const Span& span) {
  std::map<uint64_t, Values> seconds;
  std::map<uint32_t, SoFar> workers;
  for (const store::HealthRow& row : rows) {
    const auto [worker, first] = workers.try_emplace(row.worker);
    SoFar& before = worker->second;
    if (row.second >= span.from_s && row.second < span.to_s) {
      Values& values = seconds[row.second];
      add_row(values, row);
      // The first row of a span that begins later has nothing to be compared with.
      if (!first || span.from_s == 0) {
        const uint64_t due = row.scheduled - std::min(before.scheduled, row.scheduled);
        const uint64_t sent = row.sent - std::min(before.sent, row.sent);
        values.at(kDue) += static_cast<double>(due);
        values.at(kSentInIt) += static_cast<double>(sent);
      }
    }
    before.scheduled = std::max(before.scheduled, row.scheduled);
    before.sent = std::max(before.sent, row.sent);
  }
  HealthColumns out;
  Values values{};
  const auto finish_interval = [&](uint64_t start) {
    out.seconds.push_back(start);
    for (size_t k = 0; k < values.size(); ++k) {
      out.columns.at(k).push_back(values.at(k));
    }
    values = {};
  };
  uint64_t start = 0;
  bool open = false;
  for (const auto& [second, of_second] : seconds) {
    const uint64_t begins = second - second % span.resolution;
    if (open && begins != start) {
      finish_interval(start);
    }
    start = begins;
    open = true;
    add_second(values, of_second);
  }
  if (open) {
    finish_interval(start);
  }
  return out;
}

}  // namespace macaw::ui
