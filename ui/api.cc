// SPDX-License-Identifier: MIT
//
// What our own page asks about runs as a whole: the list of them, one with its keys, and its
// sums. Shapes: API.md.
#include <algorithm>
#include <cmath>

#include "macaw/report/json_text.h"
#include "macaw/stats/fault.h"
#include "router.h"
#include "run_choice.h"
#include "run_json.h"
#include "series.h"

namespace macaw::ui {

namespace {

using report::JsonText;

/// Distinct errors that a page gets; the rest is in the database.
constexpr size_t kErrorsMax = 100;
constexpr size_t kEventsMax = 500;

void add_clock(JsonText& json, const char* name, const store::EndpointFigures::Clock& clock) {
  json.key(name).begin_array();
  for (const double value :
       {clock.p50_ms, clock.p90_ms, clock.p95_ms, clock.p99_ms, clock.p999_ms, clock.max_ms}) {
    json.number(value);
  }
  json.end_array();
}

void add_outcomes(JsonText& json, const store::EndpointFigures& figures) {
  json.key("outcomes").begin_object();
  for (size_t k = 1; k < stats::kOutcomes; ++k) {
    if (figures.outcomes.at(k) > 0) {
      json.key(stats::outcome_name(static_cast<stats::Outcome>(k))).count(figures.outcomes.at(k));
    }
  }
  json.end_object();
}

void add_endpoints(JsonText& json, const std::vector<store::EndpointFigures>& rows) {
  json.key("endpoints").begin_array();
  for (const store::EndpointFigures& row : rows) {
    json.begin_object();
    json.key("endpoint").count(row.endpoint.endpoint);
    json.key("method").text(row.endpoint.method);
    json.key("name").text(row.endpoint.name());
    json.key("requests").count(row.requests());
    json.key("errors").count(row.errors());
    json.key("bytes_in").count(row.bytes_in);
    json.key("bytes_out").count(row.bytes_out);
    add_clock(json, "response_ms", row.response);
    add_clock(json, "ok_ms", row.ok);
    add_clock(json, "service_ms", row.service);
    add_outcomes(json, row);
    json.end_object();
  }
  json.end_array();
}

void add_event(JsonText& json, const store::EventRow& event) {
  json.begin_object();
  json.key("at_s").number(to_seconds(event.at));
  json.key("kind").text(stats::event_kind_name(event.kind));
  json.key("value").integer(event.value);
  json.key("has_length").boolean(event.value > 0 && stats::has_length(event.kind));
  json.key("count").count(event.count);
  json.key("text").text(event.text);
  json.end_object();
}

void add_error(JsonText& json, const store::EventRow& event) {
  json.begin_object();
  json.key("outcome").text(stats::outcome_name(event.outcome));
  json.key("endpoint").count(event.endpoint);
  json.key("count").count(event.count);
  json.key("first_index").integer(event.value);
  json.key("first_s").number(to_seconds(event.at));
  json.key("text").text(event.text);
  json.end_object();
}

void add_events(JsonText& json, std::vector<store::EventRow> events) {
  const auto errors = std::stable_partition(
      events.begin(), events.end(),
      [](const store::EventRow& event) { return event.kind != stats::EventKind::kError; });
  json.key("events").begin_array();
  stats::ShownEvents shown(kEventsMax);
  for (auto event = events.begin(); event != errors; ++event) {
    if (shown.take(event->kind)) {
      add_event(json, *event);
    }
  }
  json.end_array();
  json.key("events_left_out").count(shown.left_out());
  std::stable_sort(errors, events.end(), [](const store::EventRow& a, const store::EventRow& b) {
    return a.count > b.count;
  });
  const auto kinds = static_cast<size_t>(events.end() - errors);
  json.key("errors").begin_array();
  for (size_t k = 0; k < std::min(kinds, kErrorsMax); ++k) {
    add_error(json, errors[static_cast<std::ptrdiff_t>(k)]);
  }
  json.end_array();
  json.key("errors_left_out").count(kinds - std::min(kinds, kErrorsMax));
}

void add_statuses(JsonText& json, const std::vector<store::StatusCount>& counts) {
  json.key("statuses").begin_array();
  for (const store::StatusCount& row : counts) {
    json.begin_object();
    json.key("endpoint").count(row.endpoint);
    json.key("status").count(row.key.status);
    json.key("text").text(stats::status_text(row.key.status));
    json.key("outcome").text(stats::outcome_name(row.key.outcome));
    json.key("count").count(row.count).end_object();
  }
  json.end_array();
}

void add_span(JsonText& json, const char* name, const stats::Histogram& span) {
  json.key(name).begin_array();
  for (const double q : {0.5, 0.95, 0.99, 1.0}) {
    json.number(span.empty() ? std::nan("") : stats::Distribution{span, 0}.quantile(q).millis());
  }
  json.end_array();
}

void add_connection_kinds(JsonText& json, const stats::ConnectionBook& connections) {
  json.key("connection_kinds").begin_array();
  for (const auto& [kind, totals] : connections) {
    json.begin_object();
    json.key("name").text(kind.name());
    json.key("protocol").text(stats::http_version_name(kind.http_version));
    json.key("tls");
    if (kind.tls_version != 0) {
      json.text(stats::tls_version_name(kind.tls_version));
    } else {
      json.null();
    }
    json.key("resumed").boolean(kind.resumed);
    json.key("opened").count(totals.opened());
    add_span(json, "connect_ms", totals.connect);
    add_span(json, "handshake_ms", totals.handshake);
    json.end_object();
  }
  json.end_array();
}

void add_streams(JsonText& json, const stats::StreamBook& streams) {
  json.key("streams").begin_array();
  for (const auto& [endpoint, totals] : streams) {
    json.begin_object();
    json.key("endpoint").count(endpoint);
    json.key("streams").count(totals.streams);
    json.key("messages").count(totals.messages);
    json.key("bytes").count(totals.bytes);
    add_span(json, "first_message_ms", totals.first_message);
    add_span(json, "per_message_ms", totals.per_message);
    add_span(json, "gap_ms", totals.gap);
    json.end_object();
  }
  json.end_array();
}

Result<std::string> read_summary_json(const RunChoice& choice) {
  const store::RunRow& run = *choice.run;
  MACAW_TRY_ASSIGN(const std::vector<store::EndpointFigures> figures,
                   choice.reader->figures(run.run));
  MACAW_TRY_ASSIGN(std::vector<store::EventRow> events, choice.reader->events(run.run));
  MACAW_TRY_ASSIGN(const std::vector<store::StatusCount> statuses,
                   choice.reader->statuses(run.run));
  MACAW_TRY_ASSIGN(const stats::ConnectionBook connections, choice.reader->connections(run.run));
  MACAW_TRY_ASSIGN(const stats::StreamBook streams, choice.reader->streams(run.run));
  JsonText json;
  json.begin_object();
  add_run(json, run);
  json.key("newest").integer(choice.newest);
  add_endpoints(json, figures);
  add_events(json, std::move(events));
  add_statuses(json, statuses);
  add_connection_kinds(json, connections);
  add_streams(json, streams);
  json.end_object();
  return json.take();
}

void add_listed_run(JsonText& json, store::RunReader& reader, const store::RunRow& run) {
  json.begin_object();
  add_run(json, run);
  // The sums of everything only: one row.
  const auto total = reader.figures_of_all(run.run);
  json.key("requests").count(total.ok() ? total->requests() : 0);
  json.key("errors").count(total.ok() ? total->errors() : 0);
  json.key("p50_ms").number(total.ok() ? total->response.p50_ms : std::nan(""));
  json.key("p99_ms").number(total.ok() ? total->response.p99_ms : std::nan(""));
  json.end_object();
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
    add_listed_run(json, **reader, run);
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
  add_run_details(json, *choice.run);
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

server::Response api_summary(Database& database, const Query& query) {
  const RunChoice choice = choose_run(database, query);
  if (choice.refusal) {
    return *choice.refusal;
  }
  if (!choice.run) {
    return waiting(choice);
  }
  Result<std::string> json = read_summary_json(choice);
  return json.ok() ? json_response(std::move(*json)) : text_response(500, json.error().message());
}

}  // namespace macaw::ui
