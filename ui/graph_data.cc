// SPDX-License-Identifier: MIT
//
// Iago's series: {"<key>":[[t, v...],...]}, t in seconds since the epoch. One second per point
// unless `resolution` says otherwise.
#include <algorithm>
#include <cmath>

#include "macaw/report/json_text.h"
#include "router.h"
#include "run_choice.h"
#include "series.h"

namespace macaw::ui {

namespace {

/// Counts are written as Iago writes them, without ".0".
void add_value(report::JsonText& json, double value) {
  const bool whole = std::isfinite(value) && value == std::floor(value) && value < 9e15;
  if (whole) {
    json.integer(static_cast<int64_t>(value));
  } else {
    json.number(value);
  }
}

void add_rows(report::JsonText& json, const Series& series, const std::vector<size_t>& columns,
              int64_t started) {
  for (size_t row = 0; row < series.seconds.size(); ++row) {
    json.begin_array();
    json.integer(started + static_cast<int64_t>(series.seconds[row]));
    for (const size_t column : columns) {
      add_value(json, series.columns[column][row]);
    }
    json.end_array();
  }
}

/// The key with `endpoint=` taken into account, which picks an endpoint by its number.
Result<Key> with_endpoint(Key key, const std::vector<store::EndpointRow>& endpoints,
                          const Query& query) {
  MACAW_TRY_ASSIGN(const uint64_t number, query.number("endpoint", key.endpoint, UINT16_MAX));
  if (number == key.endpoint) {
    return key;
  }
  const bool known = number == 0 || std::any_of(endpoints.begin(), endpoints.end(),
                                                [number](const store::EndpointRow& row) {
                                                  return row.endpoint == number;
                                                });
  if (!known) {
    return errorf("endpoint: found {}, expected one of the run's, see /api/run", number);
  }
  if (key.is_of_health()) {
    return errorf("endpoint: {} is not measured by endpoint", key.name);
  }
  key.endpoint = static_cast<uint16_t>(number);
  return key;
}

}  // namespace

server::Response graph_data_keys(Database& database, const Query& query) {
  const RunChoice choice = choose_run(database, query);
  if (choice.refusal) {
    return *choice.refusal;
  }
  report::JsonText json;
  json.begin_object().key("keys").begin_array();
  for (const Key& key : keys_of(choice.endpoints)) {
    json.text(key.name);
  }
  json.end_array().end_object();
  return json_response(json.take());
}

server::Response graph_data(Database& database, const std::string& name, const Query& query) {
  const RunChoice choice = choose_run(database, query);
  if (choice.refusal) {
    return *choice.refusal;
  }
  const std::optional<Key> found = find_key(keys_of(choice.endpoints), name);
  if (!found) {
    return text_response(404, fmt::format("no such key: {}; /graph_data lists them", name));
  }
  const Result<Key> key = with_endpoint(*found, choice.endpoints, query);
  if (!key.ok()) {
    return text_response(400, key.error().message());
  }
  const auto picked = query.indexes("p", kColumnQuantiles.size());
  const Result<Span> span = span_of(query);
  if (!picked.ok() && key->is_metric()) {
    return text_response(400, picked.error().message());
  }
  if (!span.ok()) {
    return text_response(400, span.error().message());
  }
  Series series;
  if (choice.run) {
    Result<Series> read = read_series(*choice.reader, choice.run->run, *key, *span);
    if (!read.ok()) {
      return text_response(500, read.error().message());
    }
    series = std::move(*read);
  }
  std::vector<size_t> columns;
  if (key->is_metric() && *picked) {
    columns = **picked;
  } else {
    for (size_t column = 0; column < series.columns.size(); ++column) {
      columns.push_back(column);
    }
  }
  report::JsonText json;
  json.begin_object().key(name).begin_array();
  add_rows(json, series, columns, choice.run ? started_s(*choice.run) : 0);
  json.end_array().end_object();
  return json_response(json.take());
}

}  // namespace macaw::ui
