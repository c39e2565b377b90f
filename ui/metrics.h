// SPDX-License-Identifier: MIT
//
// What `/metrics` tells of a run, before it is text or protobuf: families of metrics as Prometheus
// knows them. Pure: what was stored is an argument.
// Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/replay/engine/run_control.h"
#include "macaw/stats/distribution.h"
#include "macaw/stats/transport.h"
#include "macaw/store/run_record.h"

namespace macaw::ui {

enum class MetricType : uint8_t { kCounter, kGauge, kHistogram };

struct Metric {
  std::vector<std::pair<std::string, std::string>> labels = {};
  double value = 0;                               ///< of a counter or gauge
  std::optional<stats::Distribution> times = {};  ///< of a histogram: failures are above all
};

struct MetricFamily {
  std::string name;
  std::string help;
  MetricType type = MetricType::kGauge;
  std::vector<Metric> metrics = {};
};

/// A run as it is stored.
struct StoredRun {
  store::RunRow run;
  std::vector<store::EndpointTotals> totals;  ///< all first
  std::vector<store::HealthRow> health;       ///< of the last second, one per worker
  stats::ConnectionBook connections = {};
  stats::StreamBook streams = {};
};

/// In a fixed order, also where `run` is null (nothing is stored yet). `live` is the run that
/// plays, where it is this one; else null.
std::vector<MetricFamily> metrics_of(const StoredRun* run, const replay::RunStatus* live);

/// The newest row of each worker that has its end: a second that still runs has only its requests.
std::vector<store::HealthRow> newest_health(const std::vector<store::HealthRow>& rows);

/// The borders of the classic buckets, in nanoseconds, ascending: what is at or below a border is
/// counted exactly. They are the upper ends of those histogram buckets that hold 1, 2 and 5 of each
/// decade from 100 us to 100 s, so at most 0.8 % above the round number.
const std::vector<uint64_t>& bucket_borders_ns();

/// Prometheus' text format, version 0.0.4.
std::string metrics_text(const std::vector<MetricFamily>& families);
inline constexpr std::string_view kMetricsTextType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace macaw::ui
