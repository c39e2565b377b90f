// SPDX-License-Identifier: MIT
//
// Which metrics there are.
#include "metrics.h"

#include <algorithm>
#include <map>

namespace macaw::ui {

namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Families in order, each written once.
class Families {
 public:
  MetricFamily& add(std::string_view name, MetricType type, std::string_view help) {
    MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    families_.push_back(std::move(family));
    return families_.back();
  }

  void add(MetricFamily family) { families_.push_back(std::move(family)); }

  void gauge(std::string_view name, double value, std::string_view help) {
    add(name, MetricType::kGauge, help).metrics.push_back({.value = value});
  }

  void counter(std::string_view name, uint64_t value, std::string_view help) {
    add(name, MetricType::kCounter, help).metrics.push_back({.value = static_cast<double>(value)});
  }

  std::vector<MetricFamily> take() { return std::move(families_); }

 private:
  std::vector<MetricFamily> families_;
};

Labels labels_of(const store::EndpointRow& endpoint) {
  return {{"method", endpoint.method}, {"endpoint", endpoint.name()}};
}

void add_run(Families& families, const store::RunRow& run, const replay::RunStatus* live) {
  const store::RunStart& start = run.start;
  families.add("macaw_run_info", MetricType::kGauge, "The run that the other metrics are of.")
      .metrics.push_back({.labels = {{"run", std::to_string(run.run)},
                                     {"label", start.label},
                                     {"file", start.file},
                                     {"target", start.target},
                                     {"profile", start.profile},
                                     {"state", std::string(store::run_state_name(run.state))}},
                          .value = 1});
  families.gauge("macaw_run_start_time_seconds",
                 static_cast<double>(start.started_at.time_since_epoch().count()) / 1e9,
                 "When the run's time 0 was, in seconds since the epoch.");
  families.gauge("macaw_run_elapsed_seconds", to_seconds(run.spans.elapsed),
                 "The run's time so far.");
  families.gauge("macaw_run_paused", live != nullptr && live->paused ? 1 : 0,
                 "1 while the run is paused.");
  const double stored = start.target_rps;
  const double target = live != nullptr ? live->target_rps.value_or(stored) : stored;
  if (target > 0) {
    families.gauge(
        "macaw_target_requests_per_second", target,
        "The rate that the plan asks for: now, while the run plays; afterwards its mean.");
  }
  families.counter("macaw_scheduled_requests_total", run.counts.scheduled,
                   "Requests that were due so far.");
  families.counter("macaw_sent_requests_total", run.counts.sent,
                   "Requests whose first byte was written.");
  families.counter("macaw_unsent_requests_total", run.counts.unsent,
                   "Requests that were due and never sent; known at the end of the run.");
  families.counter("macaw_lost_rows_total", run.counts.rows_lost,
                   "Rows that could not be stored; known at the end of the run.");
}

using Totals = std::vector<store::EndpointTotals>;

void write_outcomes(Families& families, const Totals& totals) {
  MetricFamily& requests =
      families.add("macaw_requests_total", MetricType::kCounter,
                   "Requests that have ended, by outcome; everything but ok is an error.");
  for (const store::EndpointTotals& row : totals) {
    if (row.endpoint.endpoint == 0) {
      continue;  // the others add up to it
    }
    for (size_t k = 1; k < stats::kOutcomes; ++k) {
      const auto outcome = static_cast<stats::Outcome>(k);
      if (row.totals.outcomes.at(k) > 0 || outcome == stats::Outcome::kOk) {
        Labels labels = labels_of(row.endpoint);
        labels.emplace_back("outcome", stats::outcome_name(outcome));
        requests.metrics.push_back(
            {.labels = std::move(labels), .value = static_cast<double>(row.totals.outcomes.at(k))});
      }
    }
  }
}

template <typename Get>
void add_counts(Families& families, std::string_view name, std::string_view help,
                const Totals& totals, Get get) {
  MetricFamily& family = families.add(name, MetricType::kCounter, help);
  for (const store::EndpointTotals& row : totals) {
    if (row.endpoint.endpoint != 0) {
      family.metrics.push_back(
          {.labels = labels_of(row.endpoint), .value = static_cast<double>(get(row.totals))});
    }
  }
}

void add_times(Families& families, const Totals& totals) {
  MetricFamily& response = families.add(
      "macaw_response_time_seconds", MetricType::kHistogram,
      "From the intended send to the whole answer. Errors are above every border but +Inf, and not "
      "in the sum.");
  for (const store::EndpointTotals& row : totals) {
    if (row.endpoint.endpoint != 0) {
      response.metrics.push_back({.labels = labels_of(row.endpoint), .times = row.totals.response});
    }
  }
  MetricFamily& service =
      families.add("macaw_service_time_seconds", MetricType::kHistogram,
                   "From the actual send to the whole answer; errors as in the response time.");
  for (const store::EndpointTotals& row : totals) {
    if (row.endpoint.endpoint != 0) {
      service.metrics.push_back({.labels = labels_of(row.endpoint), .times = row.totals.service});
    }
  }
  if (totals.empty() || totals.front().endpoint.endpoint != 0) {
    return;
  }
  const stats::Aggregate& all = totals.front().totals;
  families
      .add("macaw_scheduler_lag_seconds", MetricType::kHistogram,
           "How late our own scheduler took requests up; of everybody.")
      .metrics.push_back({.times = stats::Distribution{all.lag, 0}});
  families
      .add("macaw_connection_wait_seconds", MetricType::kHistogram,
           "How long requests that were taken up waited for a connection; of everybody.")
      .metrics.push_back({.times = stats::Distribution{all.connection_wait, 0}});
}

void write_health(Families& families, const std::vector<store::HealthRow>& health) {
  uint64_t in_flight = 0;
  uint64_t waiting = 0;
  uint64_t connections = 0;
  double lag_p99_ms = 0;
  for (const store::HealthRow& row : health) {
    in_flight += row.in_flight;
    waiting += row.backlog;
    connections += row.connections;
    lag_p99_ms = std::max(lag_p99_ms, row.lag_p99_ms);
  }
  families.gauge("macaw_in_flight_requests", static_cast<double>(in_flight),
                 "Sent and not answered, at the end of the last second.");
  families.gauge("macaw_waiting_requests", static_cast<double>(waiting),
                 "Due and waiting for a connection, at the end of the last second.");
  families.gauge("macaw_open_connections", static_cast<double>(connections),
                 "Connections at the end of the last second.");
  families.gauge("macaw_scheduler_lag_p99_seconds", lag_p99_ms / 1e3,
                 "99th percentile of the scheduler lag in the last second, of the worst worker.");
  MetricFamily& busy = families.add("macaw_worker_busy_ratio", MetricType::kGauge,
                                    "Share of the last second that a worker's loop was busy.");
  MetricFamily cpu{.name = "macaw_worker_cpu_ratio",
                   .help = "Share of the last second that a worker's thread ran.",
                   .type = MetricType::kGauge};
  for (const store::HealthRow& row : health) {
    const Labels labels = {{"worker", std::to_string(row.worker)}};
    busy.metrics.push_back({.labels = labels, .value = row.busy_share});
    cpu.metrics.push_back({.labels = labels, .value = row.cpu_share});
  }
  families.add(cpu.name, cpu.type, cpu.help).metrics = std::move(cpu.metrics);
}

Labels labels_of(const stats::ConnectionKind& kind) {
  return {{"protocol", std::string(stats::http_version_name(kind.http_version))},
          {"tls", std::string(stats::tls_version_name(kind.tls_version))},
          {"resumed", kind.resumed ? "1" : "0"}};
}

void write_connections(Families& families, const stats::ConnectionBook& connections) {
  if (connections.empty()) {
    return;
  }
  MetricFamily opened{.name = "macaw_connections_opened_total",
                      .help = "Connections that came up.",
                      .type = MetricType::kCounter};
  MetricFamily connect{.name = "macaw_connect_time_seconds",
                       .help = "Of connections that came up: TCP, or a Unix socket.",
                       .type = MetricType::kHistogram};
  MetricFamily handshake{.name = "macaw_tls_handshake_time_seconds",
                         .help = "From the end of the connect to that of the TLS handshake.",
                         .type = MetricType::kHistogram};
  for (const auto& [kind, totals] : connections) {
    const Labels labels = labels_of(kind);
    opened.metrics.push_back({.labels = labels, .value = static_cast<double>(totals.opened())});
    connect.metrics.push_back({.labels = labels, .times = stats::Distribution{totals.connect, 0}});
    if (kind.tls_version != 0) {
      handshake.metrics.push_back(
          {.labels = labels, .times = stats::Distribution{totals.handshake, 0}});
    }
  }
  families.add(std::move(opened));
  families.add(std::move(connect));
  if (!handshake.metrics.empty()) {
    families.add(std::move(handshake));
  }
}

void write_streams(Families& families, const stats::StreamBook& streams, const Totals& totals) {
  if (streams.empty()) {
    return;
  }
  MetricFamily messages{.name = "macaw_stream_messages_total",
                        .help = "Messages of streamed answers.",
                        .type = MetricType::kCounter};
  MetricFamily first{.name = "macaw_stream_first_message_seconds",
                     .help = "From the intended send to the first message of a streamed answer.",
                     .type = MetricType::kHistogram};
  MetricFamily gap{.name = "macaw_stream_longest_gap_seconds",
                   .help = "The longest time between two messages of a streamed answer.",
                   .type = MetricType::kHistogram};
  for (const store::EndpointTotals& row : totals) {
    const auto found = streams.find(row.endpoint.endpoint);
    if (row.endpoint.endpoint == 0 || found == streams.end()) {
      continue;
    }
    const Labels labels = labels_of(row.endpoint);
    const stats::StreamTotals& sums = found->second;
    messages.metrics.push_back({.labels = labels, .value = static_cast<double>(sums.messages)});
    first.metrics.push_back(
        {.labels = labels, .times = stats::Distribution{sums.first_message, 0}});
    gap.metrics.push_back({.labels = labels, .times = stats::Distribution{sums.gap, 0}});
  }
  families.add(std::move(messages));
  families.add(std::move(first));
  families.add(std::move(gap));
}

}  // namespace

std::vector<MetricFamily> metrics_of(const StoredRun* run, const replay::RunStatus* live) {
  Families families;
  const bool playing = run != nullptr && run->run.state == store::RunState::kRunning;
  families.gauge("macaw_run_playing", playing ? 1 : 0, "1 while the run is being played.");
  if (run == nullptr) {
    return families.take();
  }
  add_run(families, run->run, live);
  write_outcomes(families, run->totals);
  add_counts(families, "macaw_received_bytes_total", "Bytes of answers.", run->totals,
             [](const stats::Aggregate& totals) { return totals.bytes_in; });
  add_counts(families, "macaw_written_bytes_total", "Bytes of requests.", run->totals,
             [](const stats::Aggregate& totals) { return totals.bytes_out; });
  add_counts(families, "macaw_resent_requests_total",
             "Requests sent again after a stale connection.", run->totals,
             [](const stats::Aggregate& totals) { return totals.resent; });
  add_times(families, run->totals);
  write_connections(families, run->connections);
  write_streams(families, run->streams, run->totals);
  write_health(families, run->health);
  return families.take();
}

std::vector<store::HealthRow> newest_health(const std::vector<store::HealthRow>& rows) {
  std::map<uint32_t, store::HealthRow> newest;
  for (const store::HealthRow& row : rows) {
    const auto [found, is_first] = newest.try_emplace(row.worker, row);
    if (!is_first && row.scheduled > 0 && row.second > found->second.second) {
      found->second = row;
    }
  }
  std::vector<store::HealthRow> list;
  list.reserve(newest.size());
  for (auto& [worker, row] : newest) {
    list.push_back(row);
  }
  return list;
}

const std::vector<uint64_t>& bucket_borders_ns() {
  static const std::vector<uint64_t> borders = [] {
    std::vector<uint64_t> made;
    for (uint64_t decade = 100'000; decade <= 100'000'000'000; decade *= 10) {
      for (const uint64_t part : {1U, 2U, 5U}) {
        if (decade * part <= 100'000'000'000) {
          made.push_back(
              stats::Histogram::bucket_highest(stats::Histogram::bucket_of(decade * part)));
        }
      }
    }
    return made;
  }();
  return borders;
}

}  // namespace macaw::ui
