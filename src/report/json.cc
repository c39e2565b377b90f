// SPDX-License-Identifier: MIT
//
// The summary as JSON. Every field and unit is in JSON.md beside this file; change both.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "closed_loop.h"
#include "macaw/report/json_text.h"
#include "macaw/report/summary.h"
#include "phrases.h"

namespace macaw::report {

namespace {

/// The percentiles of JSON: one more than the tables have room for.
constexpr std::array<std::pair<const char*, double>, 6> kJsonQuantiles = {{
    {"p50_ms", 0.5},
    {"p90_ms", 0.9},
    {"p95_ms", 0.95},
    {"p99_ms", 0.99},
    {"p999_ms", 0.999},
    {"p9999_ms", 0.9999},
}};

double millis(uint64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

void add_run(JsonText& json, const store::RunRow& run) {
  const store::RunStart& start = run.start;
  json.key("run").integer(run.run);
  json.key("uuid").text(start.uuid);
  json.key("label").text(start.label);
  json.key("state").text(store::run_state_name(run.state));
  json.key("end_reason").text(run.end_reason);
  json.key("started_at").text(format_iso8601(start.started_at));
  json.key("elapsed_s").number(to_seconds(run.spans.elapsed));
  json.key("verdict").begin_object();
  if (run.state != store::RunState::kRunning) {
    json.key("kind").text(stats::verdict_name(run.verdict.kind));
  } else {
    json.key("kind").null();
  }
  json.key("reason").text(run.verdict.reason);
  json.end_object();
  json.key("plan").begin_object();
  json.key("argv").begin_array();
  for (const std::string& argument : start.argv) {
    json.text(argument);
  }
  json.end_array();
  json.key("working_folder").text(start.working_folder);
  json.key("file").text(start.file);
  json.key("file_sha256").text(start.file_sha256);
  json.key("file_provenance").text(start.file_provenance);
  json.key("target").text(start.target);
  json.key("profile").text(start.profile);
  json.key("arrivals").text(start.arrivals);
  json.key("seed").count(start.seed);
  json.key("requests").count(start.planned);
  json.key("duration_s").number(to_seconds(start.planned_duration));
  json.key("workers").count(start.workers);
  json.key("connections_max").count(start.connections);
  json.key("timeout_s").number(to_seconds(start.timeout));
  json.key("rows").text(start.rows.describe());
  json.key("lag_is_judged").boolean(start.lag_is_judged);
  json.end_object();
  json.key("host").text(start.host);
  json.key("versions").text(start.versions);
}

void add_outcomes(JsonText& json, const stats::Aggregate& aggregate) {
  json.key("outcomes").begin_object();
  for (size_t k = 1; k < stats::kOutcomes; ++k) {
    json.key(stats::outcome_name(static_cast<stats::Outcome>(k))).count(aggregate.outcomes.at(k));
  }
  json.end_object();
}

/// The answers by status, whatever we made of them.
void add_statuses(JsonText& json, const stats::Aggregate& aggregate) {
  std::map<uint16_t, uint64_t> answers;
  for (const auto& [key, count] : aggregate.statuses) {
    answers[key.status] += count;
  }
  answers.erase(0);
  const auto first_grpc = answers.lower_bound(stats::kGrpcStatusBase);
  json.key("statuses").begin_object();
  for (auto answer = answers.begin(); answer != first_grpc; ++answer) {
    json.key(fmt::format_int(answer->first).str()).count(answer->second);
  }
  json.end_object();
  json.key("grpc_statuses").begin_object();
  for (auto answer = first_grpc; answer != answers.end(); ++answer) {
    json.key(stats::grpc_status_name(answer->first)).count(answer->second);
  }
  json.end_object();
}

/// Null for an open loop.
void add_closed_loop(JsonText& json, const RunSummary& summary) {
  const store::RunRow& run = summary.run;
  json.key("closed_loop");
  if (run.start.users == 0) {
    json.null();
    return;
  }
  constexpr double kNull = std::numeric_limits<double>::quiet_NaN();
  const auto seconds_of = [](const std::optional<Nanos>& span) {
    return span ? to_seconds(*span) : kNull;
  };
  json.begin_object();
  json.key("users").count(run.start.users);
  json.key("mean_users").number(run.mean_users.value_or(kNull));
  json.key("think_s").number(seconds_of(run.start.think));
  json.key("pacing_s").number(seconds_of(run.start.pacing));
  const auto check = check_littles_law(summary);
  json.key("littles_law_users").number(check ? check->users() : kNull);
  json.end_object();
}

/// Null but for recorded times.
void add_fidelity(JsonText& json, const RunSummary& summary) {
  json.key("fidelity");
  if (!summary.fidelity) {
    json.null();
    return;
  }
  const stats::Fidelity& fidelity = *summary.fidelity;
  json.begin_object();
  json.key("requests").count(fidelity.requests);
  json.key("recorded_s").number(fidelity.planned_s);
  json.key("played_s").number(fidelity.played_s);
  json.key("gap_distance").number(fidelity.gap_distance);
  json.key("recorded_dispersion").number(fidelity.planned_dispersion);
  json.key("played_dispersion").number(fidelity.played_dispersion);
  json.end_object();
}

void add_counts(JsonText& json, const RunSummary& summary, const stats::Aggregate& total) {
  const store::RunCounts& counts = summary.run.counts;
  json.key("rate").begin_object();
  if (summary.run.start.target_rps > 0) {
    json.key("target_rps").number(summary.run.start.target_rps);
  } else {
    json.key("target_rps").null();
  }
  json.key("achieved_rps").number(summary.achieved_rps());
  json.key("sending_s").number(to_seconds(summary.run.spans.sending));
  json.key("warmup_s").number(to_seconds(summary.run.start.warmup));
  json.end_object();
  add_closed_loop(json, summary);
  add_fidelity(json, summary);
  json.key("counts").begin_object();
  json.key("scheduled").count(counts.scheduled);
  json.key("sent").count(counts.sent);
  json.key("unsent").count(counts.unsent);
  json.key("rows_lost").count(counts.rows_lost);
  json.key("left_out").count(counts.left_out.requests);
  if (has_ended(summary.run)) {
    json.key("holds").boolean(counts.holds(total));
  } else {
    json.key("holds").null();
  }
  add_outcomes(json, total);
  std::map<stats::UnsentReason, uint64_t> reasons;
  for (const store::UnsentRow& row : summary.unsent) {
    reasons[row.reason] += row.count;
  }
  json.key("unsent_reasons").begin_object();
  for (const auto& [reason, count] : reasons) {
    json.key(stats::unsent_reason_name(reason)).count(count);
  }
  json.end_object();
  json.end_object();
}

/// Names of fields that share a trait, collected while the values are written.
void add_names(JsonText& json, std::string_view name, const std::vector<std::string_view>& fields) {
  json.key(name).begin_array();
  for (const std::string_view field : fields) {
    json.text(field);
  }
  json.end_array();
}

void add_successes(JsonText& json, const stats::Distribution& clock) {
  const stats::Histogram& successes = clock.successes;
  json.key("successes").begin_object();
  json.key("count").count(successes.count());
  if (!successes.empty()) {
    std::vector<std::string_view> unsupported;
    json.key("mean_ms").number(successes.mean_ns() / 1e6);
    json.key("min_ms").number(millis(successes.min_ns()));
    for (const auto& [name, q] : kJsonQuantiles) {
      const stats::Quantile quantile = clock.success_quantile(q);
      json.key(name).number(millis(quantile.value_ns));
      if (!quantile.supported) {
        unsupported.emplace_back(name);
      }
    }
    json.key("max_ms").number(millis(successes.max_ns()));
    add_names(json, "unsupported", unsupported);
  }
  json.end_object();
}

void add_clock(JsonText& json, std::string_view name, const stats::Distribution& clock,
               Nanos timeout) {
  json.key(name).begin_object();
  json.key("count").count(clock.count());
  json.key("failures").count(clock.failures);
  const std::optional<Mean> mean = mean_of(clock, timeout);
  if (mean) {
    std::vector<std::string_view> failed;
    std::vector<std::string_view> unsupported;
    json.key("mean_ms").number(mean->at_least ? INFINITY : mean->ns / 1e6);
    json.key("mean_at_least_ms").number(mean->ns / 1e6);
    if (mean->at_least) {
      failed.emplace_back("mean_ms");
    }
    for (const auto& [field, q] : kJsonQuantiles) {
      const stats::Quantile quantile = clock.quantile(q);
      json.key(field).number(quantile.failed ? INFINITY : millis(quantile.value_ns));
      if (quantile.failed) {
        failed.emplace_back(field);
      }
      if (!quantile.supported) {
        unsupported.emplace_back(field);
      }
    }
    json.key("max_ms").number(clock.failures > 0 ? INFINITY : millis(clock.successes.max_ns()));
    if (clock.failures > 0) {
      failed.emplace_back("max_ms");
    }
    add_names(json, "failed", failed);
    add_names(json, "unsupported", unsupported);
  }
  add_successes(json, clock);
  json.end_object();
}

/// A span that every request has, so that it knows no failures.
void add_span(JsonText& json, std::string_view name, const stats::Histogram& histogram) {
  json.key(name).begin_object();
  json.key("count").count(histogram.count());
  if (!histogram.empty()) {
    const stats::Distribution all{histogram, 0};
    json.key("mean_ms").number(histogram.mean_ns() / 1e6);
    json.key("min_ms").number(millis(histogram.min_ns()));
    for (const auto& [field, q] : kJsonQuantiles) {
      json.key(field).number(millis(all.quantile(q).value_ns));
    }
    json.key("max_ms").number(millis(histogram.max_ns()));
  }
  json.end_object();
}

/// Null where no answer was a stream.
void add_streams(JsonText& json, const stats::StreamBook& streams, uint16_t endpoint) {
  json.key("streams");
  const auto found = streams.find(endpoint);
  if (found == streams.end()) {
    json.null();
    return;
  }
  const stats::StreamTotals& totals = found->second;
  json.begin_object();
  json.key("count").count(totals.streams);
  json.key("messages").count(totals.messages);
  json.key("bytes").count(totals.bytes);
  add_span(json, "first_message", totals.first_message);
  add_span(json, "per_message", totals.per_message);
  add_span(json, "gap_max", totals.gap);
  json.end_object();
}

void add_connections(JsonText& json, const stats::ConnectionBook& connections) {
  json.key("connections").begin_array();
  for (const auto& [kind, totals] : connections) {
    json.begin_object();
    json.key("protocol").text(stats::http_version_name(kind.http_version));
    json.key("tls");
    if (kind.tls_version != 0) {
      json.text(stats::tls_version_name(kind.tls_version));
    } else {
      json.null();
    }
    json.key("resumed").boolean(kind.resumed);
    json.key("opened").count(totals.opened());
    add_span(json, "connect", totals.connect);
    add_span(json, "handshake", totals.handshake);
    json.end_object();
  }
  json.end_array();
}

void add_endpoint_totals(JsonText& json, const store::EndpointTotals& row,
                         const stats::StreamBook& streams, Nanos timeout) {
  const stats::Aggregate& totals = row.totals;
  json.begin_object();
  json.key("endpoint").count(row.endpoint.endpoint);
  json.key("name").text(row.endpoint.name());
  json.key("method").text(row.endpoint.method);
  json.key("requests").count(totals.requests());
  json.key("errors").count(totals.errors());
  add_outcomes(json, totals);
  add_statuses(json, totals);
  json.key("bytes_in").count(totals.bytes_in);
  json.key("bytes_out").count(totals.bytes_out);
  json.key("resent").count(totals.resent);
  add_clock(json, "response_time", totals.response, timeout);
  add_clock(json, "service_time", totals.service, timeout);
  add_clock(json, "response_time_without_lag", totals.response_without_lag, timeout);
  add_span(json, "scheduler_lag", totals.lag);
  add_span(json, "connection_wait", totals.connection_wait);
  add_streams(json, streams, row.endpoint.endpoint);
  json.end_object();
}

void add_event(JsonText& json, const store::EventRow& event) {
  json.begin_object();
  json.key("kind").text(stats::event_kind_name(event.kind));
  json.key("at_s").number(to_seconds(event.at));
  json.key("worker").count(event.worker);
  json.key("count").count(event.count);
  json.key("text").text(event.text);
  if (event.kind == stats::EventKind::kError) {
    json.key("outcome").text(stats::outcome_name(event.outcome));
    json.key("endpoint").count(event.endpoint);
    json.key("request").integer(event.value);
  } else {
    json.key("value").integer(event.value);
  }
  json.end_object();
}

}  // namespace

std::string format_json(const RunSummary& summary) {
  const stats::Aggregate& total = total_of(summary);
  JsonText json(JsonText::Layout::kPretty);
  json.begin_object();
  json.key("format").text("macaw-report/1");
  json.key("database").text(summary.database);
  add_run(json, summary.run);
  add_counts(json, summary, total);
  json.key("endpoints").begin_array();
  for (const store::EndpointTotals& row : summary.totals) {
    add_endpoint_totals(json, row, summary.streams, summary.run.start.timeout);
  }
  json.end_array();
  add_connections(json, summary.connections);
  json.key("errors").begin_array();
  for (const store::EventRow& error : summary.errors) {
    add_event(json, error);
  }
  json.end_array();
  json.key("events").begin_array();
  for (const store::EventRow& event : summary.events) {
    add_event(json, event);
  }
  json.end_array();
  json.end_object();
  return json.take() + "\n";
}

std::string format_run_list_json(const std::vector<store::RunRow>& runs) {
  JsonText json(JsonText::Layout::kPretty);
  json.begin_object();
  json.key("format").text("macaw-runs/1");
  json.key("runs").begin_array();
  for (const store::RunRow& run : runs) {
    json.begin_object();
    add_run(json, run);
    json.key("counts").begin_object();
    json.key("scheduled").count(run.counts.scheduled);
    json.key("sent").count(run.counts.sent);
    json.key("unsent").count(run.counts.unsent);
    json.key("rows_lost").count(run.counts.rows_lost);
    json.end_object();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take() + "\n";
}

}  // namespace macaw::report
