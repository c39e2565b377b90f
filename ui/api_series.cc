// SPDX-License-Identifier: MIT
//
// The columns of the page's time charts. Shapes: API.md.
#include <algorithm>
#include <cmath>
#include <map>

#include "chart_request.h"
#include "macaw/report/json_text.h"
#include "router.h"
#include "run_json.h"

namespace macaw::ui {

namespace {

using report::JsonText;

Series clock_series(Quantity clock, const std::vector<store::IntervalRow>& rows) {
  Key key;
  key.quantity = clock;
  return series_of_intervals(key, rows);
}

void add_clock_series(JsonText& json, const char* name, const Series& series) {
  json.key(name).begin_object();
  json.key("t").counts(series.seconds).key("columns").begin_array();
  for (const std::vector<double>& column : series.columns) {
    json.numbers(column);
  }
  json.end_array().end_object();
}

void add_traffic(JsonText& json, const std::vector<store::IntervalRow>& rows) {
  using Column = std::vector<uint64_t>;
  Column seconds;
  Column requests;
  Column errors;
  Column completed;
  Column bytes_in;
  Column bytes_out;
  std::map<size_t, Column> outcomes;
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
    bytes_in.push_back(row.aggregate.bytes_in);
    bytes_out.push_back(row.aggregate.bytes_out);
    for (auto& [outcome, counts] : outcomes) {
      counts.push_back(row.aggregate.outcomes.at(outcome));
    }
  }
  json.key("traffic").begin_object();
  json.key("t").counts(seconds);
  json.key("requests").counts(requests);
  json.key("completed").counts(completed);
  json.key("errors").counts(errors);
  json.key("bytes_in").counts(bytes_in);
  json.key("bytes_out").counts(bytes_out);
  json.key("outcomes").begin_object();
  for (const auto& [outcome, counts] : outcomes) {
    json.key(stats::outcome_name(static_cast<stats::Outcome>(outcome))).counts(counts);
  }
  json.end_object().end_object();
}

void add_health(JsonText& json, const HealthColumns& health) {
  json.key("health").begin_object();
  json.key("t").counts(health.seconds);
  for (size_t k = 0; k < kHealthColumns.size(); ++k) {
    json.key(kHealthColumns.at(k)).numbers(health.columns.at(k));
  }
  json.end_object();
}

}  // namespace

uint32_t resolution_for(uint64_t seconds, uint64_t points_max) {
  for (const uint32_t resolution : stats::kResolutions) {
    if (seconds / resolution <= points_max) {
      return resolution;
    }
  }
  return stats::kResolutions.back();
}

Result<ChartRequest> chart_request(const RunChoice& choice, const Query& query,
                                   uint64_t points_max) {
  ChartRequest request;
  const std::string name = query.text("g").value_or(std::string(kFirstKey));
  const std::optional<Key> key = find_key(keys_of(choice.endpoints), name);
  if (!key) {
    return errorf("no such key: {}; /graph_data lists them", name);
  }
  request.key = *key;
  MACAW_TRY_ASSIGN(const uint64_t endpoint, query.number("endpoint", key->endpoint, UINT16_MAX));
  request.key.endpoint = static_cast<uint16_t>(endpoint);
  MACAW_TRY_ASSIGN(request.span, span_of(query));
  request.end_s = end_of(*choice.run);
  Span& span = request.span;
  if (!query.text("resolution")) {
    const uint64_t to_s = std::min(span.to_s, request.end_s);
    span.resolution = resolution_for(to_s - std::min(to_s, span.from_s), points_max);
    span.from_s -= span.from_s % span.resolution;
  }
  return request;
}

Result<HealthColumns> health_of(const RunChoice& choice, const ChartRequest& request) {
  MACAW_TRY_ASSIGN(const std::vector<store::HealthRow> rows,
                   read_health(*choice.reader, choice.run->run, request.span));
  return health_columns(rows, request.span);
}

Result<std::string> series_json(const RunChoice& choice, const ChartRequest& request,
                                const HealthColumns* health) {
  const store::RunRow& run = *choice.run;
  const Key& key = request.key;
  const Span& span = request.span;
  MACAW_TRY_ASSIGN(
      const std::vector<store::IntervalRow> intervals,
      choice.reader->intervals(run.run, span.resolution, key.endpoint, span.from_s, span.to_s));
  HealthColumns read;
  if (health == nullptr) {
    MACAW_TRY_ASSIGN(read, health_of(choice, request));
    health = &read;
  }
  JsonText json;
  json.begin_object();
  add_run(json, run);
  json.key("newest").integer(choice.newest);
  json.key("key").text(key.name);
  json.key("endpoint").count(key.endpoint);
  json.key("resolution").count(span.resolution);
  json.key("from").count(span.from_s);
  json.key("end").count(request.end_s);
  add_clock_series(json, "response", clock_series(Quantity::kResponse, intervals));
  add_clock_series(json, "service", clock_series(Quantity::kService, intervals));
  add_traffic(json, intervals);
  add_health(json, *health);
  json.end_object();
  return json.take();
}

server::Response api_series(Database& database, const Query& query) {
  const RunChoice choice = choose_run(database, query);
  if (choice.refusal) {
    return *choice.refusal;
  }
  if (!choice.run) {
    return waiting(choice);
  }
  const Result<ChartRequest> request = chart_request(choice, query, kPointsMax);
  if (!request.ok()) {
    return text_response(400, request.error().message());
  }
  Result<std::string> json = series_json(choice, *request);
  return json.ok() ? json_response(std::move(*json)) : text_response(500, json.error().message());
}

}  // namespace macaw::ui
