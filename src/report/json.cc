// SPDX-License-Identifier: MIT
//
// The summary as JSON. Every field and unit is in JSON.md beside this file; change both.
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <cmath>
#include <map>

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

/// RapidJSON's writer with the few shapes that we need. Invalid UTF-8 (a path may hold any bytes)
/// is replaced, so that the output is always JSON.
class Json {
 public:
  Json() : writer_(buffer_) { writer_.SetIndent(' ', 2); }

  void begin_object() { writer_.StartObject(); }

  void begin_object(std::string_view name) {
    key(name);
    writer_.StartObject();
  }

  void end_object() { writer_.EndObject(); }

  void begin_array(std::string_view name) {
    key(name);
    writer_.StartArray();
  }

  void end_array() { writer_.EndArray(); }

  void text(std::string_view value) {
    const std::string valid = valid_utf8(value);
    writer_.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
  }

  void text(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }

  void count(std::string_view name, uint64_t value) {
    key(name);
    writer_.Uint64(value);
  }

  void integer(std::string_view name, int64_t value) {
    key(name);
    writer_.Int64(value);
  }

  /// null when not finite.
  void number(std::string_view name, double value) {
    key(name);
    if (std::isfinite(value)) {
      writer_.Double(value);
    } else {
      writer_.Null();
    }
  }

  void boolean(std::string_view name, bool value) {
    key(name);
    writer_.Bool(value);
  }

  void null(std::string_view name) {
    key(name);
    writer_.Null();
  }

  std::string take() { return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n"; }

 private:
  static std::string valid_utf8(std::string_view text);

  void key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer_;
};

/// Length of the UTF-8 sequence at `text[at]`, or 0 when there is none.
size_t sequence_length(std::string_view text, size_t at) {
  const auto byte = [text](size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char first = byte(at);
  const size_t length = first < 0x80                     ? 1
                        : first >= 0xC2 && first < 0xE0  ? 2
                        : first >= 0xE0 && first < 0xF0  ? 3
                        : first >= 0xF0 && first <= 0xF4 ? 4
                                                         : 0;
  if (length == 0 || at + length > text.size()) {
    return 0;
  }
  for (size_t k = at + 1; k < at + length; ++k) {
    if ((byte(k) & 0xC0) != 0x80) {
      return 0;
    }
  }
  const unsigned char second = length > 1 ? byte(at + 1) : 0x80;
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || outside ? 0 : length;
}

std::string Json::valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t length = sequence_length(text, at);
    out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(at, length);
    at += std::max<size_t>(length, 1);
  }
  return out;
}

std::string_view state_name(store::RunState state) {
  switch (state) {
    case store::RunState::kRunning:
      return "running";
    case store::RunState::kFinished:
      return "finished";
    case store::RunState::kInterrupted:
      return "interrupted";
    default:
      return "killed";
  }
}

double millis(uint64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

void add_run(Json& json, const store::RunRow& run) {
  const store::RunStart& start = run.start;
  json.integer("run", run.run);
  json.text("uuid", start.uuid);
  json.text("label", start.label);
  json.text("state", state_name(run.state));
  json.text("end_reason", run.end_reason);
  json.text("started_at", format_iso8601(start.started_at));
  json.number("elapsed_s", to_seconds(run.elapsed));
  json.begin_object("verdict");
  if (has_verdict(run)) {
    json.text("kind", stats::verdict_name(run.verdict.kind));
  } else {
    json.null("kind");
  }
  json.text("reason", run.verdict.reason);
  json.end_object();
  json.begin_object("plan");
  json.begin_array("argv");
  for (const std::string& argument : start.argv) {
    json.text(argument);
  }
  json.end_array();
  json.text("working_folder", start.working_folder);
  json.text("file", start.file);
  json.text("file_sha256", start.file_sha256);
  json.text("file_provenance", start.file_provenance);
  json.text("target", start.target);
  json.text("profile", start.profile);
  json.text("arrivals", start.arrivals);
  json.count("seed", start.seed);
  json.count("requests", start.planned);
  json.number("duration_s", to_seconds(start.planned_duration));
  json.count("workers", start.workers);
  json.count("connections_max", start.connections);
  json.number("timeout_s", to_seconds(start.timeout));
  json.text("rows", start.rows.describe());
  json.boolean("lag_is_judged", start.lag_is_judged);
  json.end_object();
  json.text("host", start.host);
  json.text("versions", start.versions);
}

void add_outcomes(Json& json, const stats::Aggregate& aggregate) {
  json.begin_object("outcomes");
  for (size_t k = 1; k < stats::kOutcomes; ++k) {
    json.count(stats::outcome_name(static_cast<stats::Outcome>(k)), aggregate.outcomes.at(k));
  }
  json.end_object();
}

void add_counts(Json& json, const RunSummary& summary, const stats::Aggregate& total) {
  const store::RunCounts& counts = summary.run.counts;
  json.begin_object("rate");
  if (summary.run.start.target_rps > 0) {
    json.number("target_rps", summary.run.start.target_rps);
  } else {
    json.null("target_rps");
  }
  json.number("achieved_rps", summary.achieved_rps());
  json.number("sending_s", to_seconds(summary.sending));
  json.end_object();
  json.begin_object("counts");
  json.count("scheduled", counts.scheduled);
  json.count("sent", counts.sent);
  json.count("unsent", counts.unsent);
  json.count("rows_lost", counts.rows_lost);
  if (has_verdict(summary.run)) {
    json.boolean("holds", counts.holds(total));
  } else {
    json.null("holds");
  }
  add_outcomes(json, total);
  std::map<stats::UnsentReason, uint64_t> reasons;
  for (const store::UnsentRow& row : summary.unsent) {
    reasons[row.reason] += row.count;
  }
  json.begin_object("unsent_reasons");
  for (const auto& [reason, count] : reasons) {
    json.count(stats::unsent_reason_name(reason), count);
  }
  json.end_object();
  json.end_object();
}

/// Names of fields that share a trait, collected while the values are written.
void add_names(Json& json, std::string_view name, const std::vector<std::string_view>& fields) {
  json.begin_array(name);
  for (const std::string_view field : fields) {
    json.text(field);
  }
  json.end_array();
}

void add_successes(Json& json, const stats::Distribution& clock) {
  const stats::Histogram& successes = clock.successes;
  json.begin_object("successes");
  json.count("count", successes.count());
  if (!successes.empty()) {
    std::vector<std::string_view> unsupported;
    json.number("mean_ms", successes.mean_ns() / 1e6);
    json.number("min_ms", millis(successes.min_ns()));
    for (const auto& [name, q] : kJsonQuantiles) {
      const stats::Quantile quantile = clock.success_quantile(q);
      json.number(name, millis(quantile.value_ns));
      if (!quantile.supported) {
        unsupported.emplace_back(name);
      }
    }
    json.number("max_ms", millis(successes.max_ns()));
    add_names(json, "unsupported", unsupported);
  }
  json.end_object();
}

void add_clock(Json& json, std::string_view name, const stats::Distribution& clock, Nanos timeout) {
  json.begin_object(name);
  json.count("count", clock.count());
  json.count("failures", clock.failures);
  const std::optional<Mean> mean = mean_of(clock, timeout);
  if (mean) {
    std::vector<std::string_view> failed;
    std::vector<std::string_view> unsupported;
    json.number("mean_ms", mean->at_least ? INFINITY : mean->ns / 1e6);
    json.number("mean_at_least_ms", mean->ns / 1e6);
    if (mean->at_least) {
      failed.emplace_back("mean_ms");
    }
    for (const auto& [field, q] : kJsonQuantiles) {
      const stats::Quantile quantile = clock.quantile(q);
      json.number(field, quantile.failed ? INFINITY : millis(quantile.value_ns));
      if (quantile.failed) {
        failed.emplace_back(field);
      }
      if (!quantile.supported) {
        unsupported.emplace_back(field);
      }
    }
    json.number("max_ms", clock.failures > 0 ? INFINITY : millis(clock.successes.max_ns()));
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
void add_span(Json& json, std::string_view name, const stats::Histogram& histogram) {
  json.begin_object(name);
  json.count("count", histogram.count());
  if (!histogram.empty()) {
    const stats::Distribution all{histogram, 0};
    json.number("mean_ms", histogram.mean_ns() / 1e6);
    json.number("min_ms", millis(histogram.min_ns()));
    for (const auto& [field, q] : kJsonQuantiles) {
      json.number(field, millis(all.quantile(q).value_ns));
    }
    json.number("max_ms", millis(histogram.max_ns()));
  }
  json.end_object();
}

void add_endpoint(Json& json, const store::EndpointTotals& row, Nanos timeout) {
  const stats::Aggregate& totals = row.totals;
  json.begin_object();
  json.count("endpoint", row.endpoint.endpoint);
  json.text("name", row.endpoint.name());
  json.text("method", row.endpoint.method);
  json.count("requests", totals.requests());
  json.count("errors", totals.errors());
  add_outcomes(json, totals);
  json.count("bytes_in", totals.bytes_in);
  json.count("bytes_out", totals.bytes_out);
  json.count("resent", totals.resent);
  add_clock(json, "response_time", totals.response, timeout);
  add_clock(json, "service_time", totals.service, timeout);
  add_clock(json, "response_time_without_lag", totals.response_without_lag, timeout);
  add_span(json, "scheduler_lag", totals.lag);
  add_span(json, "connection_wait", totals.connection_wait);
  json.end_object();
}

void add_event(Json& json, const store::EventRow& event) {
  json.begin_object();
  json.text("kind", stats::event_kind_name(event.kind));
  json.number("at_s", to_seconds(event.at));
  json.count("worker", event.worker);
  json.count("count", event.count);
  json.text("text", event.text);
  if (event.kind == stats::EventKind::kError) {
    json.text("outcome", stats::outcome_name(event.outcome));
    json.count("endpoint", event.endpoint);
    json.integer("request", event.value);
  } else {
    json.integer("value", event.value);
  }
  json.end_object();
}

}  // namespace

std::string format_json(const RunSummary& summary) {
  const stats::Aggregate& total = total_of(summary);
  Json json;
  json.begin_object();
  json.text("format", "macaw-report/1");
  json.text("database", summary.database);
  add_run(json, summary.run);
  add_counts(json, summary, total);
  json.begin_array("endpoints");
  for (const store::EndpointTotals& row : summary.totals) {
    add_endpoint(json, row, summary.run.start.timeout);
  }
  json.end_array();
  json.begin_array("errors");
  for (const store::EventRow& error : summary.errors) {
    add_event(json, error);
  }
  json.end_array();
  json.begin_array("events");
  for (const store::EventRow& event : summary.events) {
    add_event(json, event);
  }
  json.end_array();
  json.end_object();
  return json.take();
}

std::string format_run_list_json(const std::vector<store::RunRow>& runs) {
  Json json;
  json.begin_object();
  json.text("format", "macaw-runs/1");
  json.begin_array("runs");
  for (const store::RunRow& run : runs) {
    json.begin_object();
    add_run(json, run);
    json.begin_object("counts");
    json.count("scheduled", run.counts.scheduled);
    json.count("sent", run.counts.sent);
    json.count("unsent", run.counts.unsent);
    json.count("rows_lost", run.counts.rows_lost);
    json.end_object();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace macaw::report
