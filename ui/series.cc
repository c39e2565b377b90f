// SPDX-License-Identifier: MIT
//
// Keys, and rows to columns.
#include "series.h"

#include <algorithm>
#include <map>

namespace macaw::ui {

namespace {

/// How far before a span a health row may lie that its first difference is taken from. Rows come
/// about once a second; a stalled worker leaves some out.
constexpr uint64_t kHealthBeforeS = 60;

constexpr std::string_view kResponseName = "metric:client/request_latency_ms";
constexpr std::string_view kServiceName = "metric:client/service_latency_ms";

/// How an endpoint is called after a metric's name: its path or label; with the method in front
/// where two endpoints share a path.
std::string suffix_of(const store::EndpointRow& endpoint,
                      const std::vector<store::EndpointRow>& endpoints) {
  const auto same_path = std::count_if(
      endpoints.begin(), endpoints.end(),
      [&endpoint](const store::EndpointRow& other) { return other.path == endpoint.path; });
  const bool slash = endpoint.path.starts_with('/');
  if (same_path > 1) {
    return "/" + endpoint.method + (slash ? "" : "/") + endpoint.path;
  }
  return (slash ? "" : "/") + endpoint.path;
}

double outcome_count(const stats::Aggregate& aggregate, stats::Outcome outcome) {
  return static_cast<double>(aggregate.outcomes.at(static_cast<size_t>(outcome)));
}

double counter_value(const Key& key, const stats::Aggregate& aggregate) {
  switch (key.quantity) {
    case Quantity::kRequests:
      return static_cast<double>(aggregate.requests());
    case Quantity::kSuccess:
      return outcome_count(aggregate, stats::Outcome::kOk);
    case Quantity::kFailures:
      return static_cast<double>(aggregate.errors());
    case Quantity::kOutcome:
      return outcome_count(aggregate, key.outcome);
    case Quantity::kBytesIn:
      return static_cast<double>(aggregate.bytes_in);
    default:
      return static_cast<double>(aggregate.bytes_out);
  }
}

store::IntervalParts parts_of(const Key& key) {
  if (!key.is_metric()) {
    return store::IntervalParts::kCounts;
  }
  return key.quantity == Quantity::kResponse ? store::IntervalParts::kResponse
                                             : store::IntervalParts::kService;
}

double gauge_value(const Key& key, const store::HealthRow& row) {
  switch (key.quantity) {
    case Quantity::kPending:
      return static_cast<double>(row.in_flight);
    case Quantity::kConnections:
      return static_cast<double>(row.connections);
    case Quantity::kBacklog:
      return static_cast<double>(row.backlog);
    default:
      return row.lag_p99_ms;
  }
}

/// Of one second over all workers: a lag is as bad as the worst, the others add up.
double combine_workers(const Key& key, double a, double b) {
  return key.quantity == Quantity::kLagP99 ? std::max(a, b) : a + b;
}

Series to_series(const std::map<uint64_t, double>& points) {
  Series series;
  series.columns.resize(1);
  for (const auto& [second, value] : points) {
    series.seconds.push_back(second);
    series.columns[0].push_back(value);
  }
  return series;
}

Series sent_series(const std::vector<store::HealthRow>& rows, const Span& span) {
  std::map<uint64_t, double> points;
  std::map<uint32_t, uint64_t> before;
  for (const store::HealthRow& row : rows) {
    const auto [entry, first] = before.try_emplace(row.worker, 0);
    uint64_t& sent = entry->second;
    // The first row of a span that begins later has nothing to be compared with.
    const bool known = !first || span.from_s == 0;
    if (known && row.second >= span.from_s && row.second < span.to_s) {
      const uint64_t start = row.second - row.second % span.resolution;
      points[start] += static_cast<double>(row.sent - std::min(sent, row.sent));
    }
    sent = std::max(sent, row.sent);
  }
  return to_series(points);
}

}  // namespace

std::vector<Key> keys_of(const std::vector<store::EndpointRow>& endpoints) {
  std::vector<Key> keys;
  for (const auto& [name, quantity] : {std::pair{kResponseName, Quantity::kResponse},
                                       std::pair{kServiceName, Quantity::kService}}) {
    keys.push_back({std::string(name), quantity, 0, {}});
    for (const store::EndpointRow& endpoint : endpoints) {
      if (endpoint.endpoint != 0) {
        keys.push_back(
            {std::string(name) + suffix_of(endpoint, endpoints), quantity, endpoint.endpoint, {}});
      }
    }
  }
  const auto add = [&keys](std::string_view name, Quantity quantity,
                           stats::Outcome outcome = stats::Outcome::kOk) {
    keys.push_back({std::string(name), quantity, 0, outcome});
  };
  add("counter:client/requests", Quantity::kRequests);
  add("counter:client/success", Quantity::kSuccess);
  add("counter:client/failures", Quantity::kFailures);
  for (size_t k = 2; k < stats::kOutcomes; ++k) {
    const auto outcome = static_cast<stats::Outcome>(k);
    add("counter:client/failures/" + std::string(stats::outcome_name(outcome)), Quantity::kOutcome,
        outcome);
  }
  add("counter:client/received_bytes", Quantity::kBytesIn);
  add("counter:client/sent_bytes", Quantity::kBytesOut);
  add("counter:requests_sent", Quantity::kSent);
  add("gauge:client/connections", Quantity::kConnections);
  add("gauge:client/pending", Quantity::kPending);
  add("gauge:lag_p99_ms", Quantity::kLagP99);
  add("gauge:queue_depth", Quantity::kBacklog);
  return keys;
}

std::optional<Key> find_key(const std::vector<Key>& keys, std::string_view name) {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [name](const Key& key) { return key.name == name; });
  return found == keys.end() ? std::nullopt : std::optional(*found);
}

Series series_of_intervals(const Key& key, const std::vector<store::IntervalRow>& rows) {
  Series series;
  series.columns.resize(key.is_metric() ? kColumnQuantiles.size() : 1);
  for (const store::IntervalRow& row : rows) {
    if (!key.is_metric()) {
      series.seconds.push_back(row.key.start_s);
      series.columns[0].push_back(counter_value(key, row.aggregate));
      continue;
    }
    const stats::Distribution& distribution =
        key.quantity == Quantity::kResponse ? row.aggregate.response : row.aggregate.service;
    if (distribution.count() == 0) {
      continue;  // answers of earlier requests came in this second, but none was due in it
    }
    series.seconds.push_back(row.key.start_s);
    for (size_t k = 0; k < kColumnQuantiles.size(); ++k) {
      series.columns[k].push_back(distribution.quantile(kColumnQuantiles.at(k)).millis());
    }
  }
  return series;
}

Series series_of_health(const Key& key, const std::vector<store::HealthRow>& rows,
                        const Span& span) {
  if (key.quantity == Quantity::kSent) {
    return sent_series(rows, span);
  }
  std::map<uint64_t, double> seconds;
  for (const store::HealthRow& row : rows) {
    if (row.second < span.from_s || row.second >= span.to_s) {
      continue;
    }
    const double value = gauge_value(key, row);
    const auto [entry, fresh] = seconds.try_emplace(row.second, value);
    if (!fresh) {
      entry->second = combine_workers(key, entry->second, value);
    }
  }
  std::map<uint64_t, double> points;  // of a coarser interval the highest second
  for (const auto& [second, value] : seconds) {
    const auto [entry, fresh] = points.try_emplace(second - second % span.resolution, value);
    entry->second = std::max(entry->second, value);
  }
  return to_series(points);
}

Result<std::vector<store::HealthRow>> read_health(store::RunReader& reader, int64_t run,
                                                  const Span& span) {
  return reader.health(run, span.from_s - std::min(span.from_s, kHealthBeforeS), span.to_s);
}

Result<Series> read_series(store::RunReader& reader, int64_t run, const Key& key,
                           const Span& span) {
  if (key.is_of_health()) {
    MACAW_TRY_ASSIGN(const std::vector<store::HealthRow> rows, read_health(reader, run, span));
    return series_of_health(key, rows, span);
  }
  MACAW_TRY_ASSIGN(
      const std::vector<store::IntervalRow> rows,
      reader.intervals(run, span.resolution, key.endpoint, span.from_s, span.to_s, parts_of(key)));
  return series_of_intervals(key, rows);
}

int64_t started_s(const store::RunRow& run) {
  return std::chrono::floor<std::chrono::seconds>(run.start.started_at).time_since_epoch().count();
}

}  // namespace macaw::ui
