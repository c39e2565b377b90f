// SPDX-License-Identifier: MIT
//
// What our own page asks for: runs, one run, and the columns of its charts. Shapes: API.md.
#include <algorithm>
#include <map>

#include "macaw/report/json_text.h"
#include "router.h"
#include "run_choice.h"
#include "series.h"

namespace macaw::ui {

namespace {

using report::JsonText;

/// Points that a chart gets at most, unless the page asks for a resolution.
constexpr uint64_t kPointsMax = 4000;

void add_run(JsonText& json, const store::RunRow& run) {
  const store::RunStart& start = run.start;
  json.key("run").integer(run.run);
  json.key("label").text(start.label);
  json.key("state").text(store::run_state_name(run.state));
  json.key("end_reason").text(run.end_reason);
  json.key("started_s").integer(started_s(run));
  json.key("elapsed_s").number(to_seconds(run.spans.elapsed));
  json.key("file").text(start.file);
  json.key("target").text(start.target);
  json.key("profile").text(start.profile);
  json.key("arrivals").text(start.arrivals);
  json.key("target_rps").number(start.target_rps);
  json.key("planned").count(start.planned);
  json.key("planned_s").number(to_seconds(start.planned_duration));
  json.key("connections").count(start.connections);
  json.key("timeout_s").number(to_seconds(start.timeout));
  json.key("scheduled").count(run.counts.scheduled);
  json.key("sent").count(run.counts.sent);
  json.key("verdict");
  if (run.state == store::RunState::kRunning) {
    json.null();
  } else {
    json.text(stats::verdict_name(run.verdict.kind));
  }
  json.key("reason").text(run.verdict.reason);
}

/// The answer while there is no run: 200, so that the page goes on asking without an alarm.
server::Response waiting(const RunChoice& choice) {
  JsonText json;
  json.begin_object().key("run").null().key("waiting_for").text(choice.waiting_for).end_object();
  return json_response(json.take());
}

/// The resolution that keeps a span within kPointsMax.
uint32_t resolution_for(uint64_t seconds) {
  for (const uint32_t resolution : stats::kResolutions) {
    if (seconds / resolution <= kPointsMax) {
      return resolution;
    }
  }
  return stats::kResolutions.back();
}

/// Columns that stand below every chart.
void add_traffic(JsonText& json, const std::vector<store::IntervalRow>& rows) {
  std::vector<uint64_t> seconds;
  std::vector<uint64_t> requests;
  std::vector<uint64_t> errors;
  std::vector<uint64_t> completed;
  std::map<size_t, std::vector<uint64_t>> outcomes;
  for (const store::IntervalRow& row : rows) {
    for (size_t k = 2; k < stats::kOutcomes; ++k) {
      if (row.aggregate.outcomes.at(k) > 0) {
        outcomes[k].reserve(rows.size());
      }
    }
  }
  for (const store::IntervalRow& row : rows) {
    seconds.push_back(row.key.start_s);
    requests.push_back(row.aggregate.requests());
    errors.push_back(row.aggregate.errors());
    completed.push_back(row.aggregate.completed);
    for (auto& [outcome, counts] : outcomes) {
      counts.push_back(row.aggregate.outcomes.at(outcome));
    }
  }
  json.key("traffic").begin_object();
  json.key("t").counts(seconds);
  json.key("requests").counts(requests);
  json.key("completed").counts(completed);
  json.key("errors").counts(errors);
  json.key("outcomes").begin_object();
  for (const auto& [outcome, counts] : outcomes) {
    json.key(stats::outcome_name(static_cast<stats::Outcome>(outcome))).counts(counts);
  }
  json.end_object().end_object();
}

/// Requests that were due, by second: what the scheduler counted. The page draws a constant rate
/// as a straight line instead, because health rows come only about once a second.
void add_due(JsonText& json, const std::vector<store::HealthRow>& rows, const Span& span) {
  std::map<uint64_t, double> points;
  std::map<uint32_t, uint64_t> before;
  for (const store::HealthRow& row : rows) {
    const auto [entry, first] = before.try_emplace(row.worker, 0);
    if ((!first || span.from_s == 0) && row.second >= span.from_s && row.second < span.to_s) {
      points[row.second - row.second % span.resolution] +=
          static_cast<double>(row.scheduled - std::min(entry->second, row.scheduled));
    }
    entry->second = std::max(entry->second, row.scheduled);
  }
  std::vector<uint64_t> seconds;
  std::vector<double> values;
  for (const auto& [second, value] : points) {
    seconds.push_back(second);
    values.push_back(value);
  }
  json.key("due").begin_object();
  json.key("t").counts(seconds).key("requests").numbers(values).end_object();
}

void add_series(JsonText& json, const Series& series) {
  json.key("series").begin_object();
  json.key("t").counts(series.seconds).key("columns").begin_array();
  for (const std::vector<double>& column : series.columns) {
    json.numbers(column);
  }
  json.end_array().end_object();
}

struct SeriesRequest {
  Key key;
  Span span;
  uint64_t end_s = 0;  ///< of the run, so far
};

Result<SeriesRequest> series_request(const RunChoice& choice, const Query& query) {
  SeriesRequest request;
  const std::string name = query.text("g").value_or(std::string(kFirstKey));
  const std::optional<Key> key = find_key(keys_of(choice.endpoints), name);
  if (!key) {
    return errorf("no such key: {}; /graph_data lists them", name);
  }
  request.key = *key;
  MACAW_TRY_ASSIGN(const uint64_t endpoint, query.number("endpoint", key->endpoint, UINT16_MAX));
  if (!key->is_of_health()) {
    request.key.endpoint = static_cast<uint16_t>(endpoint);
  }
  MACAW_TRY_ASSIGN(request.span, span_of(query));
  request.end_s = static_cast<uint64_t>(to_seconds(choice.run->spans.elapsed)) + 1;
  if (!query.text("resolution")) {
    Span& span = request.span;
    const uint64_t to_s = std::min(span.to_s, request.end_s);
    span.resolution = resolution_for(to_s - std::min(to_s, span.from_s));
    span.from_s -= span.from_s % span.resolution;
  }
  return request;
}

Result<server::Response> read_and_answer(const RunChoice& choice, const SeriesRequest& request) {
  const store::RunRow& run = *choice.run;
  const Key& key = request.key;
  const Span& span = request.span;
  MACAW_TRY_ASSIGN(
      const std::vector<store::IntervalRow> intervals,
      choice.reader->intervals(run.run, span.resolution, key.endpoint, span.from_s, span.to_s));
  MACAW_TRY_ASSIGN(const std::vector<store::HealthRow> health,
                   read_health(*choice.reader, run.run, span));
  JsonText json;
  json.begin_object();
  add_run(json, run);
  json.key("newest").integer(choice.newest);
  json.key("key").text(key.name);
  json.key("endpoint").count(key.endpoint);
  json.key("resolution").count(span.resolution);
  json.key("from").count(span.from_s);
  json.key("end").count(request.end_s);
  add_series(json, key.is_of_health() ? series_of_health(key, health, span)
                                      : series_of_intervals(key, intervals));
  add_traffic(json, intervals);
  add_due(json, health, span);
  json.end_object();
  return json_response(json.take());
}

}  // namespace

server::Response api_runs(Database& database) {
  JsonText json;
  json.begin_object();
  const Result<store::RunReader*> reader = database.reader();
  std::vector<store::RunRow> runs;
  std::string waiting_for;
  if (!reader.ok()) {
    waiting_for = reader.error().message();
  } else if (auto read = (*reader)->runs(); read.ok()) {
    runs = std::move(*read);
  } else {
    waiting_for = read.error().message();
  }
  json.key("database").text(database.path());
  json.key("waiting_for").text(waiting_for);
  json.key("runs").begin_array();
  for (const store::RunRow& run : runs) {
    json.begin_object();
    add_run(json, run);
    json.end_object();
  }
  json.end_array().end_object();
  return json_response(json.take());
}

server::Response api_run(Database& database, const Query& query) {
  const RunChoice choice = choose_run(database, query);
  if (choice.refusal) {
    return *choice.refusal;
  }
  if (!choice.run) {
    return waiting(choice);
  }
  JsonText json;
  json.begin_object();
  add_run(json, *choice.run);
  json.key("newest").integer(choice.newest);
  json.key("endpoints").begin_array();
  for (const store::EndpointRow& endpoint : choice.endpoints) {
    json.begin_object();
    json.key("endpoint").count(endpoint.endpoint);
    json.key("method").text(endpoint.method);
    json.key("name").text(endpoint.name());
    json.end_object();
  }
  json.end_array();
  json.key("keys").begin_array();
  for (const Key& key : keys_of(choice.endpoints)) {
    json.text(key.name);
  }
  json.end_array().end_object();
  return json_response(json.take());
}

server::Response api_series(Database& database, const Query& query) {
  const RunChoice choice = choose_run(database, query);
  if (choice.refusal) {
    return *choice.refusal;
  }
  if (!choice.run) {
    return waiting(choice);
  }
  const Result<SeriesRequest> request = series_request(choice, query);
  if (!request.ok()) {
    return text_response(400, request.error().message());
  }
  Result<server::Response> response = read_and_answer(choice, *request);
  return response.ok() ? std::move(*response) : text_response(500, response.error().message());
}

}  // namespace macaw::ui
